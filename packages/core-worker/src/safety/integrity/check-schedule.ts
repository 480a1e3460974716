// When the full check runs next: some seconds after serving began, then at its interval. Pure.

export interface CheckTimes {
  /** UTC ms at which serving began. */
  readonly servingSince: number;
  /** UTC ms of the last full check of this start; null: none yet. */
  readonly lastCheckAt: number | null;
}

export interface CheckRules {
  /** From the start of serving to the first check. */
  readonly delayMs: number;
  readonly intervalMs: number;
}

/** How long to wait for the next full check: 0 when it is due. A clock that was set back never makes it more than the interval. */
export function untilFullCheckMs(
  times: CheckTimes,
  { delayMs, intervalMs }: CheckRules,
  now: number,
): number {
  const { servingSince, lastCheckAt } = times;
  const [from, waitMs] = lastCheckAt === null ? [servingSince, delayMs] : [lastCheckAt, intervalMs];
  return Math.max(0, Math.min(waitMs, from + waitMs - now));
}
