// The log viewer's list neither repeats a line nor hides a gap, and takes lines that read alike for what they are: several.
import type { LogLine } from '../../../bridge/logs.ts';
import { LINES_MAX, lineText, listOf, nothingRead, queryOf, withNewer, withOlder } from './log-lines.ts';

function line(id: number): LogLine {
  const told = { file: 'core', time: 5, level: 'info', event: 'core.started', message: 'A line.' } as const;
  return { ...told, id: String(id), fields: { pid: 1 } };
}

const pageOf = (ids: readonly number[], next: string | null) => ({ lines: ids.map(line), next });
const ids = (list: { readonly lines: readonly LogLine[] } | undefined) =>
  list?.lines.map(({ id }) => Number(id));

test('older lines come below', () => {
  const first = withOlder(nothingRead, pageOf([9, 8], 'x'));
  const both = withOlder(first, pageOf([7], null));
  expect(ids(both)).toEqual([9, 8, 7]);
  expect(both.next).toBeNull();
});

test('newer lines come above, known ones only once, and older ones can still be read', () => {
  const list = listOf(pageOf([3, 2, 1], 'x'));
  const newer = withNewer(list, pageOf([5, 4, 3, 2], 'y'));
  expect(ids(newer)).toEqual([5, 4, 3, 2, 1]);
  expect(newer?.next).toBe('x');
});

test('the same list comes back where nothing is new', () => {
  const list = listOf(pageOf([3, 2], null));
  expect(withNewer(list, pageOf([3, 2], null))).toBe(list);
  expect(withNewer(list, pageOf([], 'x'))).toBe(list);
});

test('a page that is new from end to end may hide a gap, unless nothing was known and nothing is older', () => {
  expect(withNewer(listOf(pageOf([1], null)), pageOf([9, 8], 'y'))).toBeUndefined();
  expect(ids(withNewer(nothingRead, pageOf([9, 8], null)))).toEqual([9, 8]);
});

test('a list that follows for days stays bounded, and can be read on where it was cut', () => {
  const known = Array.from({ length: LINES_MAX }, (_, index) => LINES_MAX - index);
  const list = withOlder(listOf(pageOf(known.slice(0, -10), 'here')), pageOf(known.slice(-10), null));
  const newer = withNewer(list, pageOf([LINES_MAX + 1, LINES_MAX], 'y'));
  expect(ids(newer)).toEqual([LINES_MAX + 1, ...known.slice(0, -10)]);
  expect(newer?.next).toBe('here');
});

test('empty filters ask for everything, and an end is the end of its minute', () => {
  const empty = { file: '', level: '', event: ' ', text: '', since: '', until: '' };
  expect(queryOf(empty)).toEqual({});
  const from = new Date(2026, 10, 21, 9, 30).getTime();
  expect(
    queryOf({
      file: 'core',
      level: 'warn',
      event: ' backup.',
      text: 'Full',
      since: '2026-11-21T09:30',
      until: '2026-11-21T09:30',
    }),
  ).toEqual({
    file: 'core',
    level: 'warn',
    event: 'backup.',
    text: 'Full',
    since: from,
    until: from + 59_999,
  });
});

test('a copied line is one line of JSON', () => {
  expect(JSON.parse(lineText({ ...line(0), time: 0 }))).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    msg: 'A line.',
  });
});
