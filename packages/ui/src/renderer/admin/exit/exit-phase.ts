// Where an exit stands, from what the server says of itself: the page shows it, whoever began it.

import type { ServerStatus } from '../../../bridge/doors.ts';
import { texts } from '../../shared/texts.ts';

/** lost: it was stopping when it was last heard, and nothing proves its end. */
export type ExitPhase = 'asking' | 'stopping' | 'stopped' | 'lost' | 'unreachable';

export interface ExitSeen {
  /** Null while the supervisor does not answer. */
  readonly status: ServerStatus | null;
  /** What it said last. */
  readonly lastStatus: ServerStatus | null;
  /** The stop that was asked for here: under way, or answered. */
  readonly asked: 'no' | 'running' | 'done';
  /** The host has proof that the server has ended. */
  readonly hasEnded?: boolean | undefined;
}

export function exitPhase({ status, lastStatus, asked, hasEnded = false }: ExitSeen): ExitPhase {
  if (status === null) return hasEnded ? 'stopped' : silentPhase(lastStatus, asked);
  if (isStopping(status)) return asked === 'done' ? 'stopped' : 'stopping';
  return asked === 'running' ? 'stopping' : 'asking';
}

/**
 * Silence proves nothing, the answer to the stop does. That no core was left when the supervisor was last heard does not: it
 * says so also of a core that it has given up, and may hang ever since.
 */
function silentPhase(lastStatus: ServerStatus | null, asked: ExitSeen['asked']): ExitPhase {
  // A PC that writes out its last saves may be silent for a while.
  if (asked === 'running') return 'stopping';
  if (asked === 'done') return 'stopped';
  if (lastStatus === null) return 'unreachable';
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

/** No core is there, and none comes by itself. */
export function isNotServing(status: ServerStatus | null): boolean {
  return status !== null && status.state === 'stopped' && status.core.pid === null;
}

/** What is asked before an exit, and what it leads to; `clients`: undefined while the core does not tell who they are. */
export function questionOf(
  status: ServerStatus | null,
  clients: number | undefined,
): { readonly question: string; readonly consequence: string } {
  const words = texts.exit;
  if (isNotServing(status)) return { question: words.notServing, consequence: words.notServingConsequence };
  // A core that hangs tells no names; the supervisor still has its number.
  const count = clients ?? (status?.state === 'running' ? status.clients : undefined);
  return {
    question: count === undefined ? words.unknown : words.question(count),
    consequence: words.consequence,
  };
}
