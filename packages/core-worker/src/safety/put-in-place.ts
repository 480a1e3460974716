// The swap at the end of every recovery: the old files go to quarantine, the new database takes their place, and a kill
// between any two steps leaves a state from which the next start does it all again.

import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '@masala/protocol/durable-file';
import { type ChainEnd, removeChainEnd, resetChainEnd } from '../store/chain-end.ts';
import { moveToQuarantine } from './quarantine.ts';

export interface NewDatabase {
  /** A closed and fsynced file, without a log beside it, in the file system of the data directory. */
  readonly path: string;
  readonly end: ChainEnd;
}

/**
 * Puts a new database in the place of whatever is there; gives the folder in quarantine, or null where nothing was there.
 * recovery.json has to name the request until it returns: it is what a kill in the middle is mended by.
 */
export function putInPlace(
  dataDir: string,
  { path, end }: NewDatabase,
  reason: string,
  at: number,
): string | null {
  const databasePath = join(dataDir, 'masala.db');
  const isThere = ['', '-wal', '-shm'].some((suffix) => existsSync(`${databasePath}${suffix}`));
  const quarantine = isThere ? moveToQuarantine(dataDir, reason, at) : null;
  // Between the two databases the old mark would accuse the new one.
  removeChainEnd(dataDir);
  renameSync(path, databasePath);
  syncFolder(dataDir);
  resetChainEnd(dataDir, end);
  return quarantine;
}
