// A file of no meaning in the run folder that keeps a little of the drive for ourselves: what a start and a way out have to write
// finds room there on a disk that is full. Without it a restart would die of the full disk again and again.

import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from './system-error.ts';

/** Room for seven starts, or thirty small files: on any disk that is worth a server a trifle. */
const RESERVE_BYTES = 2 * 1024 * 1024;
/**
 * A start writes a page or three of SQLite's log, its 32 KiB of shared memory, the mark of the chain's end and four small
 * files. Given back a part at a time, so that whoever fills the disk does not get all of it at once.
 */
export const SPACE_FOR_START_BYTES = 256 * 1024;
/** A run file is under 4 KiB; on some file systems even that takes a whole cluster of 64. */
const SPACE_FOR_FILE_BYTES = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Makes the reserve, or completes it: what cannot be had now is left to the next time. Gives whether it is whole. On the disk
 * when it returns. Throws the system's error for all but a full disk.
 */
export function keepSpaceReserve(runFolder: string): boolean {
  const file = openSync(reserveIn(runFolder), 'a', 0o600);
  try {
    let { size } = fstatSync(file);
    if (size >= RESERVE_BYTES) return true;
    // Not zeros, which some file systems keep in no space at all.
    while (size < RESERVE_BYTES) size += writeSync(file, randomBytes(CHUNK_BYTES));
    fsyncSync(file);
    return true;
  } catch (error) {
    if (isDiskFull(error)) return false;
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Gives so much of the reserve back to the disk, or all that is left of it; whether there was any. */
export function releaseSpaceReserve(runFolder: string, bytes: number): boolean {
  const path = reserveIn(runFolder);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  truncateSync(path, Math.max(0, size - bytes));
  return true;
}

/** Writes something small; where the disk is full, once more in the space of the reserve. */
export function writeWithReserve(runFolder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isDiskFull(error) || !releaseSpaceReserve(runFolder, SPACE_FOR_FILE_BYTES)) throw error;
    write();
  }
}

/** As `writeWithReserve`, for a main loop that must not wait for a disk. */
export async function writeWithReserveAsync(runFolder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const path = reserveIn(runFolder);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size === 0) throw error;
    await truncate(path, Math.max(0, size - SPACE_FOR_FILE_BYTES));
    await write();
  }
}

function reserveIn(runFolder: string): string {
  return join(runFolder, 'reserve');
}

/** Full for everybody, or for this user's quota. */
function isDiskFull(error: unknown): boolean {
  return hasErrorCode(error, 'ENOSPC', 'EDQUOT');
}
