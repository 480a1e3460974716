// Puts a finished backup where it shall stay: the database first, then the manifest, without which it does not count.

import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { replaceFileDurably, syncFolder } from '@masala/protocol/durable-file';
import { MasalaError } from '@masala/protocol/tables';
import type { PoolChannel, PoolTask } from '../../store/pool-task.ts';
import { coded } from './backup-error.ts';
import { makeFolderInside, manifestPath } from './backup-folders.ts';
import { type Manifest, manifestText } from './manifest.ts';
import { readInChunks } from './packed-file.ts';
import { SyncedFile } from './synced-file.ts';
import { removeUnhurried, unhurried } from './unhurried.ts';

/** Moves a finished file into place, with its manifest. Both folders exist, in the same file system. */
export function moveBackupIntoPlace(packedPath: string, manifest: Manifest, path: string): void {
  renameSync(packedPath, path);
  // In this order also after a power cut: a manifest stands for a database that is there.
  syncFolder(dirname(path));
  writeManifest(manifest, path);
}

/** Writes or replaces the manifest of the backup at `path`. */
export function writeManifest(manifest: Manifest, path: string): void {
  replaceFileDurably(manifestPath(path), manifestText(manifest));
}

export interface PlaceBackupParams {
  /** The compressed file that is copied. */
  readonly from: string;
  readonly manifest: Manifest;
  /** Where the copy shall lie. */
  readonly path: string;
  /** For the half-made copy, in the same file system as `path`; it is emptied before, and removed in the end. */
  readonly scratchFolder: string;
  /** It has to be there, and all that is made is inside of it. */
  readonly base: string;
}

/**
 * Copies a finished backup to another place; sends BackupProgress with the phase `place`. Throws BACKUP_DAMAGED where what was
 * read is no longer what was written, BACKUP_SPACE_LOW, BACKUP_FOLDER_UNREACHABLE, CANCELLED; then nothing is left there.
 */
export const placeBackup: PoolTask<PlaceBackupParams, void> = (params, channel) =>
  coded(params.base, async () => {
    const { manifest, path, scratchFolder, base } = params;
    makeFolderInside(base, dirname(path));
    rmSync(scratchFolder, { recursive: true, force: true });
    makeFolderInside(base, scratchFolder);
    try {
      const copyPath = join(scratchFolder, basename(path));
      await copyChecked(params.from, manifest, copyPath, unhurried(channel));
      moveBackupIntoPlace(copyPath, manifest, path);
    } finally {
      rmSync(scratchFolder, { recursive: true, force: true });
    }
  });

async function copyChecked(
  from: string,
  manifest: Manifest,
  copyPath: string,
  channel: PoolChannel,
): Promise<void> {
  const hash = createHash('sha256');
  const file = new SyncedFile(copyPath);
  try {
    await readInChunks(from, 'place', manifest.bytes, channel, (chunk) => {
      hash.update(chunk);
      file.write(chunk);
    });
    file.sync();
  } finally {
    file.close();
  }
  if (hash.digest('hex') === manifest.sha256) return;
  throw new MasalaError('BACKUP_DAMAGED', { reason: `${from} is no longer what was written` });
}

export interface RemoveBackupsParams {
  /** Of the compressed files. */
  readonly paths: readonly string[];
}

/** Removes backups: the manifest first, so that a backup of which a part is gone does not count. */
export const removeBackups: PoolTask<RemoveBackupsParams, void> = ({ paths }) =>
  coded(dirname(paths[0] ?? ''), async () => {
    for (const path of paths) {
      rmSync(manifestPath(path), { force: true });
      await removeUnhurried(path);
    }
    for (const folder of new Set(paths.map((path) => dirname(path)))) syncFolder(folder);
  });
