// checks.json: what is known about the soundness of the database from one start to the next.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileDurably } from '@masala/protocol/durable-file';

export type FullCheckResult = 'sound' | 'damaged' | 'io';

export interface CheckRecord {
  /** The boot of the PC (`bootIdOf`) in which the database was last found sound. */
  readonly bootId: string | null;
  /** Why the file may have been harmed since, in a sentence; null: nothing is known against it. */
  readonly suspect: string | null;
  /** UTC ms of the end of the last full check. */
  readonly lastFullCheckAt: number | null;
  readonly lastFullCheckResult: FullCheckResult | null;
}

const NOTHING_KNOWN: CheckRecord = {
  bootId: null,
  suspect: null,
  lastFullCheckAt: null,
  lastFullCheckResult: null,
};

/** The record of a data directory; null where it is missing or not what was written. */
export function readCheckRecord(dataDir: string): CheckRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(recordPath(dataDir), 'utf8'));
    return isRecord(record) ? record : null;
  } catch {
    return null; // missing, unreadable or cut: nothing is known, and so the database is checked
  }
}

/**
 * Has the next start check the database before it serves. Synchronous and without a throw, for the way out of the process:
 * gives whether it could be written.
 */
export function markSuspect(dataDir: string, reason: string): boolean {
  try {
    change(dataDir, { suspect: reason });
    return true;
  } catch {
    return false; // the disk that made it suspect may well refuse this too: the process ends all the same
  }
}

/** The database was found sound in this boot of the PC. */
export function clearSuspect(dataDir: string, bootId: string | null): void {
  change(dataDir, { bootId, suspect: null });
}

/** Keeps when the last full check ended (UTC ms), and how. */
export function recordFullCheck(dataDir: string, at: number, result: FullCheckResult): void {
  change(dataDir, { lastFullCheckAt: at, lastFullCheckResult: result });
}

function change(dataDir: string, changes: Partial<CheckRecord>): void {
  const record = { ...(readCheckRecord(dataDir) ?? NOTHING_KNOWN), ...changes };
  replaceFileDurably(recordPath(dataDir), `${JSON.stringify(record)}\n`);
}

function recordPath(dataDir: string): string {
  return join(dataDir, 'checks.json');
}

function isRecord(value: unknown): value is CheckRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { bootId, suspect, lastFullCheckAt, lastFullCheckResult } = value as Record<string, unknown>;
  return (
    (bootId === null || typeof bootId === 'string') &&
    (suspect === null || typeof suspect === 'string') &&
    (lastFullCheckAt === null || Number.isSafeInteger(lastFullCheckAt)) &&
    (lastFullCheckResult === null ||
      ['sound', 'damaged', 'io'].some((result) => result === lastFullCheckResult))
  );
}
