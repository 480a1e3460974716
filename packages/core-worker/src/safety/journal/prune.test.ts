// Segments go when a year has passed and every good backup covers them, the oldest first, and the newest never.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { TestHistory } from '../restore/testing/history.ts';
import { JournalFile } from './journal-file.ts';
import { JournalSource } from './journal-source.ts';
import { prunableCount, pruneJournals } from './prune.ts';
import { surveyJournals } from './survey.ts';

/** Three segments: 1 to 10, begun at 0; 11 to 20, begun at 1,000; from 21 on, begun at 2,000. */
const segments = [
  { firstSequence: 1, begunAt: 0 },
  { firstSequence: 11, begunAt: 1_000 },
  { firstSequence: 21, begunAt: 2_000 },
];

test.each([
  ['old and covered', 5_000, 100, 2],
  ['a segment is as old as its end', 1_001, 100, 1],
  ['a segment that is not over by then', 1_000, 100, 0],
  ['covered to its last command', 5_000, 10, 1],
  ['all but its last command covered', 5_000, 9, 0],
  ['no backup', 5_000, 0, 0],
])('%s', (_, before, coveredSequence, count) => {
  expect(prunableCount(segments, { before, coveredSequence, keptMin: 1 })).toBe(count);
});

test('nothing goes behind a segment whose head cannot be read, and never the newest', () => {
  const damaged = segments.map((segment, index) => (index === 1 ? { ...segment, begunAt: null } : segment));
  expect(prunableCount(damaged, { before: 5_000, coveredSequence: 100, keptMin: 1 })).toBe(0);
  expect(prunableCount([], { before: 5_000, coveredSequence: 100, keptMin: 1 })).toBe(0);
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(30), fc.nat(), (times, before, coveredSequence) => {
      const random = times.map((begunAt, index) => ({ firstSequence: 1 + index * 10, begunAt }));
      const count = prunableCount(random, { before, coveredSequence, keptMin: 1 });
      expect(count).toBeLessThan(Math.max(1, random.length));
      for (const [index] of random.slice(0, count).entries()) {
        expect(random[index + 1]?.begunAt).toBeLessThan(before);
        expect(random[index + 1]?.firstSequence).toBeLessThanOrEqual(coveredSequence + 1);
      }
    }),
  );
});

test('a clock that is years ahead takes no more than what is long ago by any clock', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ firstSequence: 1 + index * 10, begunAt: index }));
  expect(prunableCount(many, { before: Number.MAX_SAFE_INTEGER, coveredSequence: 1_000 })).toBe(24);
  expect(prunableCount(many.slice(0, 10), { before: Number.MAX_SAFE_INTEGER, coveredSequence: 1_000 })).toBe(
    0,
  );
});

test('on a disk: what is left goes on without a hole', async () => {
  const root = mkdtempSync(join(tmpdir(), 'masala-prune-'));
  const history = new TestHistory(root);
  const source = new JournalSource(history.path);
  let now = 0;
  try {
    const journals = join(root, 'journal');
    const say = () => undefined;
    const file = await JournalFile.open({
      root: journals,
      serverId: 'ab',
      source,
      now: () => now,
      say,
      segmentBytes: 1,
    });
    for (now = 0; now < 10; now++) {
      history.bookReceipts(1);
      file.append(source.rowsAfter(file.end.sequence, 1).rows);
    }
    expect(pruneJournals(journals, { before: 8, coveredSequence: 5, keptMin: 1 })).toBe(5);
    expect(pruneJournals(journals, { before: 8, coveredSequence: 5, keptMin: 1 })).toBe(0);
    const survey = await surveyJournals(journals);
    expect(survey.journals[0]?.problems).toEqual([]);
    expect(survey.journals[0]?.stretches[0]?.from).toBe(6);
    file.close();
  } finally {
    source.close();
    history.close();
    rmSync(root, { recursive: true });
  }
});
