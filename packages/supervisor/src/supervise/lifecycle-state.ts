// The words of the core's supervised life: its state, what happens to it, and what is to be done about it.

import type { Death, ServerFlag, ServerState } from '@masala/protocol/control';
import type { ExitCodeName, LogEventName } from '@masala/protocol/tables';
import type { Now } from './now.ts';
import type { DeathRecord, RestartRules } from './restart-budget.ts';
import { beginWatch, type Watchdog } from './watchdog.ts';

/**
 * looking: is there a core to adopt · starting: spawned, not serving yet · watched: it serves, the watchdog is on ·
 * waiting: dead, the pause before the next start · stopping: asked to stop in order · ending: killed, its exit is
 * awaited · stopped: dead, and a person is needed · ended: the supervisor's work is done.
 */
export type Phase =
  | 'looking'
  | 'starting'
  | 'watched'
  | 'waiting'
  | 'stopping'
  | 'ending'
  | 'stopped'
  | 'ended';

export interface LifecycleRules extends RestartRules {
  readonly hangTimeoutMs: number;
  readonly startGraceMs: number;
}

export interface Lifecycle {
  readonly phase: Phase;
  /** Monotonic ms at which the phase's patience ends (Infinity: it has none). */
  readonly dueAt: number;
  /** Monotonic ms until which a locked directory is waited for. */
  readonly lockedUntil: number;
  /** Time for work in flight at the ordered stop that is under way. */
  readonly graceMs: number;
  readonly watchdog: Watchdog;
  readonly core: { readonly pid: number; readonly startedAt: number } | null;
  /** What the core said last of itself. */
  readonly state: ServerState;
  readonly flags: readonly ServerFlag[];
  readonly clients: number;
  readonly safeMode: boolean;
  readonly restarts: number;
  readonly deaths: readonly DeathRecord[];
  readonly lastDeath: Death | null;
  /** Why we killed it, until its exit is seen. */
  readonly killCause: Death['cause'] | null;
  /** What follows once the core has ended in order; null while nobody asked. */
  readonly intent: 'end' | 'restart' | null;
  /** UTC ms of the last sign of life of a core that is suspected; `watchdog.suspect` says whether it is. */
  readonly suspectSince: number | null;
  /** The ordered stop of the present core; null where none is under way. */
  readonly stopping: Stopping | null;
  /** Monotonic ms since when it has been healthy without a break. */
  readonly healthySince: number;
  /** Monotonic ms of the death that the present start mends; null at a first start. */
  readonly downSince: number | null;
  /** Whether a death brought on the last start, or the one that is under way: not where somebody asked for it. */
  readonly mendsDeath: boolean;
  /** Whether a core of this supervisor ever served: else a hopeless start ends the supervisor too. */
  readonly everServed: boolean;
  /** Why it is stopped, or with what the supervisor ends. */
  readonly outcome: { readonly exitCode: ExitCodeName; readonly message: string } | null;
}

/** UTC ms. */
export interface Stopping {
  readonly since: number;
  /** When what is left is forced. */
  readonly forcedAt: number;
  /** Commands that were not answered when the core was last heard. */
  readonly pending: number;
}

export type LifecycleEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'found'; readonly pid: number; readonly startedAt: number }
  | { readonly type: 'not-found' }
  | { readonly type: 'spawned'; readonly pid: number; readonly startedAt: number }
  | { readonly type: 'spawn-failed'; readonly message: string }
  | {
      readonly type: 'pong' | 'told';
      readonly state: ServerState;
      readonly flags: readonly ServerFlag[];
      readonly progress: number;
      readonly clients?: number;
      /** Commands that are not answered yet. */
      readonly queueDepth?: number;
    }
  | { readonly type: 'exited'; readonly death: Omit<Death, 'at' | 'cause'>; readonly wantedStopped: boolean }
  | { readonly type: 'stop-heard' }
  | { readonly type: 'stop'; readonly graceMs: number; readonly intent: 'end' | 'restart' }
  | { readonly type: 'force' }
  | { readonly type: 'tick' };

export type Effect =
  | { readonly type: 'look' }
  | { readonly type: 'spawn'; readonly safeMode: boolean }
  | { readonly type: 'ping'; readonly sequence: number }
  | { readonly type: 'ask-stop'; readonly graceMs: number }
  | { readonly type: 'kill' }
  /** Write run/wanted.json; it stands before every spawn and stop of the same list. */
  | { readonly type: 'persist'; readonly wanted: 'running' | 'stopped' }
  | {
      readonly type: 'log';
      readonly event: LogEventName;
      readonly fields: Readonly<Record<string, unknown>>;
    };

export interface Step {
  readonly lifecycle: Lifecycle;
  readonly effects: readonly Effect[];
}

/** A supervisor that has done nothing yet; `deaths` are those that an earlier one wrote down. */
export function newLifecycle(deaths: readonly DeathRecord[], lastDeath: Death | null, now: Now): Lifecycle {
  return {
    phase: 'looking',
    dueAt: Number.POSITIVE_INFINITY,
    lockedUntil: Number.POSITIVE_INFINITY,
    graceMs: 0,
    watchdog: beginWatch(now.steadyMs),
    core: null,
    state: 'starting',
    flags: [],
    clients: 0,
    safeMode: false,
    restarts: 0,
    deaths,
    lastDeath,
    killCause: null,
    intent: null,
    suspectSince: null,
    stopping: null,
    healthySince: Number.POSITIVE_INFINITY,
    downSince: null,
    mendsDeath: false,
    everServed: false,
    outcome: null,
  };
}
