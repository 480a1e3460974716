// Where an exit stands, from what the server says of itself: the page shows it, whoever began it.

import type { ServerStatus } from '../../../bridge/doors.ts';

/** lost: it was stopping when it was last heard, and nothing proves its end. */
export type ExitPhase = 'asking' | 'stopping' | 'stopped' | 'lost' | 'unreachable';

export interface ExitSeen {
  /** Null while the supervisor does not answer. */
  readonly status: ServerStatus | null;
  /** What it said last. */
  readonly lastStatus: ServerStatus | null;
  /** The stop that was asked for here: under way, or answered. */
  readonly asked: 'no' | 'running' | 'done';
}

export function exitPhase({ status, lastStatus, asked }: ExitSeen): ExitPhase {
  if (status === null) return silentPhase(lastStatus, asked);
  if (isStopping(status)) return asked === 'done' ? 'stopped' : 'stopping';
  return asked === 'running' ? 'stopping' : 'asking';
}

/** Silence proves nothing: the answer to the stop does, or the supervisor's last word that no core is left. */
function silentPhase(lastStatus: ServerStatus | null, asked: ExitSeen['asked']): ExitPhase {
  // A PC that writes out its last saves may be silent for a while.
  if (asked === 'running') return 'stopping';
  if (asked === 'done') return 'stopped';
  if (lastStatus === null) return 'unreachable';
  if (lastStatus.state === 'stopped' && lastStatus.core.pid === null) return 'stopped';
  return isStopping(lastStatus) ? 'lost' : 'unreachable';
}

function isStopping({ stopping }: ServerStatus): boolean {
  return stopping !== null;
}

/** The core's, and before them what is done as long as it has not heard of the stop. */
const stopSteps = ['asked', 'draining', 'clients', 'work', 'database'] as const;

type Stopping = NonNullable<ServerStatus['stopping']>;

export interface StopStep {
  readonly name: (typeof stopSteps)[number];
  readonly state: 'done' | 'now' | 'later';
}

export function stepsOf(phase: Stopping['phase']): readonly StopStep[] {
  const present = stopSteps.indexOf(phase ?? 'asked');
  return stopSteps.map((name, index) => ({
    name,
    state: index < present ? 'done' : index === present ? 'now' : 'later',
  }));
}
