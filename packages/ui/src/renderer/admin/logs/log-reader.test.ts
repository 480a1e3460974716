// How the log viewer reads, in virtual time: on into the past until there is something to show, down to the very first line,
// and after what is written meanwhile, with each line once and never too many.

import fc from 'fast-check';
import type { LogLine, LogPage } from '../../../bridge/logs.ts';
import { settled, TestingClock } from '../../shared/testing-clock.ts';
import { LINES_MAX } from './log-lines.ts';
import { FOLLOW_EVERY_MS, LogReader } from './log-reader.ts';

const hostLost = { code: 'HOST_LOST', message: 'Lost.', hint: 'Wait.' };

/** All lines read alike. */
const line = (id: number): LogLine => ({
  ...{
    file: 'core',
    time: 1,
    level: 'info',
    event: 'core.starting',
    message: 'The core starts.',
    fields: {},
  },
  id: String(id),
});
const lines = (count: number, newest: number) =>
  Array.from({ length: count }, (_, index) => line(newest - index));

/** Answers with these pages, one after the other; each names the next as where to go on. */
function readerOf(pages: readonly (readonly LogLine[])[]) {
  const asked: (string | undefined)[] = [];
  const clock = new TestingClock();
  const reader = new LogReader({
    clock,
    read: async (before): Promise<LogPage> => {
      asked.push(before);
      const index = Number(before ?? 0);
      return { lines: pages[index] ?? [], next: index + 1 < pages.length ? String(index + 1) : null };
    },
  });
  return { reader, asked, clock };
}

/** A log that is written to: a page is ten lines down from `before`. */
function logOf(length: number, pageLines = 10) {
  const log = { length, asked: 0, isBroken: false };
  const clock = new TestingClock();
  const reader = new LogReader({
    clock,
    read: async (before): Promise<LogPage> => {
      log.asked++;
      const end = before === undefined ? log.length : Number(before);
      await clock.later(20);
      if (log.isBroken) throw hostLost;
      const start = Math.max(0, end - pageLines);
      return { lines: lines(end - start, end - 1), next: start === 0 ? null : String(start) };
    },
  });
  const shown = () => (reader.state().data?.lines ?? []).map(({ id }) => Number(id));
  return { log, clock, reader, shown };
}

const downFrom = (newest: number, count: number) =>
  Array.from({ length: count }, (_, index) => newest - index);

test('pages in which nothing fits are passed over, however many', async () => {
  const { reader, asked } = readerOf([[], [], [], [line(7)]]);
  const loading: boolean[] = [];
  reader.subscribe(() => loading.push(reader.isReadingOn()));
  reader.wake();
  await settled();
  expect(reader.state().data).toMatchObject({ lines: [line(7)], next: null });
  expect(asked).toEqual([undefined, '1', '2', '3']);
  expect(loading).toEqual([true, true, true, false]);
});

test('a screen of lines is enough, until older ones are asked for', async () => {
  const { reader, asked } = readerOf([lines(60, 1_000), [], lines(60, 500), lines(60, 100)]);
  reader.wake();
  await settled();
  expect(reader.state().data?.lines).toHaveLength(60);
  reader.readOlder();
  reader.readOlder();
  await settled();
  expect(reader.state().data?.next).toBe('3');
  expect(reader.state().data?.lines).toHaveLength(120);
  expect(asked).toEqual([undefined, '1', '2']);
});

test('at rest it reads no further, and what was dropped is read when it wakes', async () => {
  const { reader, clock, log, shown } = logOf(100);
  reader.wake();
  await clock.pass(10);
  reader.rest();
  await clock.pass(10_000);
  expect([log.asked, shown()]).toEqual([1, []]);
  reader.wake();
  await clock.pass(1_000);
  expect(shown()).toEqual(downFrom(99, 50));
});

test('an error stays beside what was read, and is tried again', async () => {
  const { reader, clock, log, shown } = logOf(100);
  reader.wake();
  await clock.pass(200);
  log.isBroken = true;
  reader.readOlder();
  await clock.pass(100);
  expect(reader.state().error).toBeDefined();
  expect(shown()).toEqual(downFrom(99, 50));
  log.isBroken = false;
  await clock.pass(3_000);
  expect(shown()).toEqual(downFrom(99, 100));
  expect(reader.state().error).toBeUndefined();
});

