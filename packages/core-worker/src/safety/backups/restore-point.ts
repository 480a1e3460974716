// What there is to restore from: the backups of all folders, newest first, with those that are damaged told apart.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasErrorCode, type RestorePointTold } from '@masala/protocol/control';
import { reasonOf } from '@masala/protocol/tables';
import { inTime } from '../in-time.ts';
import {
  type BackupFolders,
  DATABASE_SUFFIX,
  dataRoot,
  kindFolder,
  lookAtSecondFolder,
  MANIFEST_SUFFIX,
  manifestPath,
  type SecondFolderState,
  secondRoot,
} from './backup-folders.ts';
import { type BackupKind, backupKinds, isBackupId, type Manifest, parseManifest } from './manifest.ts';

/** `path`: where a person wanted it, such as on a USB drive. */
export type BackupPlace = 'data' | 'second' | 'path';

export interface RestorePoint {
  readonly manifest: Manifest;
  /** Of the compressed database; the manifest lies beside it. */
  readonly path: string;
  readonly place: BackupPlace;
  /** `verified`: it was opened, checked and restored into a scratch file once. `damaged`: a restore would refuse it. */
  readonly state: 'verified' | 'unverified' | 'damaged';
  /** What is wrong with a damaged one. */
  readonly problem: string | null;
}

/** A backup of which nothing is known, since its manifest is damaged or missing. */
export interface UnreadableBackup {
  readonly id: string;
  readonly kind: BackupKind;
  readonly place: BackupPlace;
  /** Of the compressed database, which may or may not be there. */
  readonly path: string;
  readonly problem: string;
}

export interface RestorePointList {
  /** Newest first. */
  readonly points: readonly RestorePoint[];
  readonly unreadable: readonly UnreadableBackup[];
  /** Folders that could not be looked into: what they have is unknown, not nothing. */
  readonly unreachable: readonly string[];
  readonly second: SecondFolderState;
}

/** Lists all backups. Sizes are compared, digests are not: that takes a verification. Never rejects. */
export async function listRestorePoints(folders: BackupFolders): Promise<RestorePointList> {
  const [second, data] = await Promise.all([
    lookAtSecondFolder(folders),
    surveyOrReason(dataRoot(folders), 'data', folders.dataDir),
  ]);
  const surveys = [data];
  const root = secondRoot(folders);
  let lost: SecondFolderState | undefined;
  if (root !== null && second.state !== 'unreachable' && second.state !== 'none') {
    const found = await surveyOrReason(root, 'second', second.folder);
    surveys.push(found);
    if ('reason' in found) lost = { state: 'unreachable', folder: second.folder, reason: found.reason };
  }
  const good = surveys.filter((survey) => 'points' in survey);
  const unreachable = surveys.flatMap((survey) => ('reason' in survey ? [survey.folder] : []));
  if (second.state === 'unreachable') unreachable.push(second.folder);
  return {
    points: good.flatMap(({ points }) => points).sort(newestFirst),
    unreadable: good.flatMap(({ unreadable }) => unreadable).sort((one, other) => compare(other.id, one.id)),
    unreachable,
    second: lost ?? second,
  };
}

/** The backup whose compressed database, or manifest, is this file. Throws where there is none, or its manifest is damaged. */
export async function restorePointAt(path: string): Promise<RestorePoint> {
  const id = basename(path).replace(DATABASE_SUFFIX, '').replace(MANIFEST_SUFFIX, '');
  const found = await readPair(dirname(path), id, 'path');
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** A restore point as the control channel tells it. */
export function toldOf({ manifest, place, path, state, problem }: RestorePoint): RestorePointTold {
  const { id, kind, madeAt, bytes, databaseBytes, counts, epoch, lastSequence, lastCommandAt } = manifest;
  const { documents, commands } = counts;
  return {
    ...{ id, kind, place, path, madeAt, bytes, databaseBytes, documents, commands },
    ...{ epoch, lastSequence, lastCommandAt, state, problem },
  };
}

/** In the order of their making, whatever the clock said; the copy in the data directory before the other of the same backup. */
export function newestFirst(one: RestorePoint, other: RestorePoint): number {
  return (
    other.manifest.order - one.manifest.order ||
    compare(other.manifest.id, one.manifest.id) ||
    compare(one.place, other.place)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

interface Survey {
  readonly points: RestorePoint[];
  readonly unreadable: UnreadableBackup[];
}

async function surveyOrReason(
  root: string,
  place: BackupPlace,
  folder: string,
): Promise<Survey | { readonly folder: string; readonly reason: string }> {
  try {
    return await inTime(folder, () => survey(root, place));
  } catch (error) {
    return { folder, reason: reasonOf(error) };
  }
}

async function survey(root: string, place: BackupPlace): Promise<Survey> {
  const found: Survey = { points: [], unreadable: [] };
  for (const kind of backupKinds) {
    const folder = kindFolder(root, kind);
    for (const id of await idsIn(folder)) {
      const pair = await readPair(folder, id, place);
      if (typeof pair !== 'string') found.points.push(pair);
      else
        found.unreadable.push({ id, kind, place, path: join(folder, id + DATABASE_SUFFIX), problem: pair });
    }
  }
  return found;
}

async function idsIn(folder: string): Promise<Set<string>> {
  const names = await orMissing(readdir(folder));
  const ids = (names ?? []).flatMap((name) => {
    const suffix = [DATABASE_SUFFIX, MANIFEST_SUFFIX].find((one) => name.endsWith(one));
    return suffix === undefined ? [] : [name.slice(0, -suffix.length)];
  });
  return new Set(ids.filter(isBackupId));
}

/** A backup from its two files, or why its manifest tells nothing. */
async function readPair(folder: string, id: string, place: BackupPlace): Promise<RestorePoint | string> {
  const path = join(folder, id + DATABASE_SUFFIX);
  const text = await orMissing(readFile(manifestPath(path), 'utf8'));
  if (text === undefined) return 'its manifest is missing';
  let manifest: Manifest;
  try {
    manifest = parseManifest(text);
  } catch (error) {
    return `its manifest cannot be read: ${reasonOf(error)}`;
  }
  if (manifest.id !== id) return `its manifest is that of ${manifest.id}`;
  const bytes = (await orMissing(stat(path)))?.size;
  const problem = problemOf(manifest, bytes);
  const sound = manifest.verified === null ? 'unverified' : 'verified';
  return { manifest, path, place, state: problem === null ? sound : 'damaged', problem };
}

function problemOf(manifest: Manifest, bytes: number | undefined): string | null {
  if (bytes === undefined) return 'its file is missing';
  if (bytes !== manifest.bytes) return `its file has ${bytes} bytes instead of ${manifest.bytes}`;
  return manifest.problem;
}

/** What is asked of a file, or undefined where there is no such file. */
async function orMissing<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
