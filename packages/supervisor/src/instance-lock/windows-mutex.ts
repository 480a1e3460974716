// The instance lock on Windows: a named mutex, which ends with the process that holds its handle.

import { dataDirHash } from '@masala/protocol/control';
import type { InstanceLock } from './instance-lock.ts';
import { createNamedMutex } from './native.ts';

/** The mutex of a data directory, or null when another process has it. The installer looks for the plain name. */
export function createMutex(dataDir: string, defaultDataDir: string): InstanceLock | null {
  const hash = dataDirHash(dataDir);
  const suffix = hash === dataDirHash(defaultDataDir) ? '' : `-${hash}`;
  const close = createNamedMutex(`Global\\MasalaServerMutex${suffix}`);
  // No file stands for it, so nobody can take it away.
  return close === null ? null : { holds: () => true, release: close };
}
