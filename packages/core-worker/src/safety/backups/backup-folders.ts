// Where backups lie: in the data directory, and in the second folder, which may be on a drive that is not always there.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { syncFolder } from '@masala/protocol/durable-file';
import { reasonOf } from '@masala/protocol/tables';
import { inTime } from '../in-time.ts';
import type { BackupKind } from './manifest.ts';

export interface BackupFolders {
  readonly dataDir: string;
  /** The setting backup.secondFolder; null: none. */
  readonly secondFolder: string | null;
  /** In hexadecimal: several servers may share a second folder. */
  readonly serverId: string;
}

/** How far the second folder can be used; `same-disk`: it can, but one broken disk would take both. */
export type SecondFolderState =
  | { readonly state: 'none' }
  | { readonly state: 'ready' | 'same-disk'; readonly folder: string }
  | { readonly state: 'unreachable'; readonly folder: string; readonly reason: string };

/** 12 digits (48 bits) tell all servers of the world apart, and a person can still compare them. */
const SERVER_ID_DIGITS = 12;

/** What this server keeps in the second folder: backups and journal. */
export function secondHome(secondFolder: string, serverId: string): string {
  return join(secondFolder, `masala-${serverId.slice(0, SERVER_ID_DIGITS)}`);
}

/** The root of the backups in the data directory. */
export function dataRoot({ dataDir }: BackupFolders): string {
  return join(dataDir, 'backups');
}

/** The root of the backups in the second folder; null where none is set. */
export function secondRoot({ secondFolder, serverId }: BackupFolders): string | null {
  return secondFolder === null ? null : join(secondHome(secondFolder, serverId), 'backups');
}

const kindFolders: Readonly<Record<BackupKind, string>> = {
  snapshot: 'snapshots',
  daily: 'daily',
  weekly: 'weekly',
  manual: 'manual',
  emergency: 'emergency',
};

export function kindFolder(root: string, kind: BackupKind): string {
  return join(root, kindFolders[kind]);
}

/** A backup is a pair of files: the compressed database, and its manifest. */
export const DATABASE_SUFFIX = '.db.zst';
export const MANIFEST_SUFFIX = '.json';

/** Where the manifest of a backup lies. */
export function manifestPath(databasePath: string): string {
  return `${databasePath.slice(0, -DATABASE_SUFFIX.length)}${MANIFEST_SUFFIX}`;
}

/** Half-made files lie here until they are renamed into place: whatever is in it at a start is a killed run's. */
export function scratchFolder(root: string): string {
  return join(root, '.tmp');
}

/**
 * Makes a folder inside another that has to be there: the mount point of a drive that was just unplugged must not become a
 * folder of ours.
 */
export function makeFolderInside(base: string, folder: string): void {
  let path = base;
  for (const part of relative(base, folder).split(sep)) {
    const parent = path;
    path = join(parent, part);
    if (existsSync(path)) continue;
    mkdirSync(path, { mode: 0o700 });
    syncFolder(parent);
  }
}

/** Removes what killed runs left; a folder that is not there has no leftovers. */
export function clearScratch(root: string): void {
  rmSync(scratchFolder(root), { recursive: true, force: true });
}

/** Asks the second folder how it is. Never rejects, and never waits longer than `limits.secondFolderTimeoutMs`. */
export async function lookAtSecondFolder({
  dataDir,
  secondFolder,
}: BackupFolders): Promise<SecondFolderState> {
  if (secondFolder === null) return { state: 'none' };
  try {
    const [data, second] = await inTime(secondFolder, () => Promise.all([stat(dataDir), stat(secondFolder)]));
    if (!second.isDirectory()) throw new Error('it is not a folder');
    return { state: data.dev === second.dev ? 'same-disk' : 'ready', folder: secondFolder };
  } catch (error) {
    return { state: 'unreachable', folder: secondFolder, reason: reasonOf(error) };
  }
}
