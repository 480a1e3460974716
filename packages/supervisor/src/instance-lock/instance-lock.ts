// The one server of a data directory: a kernel lock that no kill leaves behind.

import { join } from 'node:path';
import { runFolder } from '@masala/protocol/control';
import { lockFile } from './posix-lock.ts';
import { createMutex } from './windows-mutex.ts';

/** Held until the process ends or `release` is called, whichever comes first. */
export interface InstanceLock {
  /** Whether the lock still keeps others out: false once its file was removed or replaced. */
  holds(): boolean;
  release(): void;
}

/** The lock of a data directory, or null when another process holds it. The run folder has to exist. */
export function takeInstanceLock(dataDir: string, defaultDataDir: string): InstanceLock | null {
  if (process.platform === 'win32') return createMutex(dataDir, defaultDataDir);
  return lockFile(join(runFolder(dataDir), 'supervisor.lock'));
}
