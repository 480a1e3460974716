// Pure rule: when a core without a supervisor may start one. Core and supervisor both go by it.

const MINUTE_MS = 60_000;

/** Five supervisors in ten minutes: a person who kills it by hand does not get so far, a broken one does. */
export const SUPERVISOR_STARTS_MAX = 5;
export const SUPERVISOR_WINDOW_MS = 10 * MINUTE_MS;

/**
 * The earliest time (UTC ms) at which another supervisor may be started, given the times at which earlier ones
 * started (`supervisorStarts` of run/wanted.json). A start that lies in the future (the clock was set back) does
 * not count.
 */
export function supervisorRevivalAt(supervisorStarts: readonly number[], now: number): number {
  const recent = supervisorStarts.filter((at) => at <= now && at > now - SUPERVISOR_WINDOW_MS);
  if (recent.length < SUPERVISOR_STARTS_MAX) return now;
  return Math.max(...recent) + SUPERVISOR_WINDOW_MS;
}
