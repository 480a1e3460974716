// What campaign and client process tell each other over the channel between parent and child.
import type { Surroundings } from './client-work.ts';

/** All that a client process is told at its start (one argument, JSON). */
export interface ClientTask {
  readonly surroundings: Surroundings;
  /** The folder of its profile. */
  readonly profile: string;
  readonly journal: string;
  readonly seed: number;
  /** Saves a second, counted from `startedAt` (UTC ms) on: what a time of standstill left undone is caught up with. */
  readonly ratePerSecond: number;
  readonly startedAt: number;
}

/** Sent after every change, at most every 20 ms. */
export interface ClientProgress {
  /** Connections that came as far as the sign-in, in this process. */
  readonly connections: number;
  /** Connections that were lost again. */
  readonly losses: number;
  /** Acts answered in all, also by earlier processes of this client. */
  readonly answered: number;
  /** … of these, since the newest connection stands. */
  readonly answeredOnThisConnection: number;
  readonly unanswered: number;
}

export type FromClient =
  | ({ readonly type: 'progress' } & ClientProgress)
  /** Every act has its answer, and no new one was begun since `finish`. */
  | { readonly type: 'finished' };

export type ToClient = { readonly type: 'finish' };
