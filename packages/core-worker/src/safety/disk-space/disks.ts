// What the dashboard shows of the drives that the server writes to. A drive that hangs is told as one that cannot be asked.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '@masala/protocol';
import type { CoreControl, ResultOf } from '@masala/protocol/control';
import { inTime } from '../in-time.ts';
import { driveSpace } from './free-space.ts';

type Disks = ResultOf<CoreControl, 'disks.read'>;

/** The size of a file; 0 where there is none. */
type BytesOf = (file: string) => Promise<number>;

/** Never rejects. */
export async function readDisks(
  dataDir: string,
  settings: Settings,
  bytesOf: BytesOf = bytesOfFile,
): Promise<Disks> {
  const secondFolder = settings['backup.secondFolder'];
  const [data, second, databaseBytes] = await Promise.all([
    driveOf(dataDir),
    secondFolder === '' ? null : driveOf(secondFolder),
    databaseBytesIn(dataDir, bytesOf),
  ]);
  return {
    data,
    second,
    databaseBytes,
    lowBytes: settings['disk.lowBytes'],
    criticalBytes: settings['disk.criticalBytes'],
  };
}

async function driveOf(folder: string): Promise<Disks['data']> {
  try {
    return { folder, ...(await inTime(folder, () => driveSpace(folder))) };
  } catch {
    return { folder, freeBytes: null, totalBytes: null }; // gone, or it does not answer: a notice says so where it matters
  }
}

/** 0 where there is none, or its drive does not answer. */
async function databaseBytesIn(dataDir: string, bytesOf: BytesOf): Promise<number> {
  const look = async () =>
    (await bytesOf(join(dataDir, 'masala.db'))) + (await bytesOf(join(dataDir, 'masala.db-wal')));
  return await inTime(dataDir, look).catch(() => 0);
}

async function bytesOfFile(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
