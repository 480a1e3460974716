// Where the desk keeps what signs it in at the core: on the disk beside the server's own key, and for this life of the host also
// where that cannot be.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Profile, readProfileIfAny, writeProfile } from '@masala/client';
import { hasErrorCode } from '@masala/protocol/control';

export class DeskProfiles {
  readonly #folder: string;
  #unwritten: Profile | undefined;

  constructor(dataDir: string) {
    // The folder above is this user's alone, and no backup carries it away.
    this.#folder = join(dataDir, 'identity', 'dashboard');
  }

  /** The newest profile; undefined where there is none, or none that can be read. */
  read(): Profile | undefined {
    return this.#unwritten ?? readProfileIfAny(this.#folder);
  }

  /**
   * Keeps a profile. Never throws: on a full disk, or where the server's identity was lost, the dashboard is needed most. The
   * next host pairs itself anew then.
   */
  keep(profile: Profile): void {
    this.#unwritten = profile;
    try {
      makeFolder(this.#folder);
      writeProfile(this.#folder, profile);
      this.#unwritten = undefined;
    } catch {
      // kept in memory; the disk's own troubles are told by the core, which writes more than we do
    }
  }
}

/** Never the folder above it: that is the server's to make, with its key, and an empty one would look like an identity. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}
