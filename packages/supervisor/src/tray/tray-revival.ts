// Pure rule: when a tray that went away is brought back, and what is said about it.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export interface RevivalRules {
  /** Pause before the first try; it doubles with each. */
  readonly firstDelayMs: number;
  /** Tries in a row before it is left alone for long. */
  readonly triesMax: number;
  readonly restMs: number;
  /** A tray that stood so long has made up for its falls. */
  readonly forgivenAfterMs: number;
}

export const revivalRules: RevivalRules = {
  /** A desktop shell that was restarted is back within seconds. */
  firstDelayMs: SECOND_MS,
  /** 1 + 2 + 4 + 8 + 16 s: half a minute covers a desktop that is only logging in. */
  triesMax: 5,
  /** Rare enough to cost nothing, often enough to be there the same morning. */
  restMs: 10 * MINUTE_MS,
  /** Shorter, and one that falls each minute would be tried, and logged, for ever. */
  forgivenAfterMs: 10 * MINUTE_MS,
};

export interface Revival {
  /** Falls in a row that are not forgiven. */
  readonly falls: number;
}

export const newRevival: Revival = { falls: 0 };

export interface NextTry {
  readonly revival: Revival;
  readonly delayMs: number;
  /** The log event of this fall; null: what there is to say was said. */
  readonly say: 'tray.lost' | 'tray.resting' | null;
}

/** What follows a fall of a tray that stood for `stoodMs` (0: it never came up). */
export function afterFall(revival: Revival, stoodMs: number, rules: RevivalRules): NextTry {
  const falls = stoodMs >= rules.forgivenAfterMs ? 1 : revival.falls + 1;
  // Bounded: it would else count for years, and nothing is decided by more.
  const next: Revival = { falls: Math.min(falls, rules.triesMax + 2) };
  if (falls <= rules.triesMax) {
    return { revival: next, delayMs: rules.firstDelayMs * 2 ** (falls - 1), say: 'tray.lost' };
  }
  return { revival: next, delayMs: rules.restMs, say: falls === rules.triesMax + 1 ? 'tray.resting' : null };
}
