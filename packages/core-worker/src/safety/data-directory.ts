// The data directory before anything in it is opened: made, checked, locked.

import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from '@masala/protocol/control';
import { reasonOf } from '@masala/protocol/tables';
import { StartRefused } from '../start-refused.ts';
import { type DirectoryLock, lockFile } from './directory-lock/flock.ts';

/** A killed predecessor is gone in milliseconds, one that stops in order holds the lock until its files are closed. */
const LOCK_PATIENCE_MS = 5_000;
const LOCK_RETRY_MS = 20;

/** Makes the folders with mode 0700 and writes a file to see that it can. Throws DATA_DIRECTORY_NOT_WRITABLE. */
export function prepareDataDirectory(dataDir: string): void {
  const probe = join(runFolder(dataDir), `.writable.${process.pid}`);
  try {
    mkdirSync(runFolder(dataDir), { recursive: true, mode: 0o700 });
    // A folder that was there before may be open to others: the identity's key lies in it.
    if (process.platform !== 'win32' && (statSync(dataDir).mode & 0o077) !== 0) chmodSync(dataDir, 0o700);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const reason = reasonOf(error);
    throw new StartRefused(
      'DATA_DIRECTORY_NOT_WRITABLE',
      `${dataDir} cannot be written to: ${reason}`,
      error,
    );
  }
}

/** Locks the directory against other cores. Throws DATA_DIRECTORY_LOCKED when another holds it for 5 s on end. */
export async function lockDataDirectory(dataDir: string): Promise<DirectoryLock> {
  const path = join(runFolder(dataDir), 'core.lock');
  const until = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const lock = lockFile(path);
    // A lock on a file that was replaced between open and lock keeps nobody out.
    if (lock?.holds()) return lock;
    lock?.release();
    if (performance.now() > until) {
      throw new StartRefused('DATA_DIRECTORY_LOCKED', `another core uses ${dataDir}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
  }
}
