// Makes a backup up to its finished, compressed file: copies the database and compresses the copy. Runs in the pool.

import { join } from 'node:path';
import type { PoolChannel, PoolTask } from '../../store/pool-task.ts';
import { openForReading } from '../../store/sqlite.ts';
import { coded } from './backup-error.ts';
import { copyDatabase } from './copy-database.ts';
import type { BackupContent } from './manifest.ts';
import { letOthersGoFirst, packFile } from './packed-file.ts';
import { SyncedFile } from './synced-file.ts';
import { removeUnhurried, unhurried } from './unhurried.ts';

export interface MadeBackup {
  readonly content: BackupContent;
  /** How long it took to copy and compress. */
  readonly elapsedMs: number;
  /** The compressed file, in the scratch folder. */
  readonly packedPath: string;
  /** Of the compressed file. */
  readonly bytes: number;
  readonly sha256: string;
}

export interface MakeBackupParams {
  readonly databasePath: string;
  /** An empty folder of this run alone, on the file system where the backup shall lie. */
  readonly scratchFolder: string;
}

export interface PackBackupParams {
  readonly content: BackupContent;
  /** How long the copying took. */
  readonly copyMs: number;
  readonly scratchFolder: string;
}

/** Where the uncompressed copy lies in a scratch folder until it is packed. */
export function copyPath(scratchFolder: string): string {
  return join(scratchFolder, 'copy.db');
}

/** Copies and compresses; sends BackupProgress. Throws as `copyDatabase` does, and the system's errors as they are. */
export const makeBackup: PoolTask<MakeBackupParams, MadeBackup> = (
  { databasePath, scratchFolder },
  channel,
) =>
  coded(scratchFolder, async () => {
    letOthersGoFirst();
    const startedAt = performance.now();
    const database = openForReading(databasePath);
    let content: BackupContent;
    try {
      content = await copyDatabase(database, copyPath(scratchFolder), channel);
    } finally {
      database.close();
    }
    return await pack(content, startedAt, scratchFolder, channel);
  });

/** Compresses the copy in a scratch folder, and removes it; sends BackupProgress with the phase `compress`. */
export const packBackup: PoolTask<PackBackupParams, MadeBackup> = (
  { content, copyMs, scratchFolder },
  channel,
) => coded(scratchFolder, () => pack(content, performance.now() - copyMs, scratchFolder, channel));

async function pack(
  content: BackupContent,
  startedAt: number,
  scratchFolder: string,
  channel: PoolChannel,
): Promise<MadeBackup> {
  const copy = copyPath(scratchFolder);
  const packedPath = join(scratchFolder, 'packed.db.zst');
  const file = new SyncedFile(packedPath);
  let sha256: string;
  try {
    sha256 = await packFile(copy, content.databaseBytes, file, unhurried(channel));
    file.sync();
  } finally {
    file.close();
  }
  await removeUnhurried(copy);
  const elapsedMs = Math.round(performance.now() - startedAt);
  return { content, elapsedMs, packedPath, bytes: file.bytes, sha256 };
}
