// How the log viewer reads: on into the past until there is something to show, and never two answers at once.

import type { LogLine, LogPage } from '../../../bridge/logs.ts';
import { LogReader } from './log-reader.ts';

const line = (time: number): LogLine => ({
  ...{ file: 'core', level: 'info', event: 'core.starting', message: 'The core starts.', fields: {} },
  time,
});
const lines = (count: number, from: number) =>
  Array.from({ length: count }, (_, index) => line(from - index));

/** Answers with these pages, one after the other; each names the next as where to go on. */
function readerOf(pages: readonly (readonly LogLine[])[]): {
  reader: LogReader;
  asked: (string | undefined)[];
} {
  const asked: (string | undefined)[] = [];
  const reader = new LogReader(async (before): Promise<LogPage> => {
    asked.push(before);
    const index = Number(before ?? 0);
    const next = index + 1 < pages.length ? String(index + 1) : null;
    return { lines: pages[index] ?? [], next };
  });
  return { reader, asked };
}

test('pages in which nothing fits are passed over, however many', async () => {
  const { reader, asked } = readerOf([[], [], [], [line(7)]]);
  await reader.reload();
  expect(reader.state()).toMatchObject({ lines: [line(7)], next: null, isLoading: false, isReading: false });
  expect(asked).toEqual([undefined, '1', '2', '3']);
});

test('a screen of lines is enough, until older ones are asked for', async () => {
  const { reader, asked } = readerOf([lines(60, 1_000), [], lines(60, 500), lines(60, 100)]);
  await reader.reload();
  expect(reader.state().lines).toHaveLength(60);
  await reader.readOlder();
  expect(reader.state()).toMatchObject({ next: '3', isReading: false });
  expect(reader.state().lines).toHaveLength(120);
  expect(asked).toEqual([undefined, '1', '2']);
});

test('while it looks for lines it says that it loads; at rest it reads no further', async () => {
  const { reader, asked } = readerOf([[], [], [line(1)]]);
  const told: boolean[] = [];
  reader.subscribe(() => {
    told.push(reader.state().isLoading);
    if (asked.length === 2) reader.rest();
  });
  await reader.reload();
  expect(told.every(Boolean)).toBe(true);
  expect(asked).toEqual([undefined, '1']);
});

test('an error stays beside what was read', async () => {
  let asked = 0;
  const reader = new LogReader(async () => {
    asked++;
    if (asked > 1) throw new Error('gone');
    return { lines: [line(1)], next: '1' };
  });
  await reader.reload();
  expect(reader.state()).toMatchObject({ lines: [line(1)], isReading: false });
  expect(reader.state().error).toBeDefined();
});
