// The watch checks after each start and at its interval, writes down what it found, and tells damage once it is there.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { TestInventory } from '../../inventory/testing/inventory.ts';
import { Pool } from '../../store/pool.ts';
import { headOf } from '../../store/replay.ts';
import { markSuspect, readCheckRecord } from './check-record.ts';
import { untilFullCheckMs } from './check-schedule.ts';
import { IntegrityWatch, type IntegrityWatchParts } from './integrity-watch.ts';

const RULES = { delayMs: 10_000, intervalMs: 86_400_000 };
const SINCE = Date.UTC(2026, 10, 21);

test.each([
  ['some seconds after serving began', null, 0, 10_000],
  ['then it is due', null, 10_000, 0],
  ['and stays due', null, 99_000, 0],
  ['a day after the last', 5_000, 6_000, 86_399_000],
  ['due after a day', 5_000, 86_405_000, 0],
  ['due after a clock that jumped ahead', 5_000, 900_000_000, 0],
  ['a clock set back by a year waits no longer than the interval', 5_000, -31_536_000_000, 86_400_000],
  ['nor before the first', null, -31_536_000_000, 10_000],
])('%s', (_, lastAfterMs, nowAfterMs, waitMs) => {
  const lastCheckAt = lastAfterMs === null ? null : SINCE + lastAfterMs;
  expect(untilFullCheckMs({ servingSince: SINCE, lastCheckAt }, RULES, SINCE + nowAfterMs)).toBe(waitMs);
});

describe('the task', () => {
  let inventory: TestInventory;
  let pool: Pool;
  let stop: AbortController;
  let running: Promise<void>;
  beforeEach(() => {
    inventory = new TestInventory();
    inventory.book('units.create', { code: 'box', name: 'Box' });
    pool = new Pool(1);
    stop = new AbortController();
    running = Promise.resolve();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await pool.close();
    inventory.close();
  });

  /** Starts the watch; resolves with the first log line. */
  function firstWord(parts: Partial<IntegrityWatchParts> = {}) {
    return new Promise<{ event: string; fields: unknown }>((resolve) => {
      const watch = new IntegrityWatch({
        dataDir: inventory.folder,
        databasePath: inventory.path,
        rules: { delayMs: 0, intervalMs: 86_400_000 },
        pool,
        now: () => SINCE,
        bootId: 'boot-1',
        chainEnd: () => ({ epoch: 'epoch-1', ...headOf(inventory.database) }),
        onProgress: () => undefined,
        onDamaged: () => undefined,
        log: (event, fields) => resolve({ event, fields }),
        ...parts,
      });
      running = watch.run(stop.signal);
    });
  }

  test('a sound database is written down, and no longer suspect', async () => {
    markSuspect(inventory.folder, 'an earlier I/O error');
    let chunks = 0;
    const word = await firstWord({ onProgress: () => void chunks++ });
    expect(word).toMatchObject({ event: 'integrity.checked', fields: { sound: true, problemsTotal: 0 } });
    expect(chunks).toBeGreaterThan(20);
    expect(readCheckRecord(inventory.folder)).toEqual({
      ...{ bootId: 'boot-1', suspect: null },
      ...{ lastFullCheckAt: SINCE, lastFullCheckResult: 'sound' },
    });
  });

  test('damage is told', async () => {
    inventory.database.exec("UPDATE commands SET body = '{}'");
    const damaged = new Promise((onDamaged) => void firstWord({ onDamaged }));
    expect(await damaged).toEqual(['command 1 its body does not fit its digest']);
    expect(readCheckRecord(inventory.folder)?.lastFullCheckResult).toBe('damaged');
  });

  test('a disk that cannot be read makes the database suspect, and is no damage', async () => {
    const onDamaged = () => {
      throw new Error('it is not damaged');
    };
    const word = await firstWord({ databasePath: join(inventory.folder, 'none.db'), onDamaged });
    expect(word).toMatchObject({ event: 'integrity.unreadable', fields: { kind: 'io' } });
    expect(readCheckRecord(inventory.folder)).toMatchObject({
      suspect: expect.stringContaining('could not be read'),
      lastFullCheckResult: 'io',
    });
  });

  test('a result that cannot be written down ends nothing', async () => {
    mkdirSync(join(inventory.folder, 'checks.json'));
    expect((await firstWord()).event).toBe('integrity.record.unwritten');
  });

  test('a pool that is busy is asked again later; a fault of the check is left to the guard', async () => {
    const busy = { run: () => Promise.reject(new MasalaError('SERVER_BUSY')) } as unknown as Pool;
    void firstWord({ pool: busy });
    stop.abort();
    await expect(running).resolves.toBeUndefined();
    stop = new AbortController();
    const broken = { run: () => Promise.reject(new Error('a bug')) } as unknown as Pool;
    void firstWord({ pool: broken });
    await expect(running).rejects.toThrow('a bug');
    running = Promise.resolve();
  });

  test('a stop in the middle of a check ends the watch without a word', async () => {
    const stopped = firstWord({ onProgress: () => stop.abort() });
    await expect(Promise.race([running, stopped])).resolves.toBeUndefined();
  });
});
