// The client's own name for one act of a person: a retry of the act bears the same one. The only file that imports uuid.

import { v7 } from 'uuid';

/** A new UUID v7: time-ordered, so that what is booked together lies together on the server's disk. */
export function newCommandId(): string {
  return v7();
}
