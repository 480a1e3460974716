// The log viewer's list neither repeats a line nor hides a gap.
import type { LogLine } from '../../../bridge/logs.ts';
import { LINES_MAX, lineText, nothingRead, queryOf, withNewer, withOlder } from './log-lines.ts';

function line(time: number, event = 'core.started'): LogLine {
  return { file: 'core', time, level: 'info', event, message: 'A line.', fields: { pid: time } };
}

const times = ({ lines }: { readonly lines: readonly LogLine[] }) => lines.map(({ time }) => time);

test('older lines come below', () => {
  const first = withOlder(nothingRead, { lines: [line(9), line(8)], next: 'x' });
  const both = withOlder(first, { lines: [line(7)], next: null });
  expect(times(both)).toEqual([9, 8, 7]);
  expect(both.next).toBeNull();
});

test('newer lines come above, known ones only once, and older ones can still be read', () => {
  const list = { lines: [line(3), line(2), line(1)], next: 'x' };
  const newer = withNewer(list, { lines: [line(5), line(4), line(3), line(2)], next: 'y' });
  expect(times(newer)).toEqual([5, 4, 3, 2, 1]);
  expect(newer.next).toBe('x');
});

test('the same list comes back where nothing is new', () => {
  const list = { lines: [line(3), line(2)], next: null };
  expect(withNewer(list, { lines: [line(3), line(2)], next: null })).toBe(list);
});

test('a page that is new from end to end replaces the list: between them lines may be missing', () => {
  const page = { lines: [line(9), line(8)], next: 'y' };
  expect(withNewer({ lines: [line(1)], next: null }, page)).toBe(page);
});

test('a list that follows for days stays bounded', () => {
  const lines = Array.from({ length: LINES_MAX }, (_, index) => line(LINES_MAX - index));
  const newer = withNewer({ lines, next: 'x' }, { lines: [line(LINES_MAX + 1), line(LINES_MAX)], next: 'y' });
  expect(newer.lines).toHaveLength(LINES_MAX);
  expect(newer.next).toBeNull();
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
  expect(JSON.parse(lineText(line(0)))).toMatchObject({ time: '1970-01-01T00:00:00.000Z', msg: 'A line.' });
});
