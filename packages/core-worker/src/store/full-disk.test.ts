// A full disk under the store: a real file system of a few megabytes, filled to the last byte.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, MasalaError } from '@masala/protocol';
import { describeOnSmallFileSystem, SmallFileSystem } from '../../../../build/testing/small-file-system.ts';
import { FullDisk } from './full-disk.ts';
import { Reader } from './reader.ts';
import { openForWriting } from './sqlite.ts';
import { timeOrderedIds } from './time-ordered-ids.ts';
import { type CommandRequest, Writer } from './writer.ts';

test('a spell of a full disk is told at its begin and at its end, whatever is answered between', () => {
  const disk = new FullDisk();
  expect(disk.note(0, true, 1)).toBeUndefined();
  expect(disk.note(2, false, 10)).toEqual({ type: 'begun' });
  expect(disk.note(3, true, 11)).toBeUndefined();
  // A group of replays: answered, and nothing was written.
  expect(disk.note(0, false, 12)).toBeUndefined();
  expect(disk.note(0, true, 30)).toEqual({ type: 'over', failures: 5, elapsedMs: 20 });
  expect(disk.note(0, true, 31)).toBeUndefined();
});

describeOnSmallFileSystem(import.meta.filename, 'on a file system that is full', () => {
  const MEBIBYTE = 1024 * 1024;
  /** Twice the log at which a checkpoint is due, and room for the database. */
  const MEGABYTES = 40;
  const newId = timeOrderedIds(Date.now);
  let folder: string;
  let disk: SmallFileSystem;
  let writer: Writer;
  let logged: string[];
  let told: boolean[];
  let saves: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'masala-full-'));
    disk = new SmallFileSystem(join(folder, 'disk'), MEGABYTES);
    logged = [];
    told = [];
    saves = 0;
    writer = await Writer.start({
      databasePath: join(disk.path, 'masala.db'),
      now: Date.now,
      commitSlowMs: 60_000,
      log: (event) => logged.push(event),
      onEvents: () => undefined,
      onFullDisk: (full) => told.push(full),
      onFault: ({ reason }) => {
        throw new Error(reason);
      },
    });
  });

  afterEach(async () => {
    disk.empty();
    await writer.close();
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function partner(): CommandRequest {
    const commandId = newId();
    const code = `p${saves++}`;
    return {
      commandId,
      deviceId: 'device-1',
      bound: true,
      method: 'partners.create',
      params: { commandId, code, name: 'x'.repeat(limits.nameMaxLength), kind: 'both' },
      deadlineAt: Number.MAX_SAFE_INTEGER,
      refusal: null,
    };
  }

  /** 'done', or the code of the error. */
  async function fateOf(request: CommandRequest): Promise<string> {
    try {
      await writer.submit(request);
      return 'done';
    } catch (error) {
      if (error instanceof MasalaError) return error.code;
      throw error;
    }
  }

  async function fates(count: number): Promise<string[]> {
    const seen = new Set<string>();
    for (let save = 0; save < count; save++) seen.add(await fateOf(partner()));
    return [...seen];
  }

  /** What the log of SQLite already has on the disk takes some saves yet; from then on none goes through. */
  async function fillUntilSavesFail(): Promise<void> {
    disk.fill();
    for (let save = 0; (await fateOf(partner())) === 'done'; save++) {
      if (save > 1_000) throw new Error('a full disk takes saves without end');
    }
  }

  test('saves are told DISK_FULL, reads go on, and with space the same command goes through by itself', async () => {
    const earlier = partner();
    expect(await fateOf(earlier)).toBe('done');
    await fillUntilSavesFail();
    const waiting = partner();
    expect(await fateOf(waiting)).toBe('DISK_FULL');
    expect(new MasalaError('DISK_FULL').retryable).toBe(true);
    // What was booked is answered again, and read, without space.
    expect(await fateOf(earlier)).toBe('done');
    const reader = new Reader(join(disk.path, 'masala.db'));
    expect(reader.bookedCommand(earlier.commandId)?.outcome).toBe('done');
    expect(reader.bookedCommand(waiting.commandId)).toBeUndefined();
    reader.close();
    expect(await fates(50)).toEqual(['DISK_FULL']);
    disk.empty();
    expect(await fateOf(waiting)).toBe('done');
    expect(await fates(50)).toEqual(['done']);
    expect(told).toEqual([true, false]);
    expect(logged.filter((event) => event.startsWith('store.disk-full'))).toEqual([
      'store.disk-full',
      'store.disk-full.over',
    ]);
  });

  test('however often and with whatever neighbours, what was acknowledged is there once and nothing else is', async () => {
    const booked = new Set<string>();
    const refused = new Set<string>();
    for (let fill = 0; fill < 10; fill++) {
      disk.fill(fill * 20_000);
      for (let group = 0; group < 12; group++) {
        const requests = Array.from({ length: 1 + ((group * 7) % 40) }, partner);
        const answers = await Promise.all(requests.map(fateOf));
        for (const [index, fate] of answers.entries()) {
          const { commandId } = requests[index] as CommandRequest;
          expect(['done', 'DISK_FULL']).toContain(fate);
          (fate === 'done' ? booked : refused).add(commandId);
        }
      }
      disk.empty();
      expect(await fateOf(partner())).toBe('done');
    }
    expect(refused.size).toBeGreaterThan(0);
    const observer = openForWriting(join(disk.path, 'masala.db'));
    const rows = observer.prepare('SELECT command_id FROM commands').pluck().all();
    expect(observer.pragma('integrity_check', { simple: true })).toBe('ok');
    observer.close();
    expect(rows).toHaveLength(booked.size + 10);
    expect(rows.filter((id) => refused.has(String(id)))).toEqual([]);
    expect(rows.filter((id) => booked.has(String(id)))).toHaveLength(booked.size);
  });

  test('with the first save that finds space again the log is copied, and begins anew, however short it is', async () => {
    const observer = openForWriting(join(disk.path, 'masala.db'));
    const logState = () =>
      (observer.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }])[0];
    // The log takes all that there is: nothing can be copied into a database that cannot grow.
    disk.fill(8 * MEBIBYTE);
    await fillUntilSavesFail();
    const longest = logState().log;
    expect(longest * 4_096).toBeLessThan(limits.checkpointWalBytes);
    disk.empty();
    expect(await fateOf(partner())).toBe('done');
    while (logState().checkpointed < logState().log) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await fateOf(partner())).toBe('done');
    expect(logState().log).toBeLessThan(longest);
    observer.close();
    expect(logged).not.toContain('store.checkpoint.failed');
  });

  test('a checkpoint on a full disk is told, hurts no save, and is made when there is space', async () => {
    const observer = openForWriting(join(disk.path, 'masala.db'));
    expect(await fates(100)).toEqual(['done']);
    disk.fill();
    expect(() => observer.pragma('wal_checkpoint(PASSIVE)')).toThrow('database or disk is full');
    expect(await fateOf(partner())).toBe('DISK_FULL');
    disk.empty();
    expect(await fates(100)).toEqual(['done']);
    expect(observer.pragma('wal_checkpoint(PASSIVE)')).toMatchObject([{ busy: 0 }]);
    expect(observer.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(observer.prepare('SELECT count(*) FROM commands').pluck().get()).toBe(200);
    observer.close();
  });
});
