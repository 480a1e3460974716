// Where an exit stands, from what the server says of itself: the page shows it, whoever began it.

import type { ServerStatus } from '../../../bridge/doors.ts';

export type ExitPhase = 'asking' | 'stopping' | 'stopped' | 'unreachable';

export interface ExitSeen {
  /** Null while the supervisor does not answer. */
  readonly status: ServerStatus | null;
  /** What it said last. */
  readonly lastStatus: ServerStatus | null;
  /** The stop that was asked for here: under way, or answered. */
  readonly asked: 'no' | 'running' | 'done';
}

export function exitPhase({ status, lastStatus, asked }: ExitSeen): ExitPhase {
  const isStopping = (one: ServerStatus | null) => one !== null && one.stopping !== null;
  // A PC that writes out its last saves may be silent for a while: only the answer says that it is over.
  if (status === null && asked === 'running') return 'stopping';
  if (status === null) return asked === 'done' || isStopping(lastStatus) ? 'stopped' : 'unreachable';
  if (isStopping(status)) return asked === 'done' ? 'stopped' : 'stopping';
  return asked === 'running' ? 'stopping' : 'asking';
}
