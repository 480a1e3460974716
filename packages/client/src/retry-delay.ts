// How long to wait before the next try; chance is an argument.

/** Three seconds: a person hardly notices, and 50 desktops that wait for one server are 17 tries a second. */
export const RETRY_DELAY_MS = 3_000;

/** A fifth more or less, so that desktops which lost the server in one instant do not all come back in one. */
const JITTER = 0.2;

/** The second try of a refused call: the time in which a full queue of the writer (0.4 s) has partly drained. */
const FIRST_BACKOFF_MS = 50;

/** A delay with its jitter. `chance`: from 0 to 1. */
export function withJitter(delayMs: number, chance: number): number {
  return Math.round(delayMs * (1 + JITTER * (2 * chance - 1)));
}

/** Before a call that was refused `failures` times is sent again: at once, then growing to three seconds. */
export function callRetryDelayMs(failures: number, chance: number): number {
  if (failures <= 1) return 0;
  // 2^6 × 50 ms is beyond the bound already; a larger power would only overflow.
  const grownMs = FIRST_BACKOFF_MS * 2 ** Math.min(failures - 2, 6);
  return withJitter(Math.min(grownMs, RETRY_DELAY_MS), chance);
}
