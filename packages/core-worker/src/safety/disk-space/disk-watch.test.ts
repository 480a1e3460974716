// The watch over free space: when it looks, what it tells, and that no drive can stop it. Time is jest's.

import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DiskWatch } from './disk-watch.ts';
import { freeBytes } from './free-space.ts';

const { jest } = import.meta;

const MEBIBYTE = 1024 * 1024;
const rules = {
  lowBytes: 500 * MEBIBYTE,
  criticalBytes: 100 * MEBIBYTE,
  checkIntervalMs: 1_800_000,
  lowCheckIntervalMs: 60_000,
};

let free: Record<string, number | Error | Promise<number>>;
let looks: string[];
let notices: Map<string, unknown>;
let logged: string[];
let kept: number;
let end: AbortController;
let running: Promise<void>;

beforeEach(() => {
  jest.useFakeTimers();
  free = { data: 1_000 };
  looks = [];
  notices = new Map();
  logged = [];
  kept = 0;
  end = new AbortController();
  running = Promise.resolve();
});

afterEach(async () => {
  end.abort();
  await running.catch(() => undefined);
  jest.useRealTimers();
});

function watch(secondFolder: string | null = null): DiskWatch {
  return new DiskWatch({
    dataDir: 'data',
    secondFolder,
    rules,
    freeBytes: async (folder) => {
      looks.push(folder);
      const megabytes = await free[folder];
      if (typeof megabytes !== 'number') throw megabytes ?? new Error('ENOENT');
      return megabytes * MEBIBYTE;
    },
    keepReserve: () => void kept++,
    notice: (name, data) => void (data === null ? notices.delete(name) : notices.set(name, data)),
    log: (event, fields) => void logged.push(`${event} ${String(fields?.folder)}`),
  });
}

async function begin(secondFolder: string | null = null): Promise<DiskWatch> {
  const watching = watch(secondFolder);
  running = watching.run(end.signal);
  await jest.advanceTimersByTimeAsync(0);
  return watching;
}

test('looks at the start, then each 30 min; once low each minute, until a tenth more is back', async () => {
  await begin();
  expect(looks).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1_799_999);
  expect(looks).toHaveLength(1);
  free.data = 499;
  await jest.advanceTimersByTimeAsync(1);
  expect(looks).toHaveLength(2);
  expect(notices.get('disk-low')).toEqual({ megabytes: 499, folder: 'data' });
  free.data = 520;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(notices.get('disk-low')).toEqual({ megabytes: 520, folder: 'data' });
  free.data = 551;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(looks).toHaveLength(4);
  expect(notices.size).toBe(0);
  expect(logged).toEqual(['disk.low data', 'disk.recovered data']);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(looks).toHaveLength(4);
  expect(kept).toBe(4);
});

test('a look after a backup finds it critical: backups pause, and from then on it is looked at each minute', async () => {
  const watching = await begin();
  expect(watching.critical).toBe(false);
  free.data = 99;
  await watching.look();
  expect(watching.critical).toBe(true);
  expect([...notices.keys()]).toEqual(['disk-low', 'backups-paused']);
  free.data = 111;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(watching.critical).toBe(false);
  expect([...notices.keys()]).toEqual(['disk-low']);
  expect(logged).toEqual(['disk.critical data', 'disk.low data']);
});

test('a full second drive is told, and holds back only what goes there', async () => {
  free.second = 50;
  const watching = await begin('second');
  expect(notices.get('backups-paused')).toEqual({ folder: 'second' });
  expect([watching.critical, watching.isCritical('second')]).toEqual([false, true]);
  free.second = new Error('ENOENT');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(notices.size).toBe(0);
});

test('a second drive that hangs keeps nobody from looking at the first, and its late answer counts', async () => {
  const late = Promise.withResolvers<number>();
  free.second = late.promise;
  free.data = 200;
  await begin('second');
  expect(notices.get('disk-low')).toEqual({ megabytes: 200, folder: 'data' });
  free.data = 150;
  await jest.advanceTimersByTimeAsync(10_000 + 60_000);
  expect(notices.get('disk-low')).toEqual({ megabytes: 150, folder: 'data' });
  // It was asked once: more questions would each hold a thread.
  expect(looks.filter((folder) => folder === 'second')).toHaveLength(1);
  late.resolve(20);
  await jest.advanceTimersByTimeAsync(0);
  expect(notices.get('disk-low')).toEqual({ megabytes: 20, folder: 'second' });
});

test("a data directory's drive that tells nothing fails the task, for its guard to tell; a look by others does not", async () => {
  free.data = new Error('EIO');
  const watching = watch();
  await watching.look();
  await expect(watching.run(end.signal)).rejects.toThrow('EIO');
});

test('asked to stop, it ends at once, also while a drive hangs', async () => {
  free.data = new Promise<number>(() => undefined);
  await begin();
  end.abort();
  await expect(running).rejects.toThrow('does not answer');
});

test('free space is what this user may still write', async () => {
  jest.useRealTimers();
  const { bavail, bsize } = statfsSync(tmpdir());
  const bytes = await freeBytes(tmpdir());
  // Others write meanwhile: within a gigabyte it is the same figure, and not that of all blocks.
  expect(Math.abs(bytes - bavail * bsize)).toBeLessThan(1024 * MEBIBYTE);
  await expect(freeBytes('/no/such/folder')).rejects.toThrow('ENOENT');
});
