// Gives a file a name that nobody else has: of several processes that want it exactly one gets it, where a rename would take it
// from whoever was faster.

import { linkSync } from 'node:fs';
import { hasErrorCode } from './system-error.ts';

/** False where the name is taken already. */
export function linkWhereFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}
