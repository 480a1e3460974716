// The instance lock elsewhere than on Windows: flock on a file in the run folder.

import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { InstanceLock } from './instance-lock.ts';
import { flockExclusive } from './native.ts';

/**
 * Locks a file, making it where there is none; null when another process has it. Node opens it, with close-on-exec:
 * a file opened by koffi would be inherited by the core and stay locked after our death.
 */
export function lockFile(path: string): InstanceLock | null {
  for (;;) {
    const file = openSync(path, 'a', 0o600);
    if (!flockExclusive(file)) {
      closeSync(file);
      return null;
    }
    // Between the open and the lock somebody may have removed the file: then we hold a lock on nothing.
    if (isFileAt(path, file)) return heldLock(path, file);
    closeSync(file);
  }
}

function heldLock(path: string, file: number): InstanceLock {
  return {
    holds: () => isFileAt(path, file),
    release: () => closeSync(file),
  };
}

function isFileAt(path: string, file: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const held = fstatSync(file);
  return there !== undefined && there.ino === held.ino && there.dev === held.dev;
}
