// Pure rule: from pings, pongs and silence to a verdict over the core.

/** Three pings fit into the hang time-out, so that one lost pong accuses nobody. */
const PINGS_PER_TIMEOUT = 3;
/** Two thirds of the time-out: the second pong in a row is missing. */
const SUSPECT_FRACTION = 2 / 3;
/** Ticks in one hang time-out: 2.5 s of the usual 30 s; a verdict comes at most that much late. */
const TICKS_PER_TIMEOUT = 12;
/** A tick that comes later than a whole ping interval was held up by sleep or a starved machine. */
const LATE_FRACTION = 1 / PINGS_PER_TIMEOUT;

export interface Watchdog {
  /** Monotonic ms of the last sign of life. */
  readonly heardAt: number;
  readonly tickedAt: number;
  readonly pingAt: number;
  /** The number of the ping that was sent last. */
  readonly sequence: number;
  /** The core's counter of done chunks when it was last heard of. */
  readonly progress: number;
  readonly suspect: boolean;
}

export type Verdict =
  | { readonly type: 'ping'; readonly sequence: number }
  | { readonly type: 'suspect'; readonly silentMs: number }
  | { readonly type: 'hung'; readonly silentMs: number }
  | { readonly type: 'rearmed'; readonly lateMs: number };

/** A watch that begins now: the core has a whole time-out before it is accused. */
export function beginWatch(steadyMs: number): Watchdog {
  return {
    heardAt: steadyMs,
    tickedAt: steadyMs,
    pingAt: steadyMs,
    sequence: 0,
    progress: 0,
    suspect: false,
  };
}

/** A pong came: whatever it says, main loop and writer thread turned for it. */
export function heardPong(watchdog: Watchdog, progress: number, steadyMs: number): Watchdog {
  return { ...watchdog, heardAt: steadyMs, progress, suspect: false };
}

/** The core told its progress without being asked: what advances is not hung, what repeats itself may be. */
export function heardProgress(watchdog: Watchdog, progress: number, steadyMs: number): Watchdog {
  return progress === watchdog.progress ? watchdog : heardPong(watchdog, progress, steadyMs);
}

/** How long from one tick to the next, in ms. */
export function tickIntervalMs(hangTimeoutMs: number): number {
  return hangTimeoutMs / TICKS_PER_TIMEOUT;
}

/** One turn of the clock. A late turn accuses nobody: the core may have slept as we did. */
export function tickWatch(
  watchdog: Watchdog,
  steadyMs: number,
  hangTimeoutMs: number,
): { readonly watchdog: Watchdog; readonly verdicts: readonly Verdict[] } {
  const verdicts: Verdict[] = [];
  const lateMs = steadyMs - watchdog.tickedAt - tickIntervalMs(hangTimeoutMs);
  let next: Watchdog = { ...watchdog, tickedAt: steadyMs };
  if (lateMs > hangTimeoutMs * LATE_FRACTION) {
    verdicts.push({ type: 'rearmed', lateMs });
    next = { ...next, heardAt: steadyMs, pingAt: steadyMs, suspect: false };
  }
  const silentMs = steadyMs - next.heardAt;
  if (silentMs >= hangTimeoutMs) {
    verdicts.push({ type: 'hung', silentMs });
    return { watchdog: next, verdicts };
  }
  if (silentMs >= hangTimeoutMs * SUSPECT_FRACTION && !next.suspect) {
    verdicts.push({ type: 'suspect', silentMs });
    next = { ...next, suspect: true };
  }
  if (steadyMs >= next.pingAt) {
    next = { ...next, sequence: next.sequence + 1, pingAt: steadyMs + hangTimeoutMs / PINGS_PER_TIMEOUT };
    verdicts.push({ type: 'ping', sequence: next.sequence });
  }
  return { watchdog: next, verdicts };
}
