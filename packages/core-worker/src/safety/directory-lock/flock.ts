// The core's lock on its data directory: the kernel frees it whatever ends the process.

import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { hasErrorCode } from '@masala/protocol/control';
import koffi from 'koffi';

const LOCK_EXCLUSIVE = 2;
const LOCK_NONBLOCKING = 4;
/** libuv's UV_FS_O_EXLOCK: on Windows the file is opened without sharing, so that a second open fails. */
const OPEN_WITHOUT_SHARING = 0x1000_0000;

export interface DirectoryLock {
  /** Whether the locked file is still the one that others would lock: when it was deleted or replaced, it is not. */
  holds(): boolean;
  release(): void;
}

/** Locks a file, which is made where it is missing; undefined when another process holds it. */
export function lockFile(path: string): DirectoryLock | undefined {
  return process.platform === 'win32' ? openExclusively(path) : flockFile(path);
}

function flockFile(path: string): DirectoryLock | undefined {
  // Opened by fs, since a descriptor that is opened through koffi is inherited and stays locked in a child.
  const file = openSync(path, 'a', 0o600);
  if (flockExclusive(file)) return lockOf(file, path);
  closeSync(file);
  return undefined;
}

/** flock(2): false when another process has it; throws where the file system knows no locks. */
function flockExclusive(file: number): boolean {
  // Null means the symbols of this process: its C library, whatever its name is.
  const flock = koffi.load(null).func('int flock(int, int)');
  if (flock(file, LOCK_EXCLUSIVE | LOCK_NONBLOCKING) === 0) return true;
  const code = koffi.errno();
  if (code === koffi.os.errno.EWOULDBLOCK || code === koffi.os.errno.EAGAIN) return false;
  throw new Error(`flock failed with errno ${code}`);
}

function openExclusively(path: string): DirectoryLock | undefined {
  try {
    return lockOf(openSync(path, constants.O_RDWR | constants.O_CREAT | OPEN_WITHOUT_SHARING, 0o600), path);
  } catch (error) {
    if (hasErrorCode(error, 'EBUSY', 'EPERM', 'EACCES')) return undefined;
    throw error;
  }
}

function lockOf(file: number, path: string): DirectoryLock {
  const own = fstatSync(file, { bigint: true });
  return {
    holds() {
      // While it is open without sharing nobody can delete it.
      if (process.platform === 'win32') return true;
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found !== undefined && found.ino === own.ino && found.dev === own.dev;
    },
    release: () => closeSync(file),
  };
}
