// The flags of a server's start, for those who ask beside it.

import { readRunFile, type StartFlags } from '@masala/protocol/control';

export const NO_FLAGS: StartFlags = { host: null, port: null, discoveryPort: null, set: [] };

/** Those of the last start, as run/wanted.json has them; none where that is missing. */
export function flagsOf(dataDir: string): StartFlags {
  return readRunFile(dataDir, 'wanted.json')?.flags ?? NO_FLAGS;
}
