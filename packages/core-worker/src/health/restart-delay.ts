// Pure rule: when a background task that failed is started again, and when it is trusted again. Time is an argument.

/** A second lets a network card come back; a task of ours is cheap to start. */
const FIRST_DELAY_MS = 1_000;
/** Once a minute is often enough for what has failed ten times. */
const DELAY_MAX_MS = 60_000;
/** As long without a failure as the longest pause: the task works again. */
export const TRUSTED_AFTER_MS = 60_000;

export interface TaskHealth {
  /** Failures that are not forgiven yet. */
  readonly failures: number;
  /** When it was last started (monotonic ms). */
  readonly startedAt: number;
}

export const HEALTHY: TaskHealth = { failures: 0, startedAt: 0 };

/** After a failure: the new health, and the pause until the task is started again. */
export function afterFailure(health: TaskHealth, now: number): { health: TaskHealth; delayMs: number } {
  const failures = isTrusted(health, now) ? 1 : health.failures + 1;
  const delayMs = Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  return { health: { failures, startedAt: now + delayMs }, delayMs };
}

/** Whether a task has run long enough since its last start for its failures to be forgotten. */
export function isTrusted(health: TaskHealth, now: number): boolean {
  return health.failures === 0 || now - health.startedAt >= TRUSTED_AFTER_MS;
}
