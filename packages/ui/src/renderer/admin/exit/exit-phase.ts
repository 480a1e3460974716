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
  if (status === null) return asked !== 'no' || isStopping(lastStatus) ? 'stopped' : 'unreachable';
  if (isStopping(status)) return asked === 'done' ? 'stopped' : 'stopping';
  return asked === 'running' ? 'stopping' : 'asking';
}
