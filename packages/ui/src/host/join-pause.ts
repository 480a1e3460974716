// Pure rule: how long the desk waits before it tries again to sign in at the core.

/** A refusal lasts longer than a moment, and a page that waits for its lists should not wait much longer than that. */
const FIRST_MS = 1_000;

/**
 * Each of these tries may leave a join code open for five minutes, and sixteen may be: with at most ten tries in that time there are
 * always some left for the person who pairs a desktop.
 */
const MAX_MS = 60_000;

/** `codesMade`: join codes that were made for it since it was last signed in, all for nothing. */
export function joinPauseMs(codesMade: number): number {
  return Math.min(FIRST_MS * 2 ** Math.max(0, codesMade - 1), MAX_MS);
}