test('it follows what is written, also after more than a page of it, and begins anew after far more', async () => {
  const { reader, clock, log, shown } = logOf(100);
  reader.follow(true);
  reader.wake();
  await clock.pass(200);
  log.length += 3;
  await clock.pass(FOLLOW_EVERY_MS);
  expect(shown()).toEqual(downFrom(102, 53));
  log.length += 25;
  await clock.pass(FOLLOW_EVERY_MS + 100);
  expect(shown()).toEqual(downFrom(127, 78));
  log.length += 1_000;
  await clock.pass(FOLLOW_EVERY_MS + 200);
  expect(shown()[0]).toBe(1_127);
  expect(shown()).toEqual(downFrom(1_127, shown().length));
  reader.follow(false);
  log.length += 1;
  const { asked } = log;
  await clock.pass(60_000);
  expect(log.asked).toBe(asked);
});

test('the reading goes to the first line, with never more lines than the page can bear', async () => {
  const { reader, clock, log, shown } = logOf(3 * LINES_MAX, 200);
  reader.wake();
  await clock.pass(100);
  while (reader.state().data?.next !== null) {
    reader.readOlder();
    await clock.pass(100);
    expect(shown().length).toBeLessThanOrEqual(LINES_MAX);
  }
  expect(shown()).toEqual(downFrom(LINES_MAX - 1, LINES_MAX));
  expect(reader.state().data?.isCutAbove).toBe(true);
  log.length += 1;
  reader.follow(true);
  await clock.pass(10 * FOLLOW_EVERY_MS);
  expect(shown()[0]).toBe(LINES_MAX - 1);
  reader.reload();
  await clock.pass(100);
  expect(shown()).toEqual(downFrom(3 * LINES_MAX, 200));
});

test('who follows for days keeps as many lines as the page can bear, and can read on below them', async () => {
  const { reader, clock, log, shown } = logOf(200, 200);
  reader.follow(true);
  reader.wake();
  for (let written = 0; written < 2 * LINES_MAX; written += 150) {
    log.length += 150;
    await clock.pass(FOLLOW_EVERY_MS + 20);
    expect(shown().length).toBeLessThanOrEqual(LINES_MAX);
  }
  await clock.pass(FOLLOW_EVERY_MS + 20);
  expect(shown()).toEqual(downFrom(log.length - 1, shown().length));
  expect(shown().length).toBeGreaterThan(LINES_MAX - 400);
  expect(reader.state().data?.cursors.size).toBeLessThan(LINES_MAX / 100);
  reader.follow(false);
  const last = shown().at(-1) ?? 0;
  reader.readOlder();
  await clock.pass(100);
  expect(shown()).toContain(last - 1);
});

test('whatever is written, read and followed: each line once, without a gap, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ write: fc.integer({ min: 1, max: 120 }) }),
          fc.record({ wait: fc.integer({ min: 0, max: 4_000 }) }),
          fc.constantFrom('older', 'follow', 'pause', 'reload', 'hide', 'show', 'break', 'mend'),
        ),
        { maxLength: 40 },
      ),
      async (steps) => {
        const { reader, clock, log, shown } = logOf(300);
        const check = () => expect(shown()).toEqual(downFrom(shown()[0] ?? 0, shown().length));
        reader.subscribe(check);
        reader.wake();
        for (const step of steps) {
          if (typeof step === 'object' && 'write' in step) log.length += step.write;
          else if (typeof step === 'object') await clock.pass(step.wait);
          else if (step === 'older') reader.readOlder();
          else if (step === 'follow' || step === 'pause') reader.follow(step === 'follow');
          else if (step === 'reload') reader.reload();
          else if (step === 'hide') reader.rest();
          else if (step === 'show') reader.wake();
          else log.isBroken = step === 'break';
        }
        log.isBroken = false;
        reader.follow(true);
        reader.wake();
        await clock.pass(60_000);
        check();
        expect(shown()[0]).toBe(log.length - 1);
        reader.rest();
        expect(clock.waiting).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});
