// Where damaged and replaced databases go: database, log and shared memory together, with the reason, and never deleted.

import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileDurably, syncFolder } from '@masala/protocol/durable-file';

/**
 * The database first: a log alone is opened by nobody, while a database without its log would pass for a whole one. What
 * SQLite keeps beside a database belongs to it.
 */
const FILES = ['masala.db', 'masala.db-wal', 'masala.db-shm', 'masala.db-journal'];
const REASON_FILE = 'reason.json';
/** A name, not the reason itself: that stands in reason.json. */
const NAME_MAX_LENGTH = 40;

/**
 * Moves the database of a data directory, and what lies beside it, into `quarantine/<UTC time>-<reason>/`; gives that folder.
 * Killed in the middle and called again with the same reason and time, it moves the rest into the same folder. No
 * connection may be open. Throws what the file system does (on Windows EBUSY or EPERM while another program holds a file).
 *
 * @param at UTC ms of the incident: with the reason it tells incidents apart
 */
export function moveToQuarantine(dataDir: string, reason: string, at: number): string {
  const quarantine = join(dataDir, 'quarantine');
  mkdirSync(quarantine, { recursive: true, mode: 0o700 });
  syncFolder(dataDir);
  const present = FILES.filter((name) => existsSync(join(dataDir, name)));
  const folder = folderFor(quarantine, { reason, at }, present);
  for (const name of present) renameSync(join(dataDir, name), join(folder, name));
  syncFolder(folder);
  syncFolder(dataDir);
  return folder;
}

/**
 * The database of an incident that was moved already, or null: a salvage that was killed after the move goes on with it. The newest,
 * where there are several.
 */
export function quarantinedDatabase(dataDir: string, reason: string, at: number): string | null {
  const quarantine = join(dataDir, 'quarantine');
  const incident = { reason, at };
  let found: string | null = null;
  for (let count = 1; ; count++) {
    const folder = join(quarantine, folderName(incident, count));
    if (!existsSync(folder)) return found;
    const database = join(folder, 'masala.db');
    if (existsSync(database) && isSame(incident, folder)) found = database;
  }
}

interface Incident {
  readonly reason: string;
  readonly at: number;
}

/** The folder of the same incident, when none of the files is in it yet; else a new one. */
function folderFor(quarantine: string, incident: Incident, files: readonly string[]): string {
  for (let count = 1; ; count++) {
    const folder = join(quarantine, folderName(incident, count));
    if (!existsSync(folder)) {
      mkdirSync(folder, { mode: 0o700 });
      syncFolder(quarantine);
      replaceFileDurably(join(folder, REASON_FILE), `${JSON.stringify(incident)}\n`);
      return folder;
    }
    const isFree = files.every((file) => !existsSync(join(folder, file)));
    if (isFree && isSame(incident, folder)) return folder;
  }
}

/** Whether a folder was made for the incident: killed before its reason was written, it is empty and as good as new. */
function isSame({ reason, at }: Incident, folder: string): boolean {
  const path = join(folder, REASON_FILE);
  try {
    const written = JSON.parse(readFileSync(path, 'utf8')) as Partial<Incident> | null;
    return written?.reason === reason && written.at === at;
  } catch {
    const isEmpty = FILES.every((file) => !existsSync(join(folder, file)));
    if (isEmpty) replaceFileDurably(path, `${JSON.stringify({ reason, at })}\n`);
    return isEmpty;
  }
}

/** `20261121-143500-damaged`, `20261121-143500-damaged-2`: sorts by time, and is a file name everywhere. */
function folderName({ reason, at }: Incident, count: number): string {
  const time = new Date(at).toISOString().replace(/[-:]/g, '');
  const words = reason
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX_LENGTH);
  const name = `${time.slice(0, 8)}-${time.slice(9, 15)}-${words.replace(/^-+|-+$/g, '') || 'unknown'}`;
  return count === 1 ? name : `${name}-${count}`;
}
