// Unpacks a backup into a scratch file, and believes it only when its digest and size are those of its manifest.

import { rmSync, statSync } from 'node:fs';
import type { PoolChannel } from '../../store/pool-task.ts';
import type { Manifest } from './manifest.ts';
import { type BackupProgress, damaged, unpackFile } from './packed-file.ts';
import { SyncedFile } from './synced-file.ts';

export type { BackupProgress };

/** The compressed database and what its manifest says of it; a RestorePoint is one. */
export interface PackedBackup {
  readonly path: string;
  readonly manifest: Pick<Manifest, 'bytes' | 'sha256' | 'databaseBytes'>;
}

/**
 * Unpacks a backup into a new file, which is on the disk when it returns. To be run in the pool; sends BackupProgress with
 * the phase `unpack`. Throws BACKUP_DAMAGED (and leaves no file) where the content is not what was written, CANCELLED, and
 * the system's errors as they are.
 */
export async function unpackBackup(
  { path, manifest }: PackedBackup,
  scratchPath: string,
  channel: PoolChannel,
): Promise<void> {
  expectSize(path, manifest.bytes);
  try {
    await unpackInto(path, manifest, scratchPath, channel);
  } catch (error) {
    rmSync(scratchPath, { force: true });
    throw error;
  }
}

async function unpackInto(
  path: string,
  manifest: PackedBackup['manifest'],
  scratchPath: string,
  channel: PoolChannel,
): Promise<void> {
  const file = new SyncedFile(scratchPath);
  try {
    const sha256 = await unpackFile(path, manifest.bytes, file, channel);
    if (sha256 !== manifest.sha256) throw damaged('its digest is not that of its manifest');
    if (file.bytes !== manifest.databaseBytes) throw damaged('it unpacks to another size');
    file.sync();
  } finally {
    file.close();
  }
}

function expectSize(path: string, bytes: number): void {
  const found = statSync(path, { throwIfNoEntry: false })?.size;
  if (found === undefined) throw damaged('its file is missing');
  if (found !== bytes) throw damaged(`its file has ${found} bytes instead of ${bytes}`);
}
