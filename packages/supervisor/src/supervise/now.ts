// Time as the rules of this folder get it: always an argument, so that a test decides how it passes.

export interface Now {
  /** Monotonic milliseconds of this process: for deadlines, which no change of the clock may move. */
  readonly steadyMs: number;
  /** UTC milliseconds: for what is written down and outlives the process. */
  readonly utcMs: number;
}

/** The system's clocks; handed in by the wiring only. */
export function systemNow(): Now {
  return { steadyMs: performance.now(), utcMs: Date.now() };
}
