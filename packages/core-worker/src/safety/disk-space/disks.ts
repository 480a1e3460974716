// What the dashboard shows of the drives that the server writes to. A drive that hangs is told as one that cannot be asked.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '@masala/protocol';
import type { CoreControl, ResultOf } from '@masala/protocol/control';
import { inTime } from '../backups/backup-folders.ts';
import { driveSpace } from './free-space.ts';

type Disks = ResultOf<CoreControl, 'disks.read'>;

/** Never rejects. */
export async function readDisks(dataDir: string, settings: Settings): Promise<Disks> {
  const secondFolder = settings['backup.secondFolder'];
  const [data, second] = await Promise.all([
    driveOf(dataDir),
    secondFolder === '' ? null : driveOf(secondFolder),
  ]);
  return {
    data,
    second,
    databaseBytes: bytesOf(join(dataDir, 'masala.db')) + bytesOf(join(dataDir, 'masala.db-wal')),
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

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
