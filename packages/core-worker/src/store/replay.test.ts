// For random histories: replay from empty, replay onto any backup point, and the original are the same, digest for digest.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import fc from 'fast-check';
import { allHandlers, contentOf, randomGroups, TestHistory } from '../safety/restore/testing/history.ts';
import { openStore } from './open.ts';
import { type CommandRow, Replay } from './replay.ts';
import { openForWriting } from './sqlite.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-replay-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Replays into the database of a path, `batch` rows a transaction. */
function replayInto(path: string, rows: readonly CommandRow[], batch: number): void {
  const database = openForWriting(path);
  try {
    database.pragma('synchronous = OFF');
    const replay = new Replay(database, allHandlers(database));
    for (let at = 0; at < rows.length; at += batch) replay.book(rows.slice(at, at + batch));
  } finally {
    database.close();
  }
}

function newStore(name: string): string {
  const path = join(folder, name);
  openStore(path, 1, () => 'epoch-1').database.close();
  return path;
}

function errorOf(act: () => void): MasalaError {
  try {
    act();
  } catch (error) {
    if (error instanceof MasalaError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a replay from empty, onto any backup point, and the original are the same', () => {
  const outcomes = { done: 0, refused: 0 };
  fc.assert(
    fc.property(randomGroups, fc.nat(), fc.integer({ min: 1, max: 7 }), (groups, point, batch) => {
      const name = mkdtempSync(join(folder, 'run-'));
      const history = new TestHistory(name);
      try {
        const backupAfter = point % (groups.length + 1);
        const backup = join(name, 'backup.db');
        let backedUpTo = 0;
        if (backupAfter === 0) history.copyTo(backup);
        for (const [index, group] of groups.entries()) {
          const last = history.book(group);
          if (index + 1 !== backupAfter) continue;
          history.copyTo(backup);
          backedUpTo = last;
        }
        for (const { outcome } of history.rows()) outcomes[outcome] += 1;
        const empty = newStore(`${name.slice(folder.length + 1)}.db`);
        replayInto(empty, history.rows(), batch);
        replayInto(backup, history.rows(backedUpTo), batch);
        const original = contentOf(history.path);
        expect(contentOf(empty)).toEqual(original);
        expect(contentOf(backup)).toEqual(original);
      } finally {
        history.close();
      }
    }),
    { numRuns: 40 },
  );
  // The histories are worth replaying: much is booked, and much is refused.
  expect(outcomes.done).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(100);
});

describe('what does not fit stops the replay, names its sequence, and books nothing of its batch', () => {
  let history: TestHistory;
  let rows: CommandRow[];
  let target: string;

  beforeEach(() => {
    history = new TestHistory(folder);
    history.bookReceipts(4);
    rows = history.rows();
    target = newStore('target.db');
  });

  afterEach(() => history.close());

  const changed = (sequence: number, change: Partial<CommandRow>): CommandRow[] =>
    rows.map((row) => (row.sequence === sequence ? { ...row, ...change } : row));

  test.each<[string, () => CommandRow[], string]>([
    ['a changed body', () => changed(3, { body: '{}' }), 'its body does not fit its digest'],
    ['a changed answer', () => changed(3, { answer: '{}' }), 'its answer does not fit its digest'],
    ['a changed row', () => changed(3, { at: 7 }), 'its hash does not follow from the one before'],
    [
      'an expired body',
      () => changed(3, { body: null }),
      'its body has expired, so it cannot be booked again',
    ],
  ])('%s', (_, rowsOf, reason) => {
    const error = errorOf(() => replayInto(target, rowsOf(), 10));
    expect(error.code).toBe('RESTORE_FAILED');
    expect(error.data).toEqual({ sequence: 3, reason: `Command 3 cannot be booked again: ${reason}.` });
    expect(contentOf(target)['commands']).toEqual([]);
  });

  test('a hole', () => {
    const error = errorOf(() => replayInto(target, rows.toSpliced(1, 1), 10));
    expect(error.data).toMatchObject({ sequence: 3 });
    expect(error.data?.['reason']).toContain('1 before it is missing');
  });

  test('another history, and rows given twice', () => {
    replayInto(target, rows.slice(0, 3), 10);
    expect(errorOf(() => replayInto(target, rows.slice(2), 10)).data).toMatchObject({ sequence: 3 });
    const elsewhere = newStore('elsewhere.db');
    expect(errorOf(() => replayInto(elsewhere, rows.slice(3), 10)).data).toMatchObject({ sequence: 4 });
  });

  test('an answer that is another now', () => {
    const path = newStore('other-rules.db');
    const database = openForWriting(path);
    const handlers = {
      ...allHandlers(database),
      'items.create': () => ({ id: 'x', version: 1, defaultLotId: 'y' }),
    };
    const error = errorOf(() => new Replay(database, handlers).book(rows));
    expect(error.data).toMatchObject({ sequence: 1 });
    expect(error.data?.['reason']).toContain('its answer is now another than it was');
    database.close();
  });
});
