// Pure rule: what follows the core's death: another start and when, safe mode, or nothing more.

import type { RunFile } from '@masala/protocol/control';

const MINUTE_MS = 60_000;

/** Deaths further apart than this are separate misfortunes, not a loop. */
export const DEATH_WINDOW_MS = 10 * MINUTE_MS;
/** Healthy time that makes up for all deaths: shorter, and a loop of slow deaths would never show. */
export const FORGIVEN_AFTER_MS = 10 * MINUTE_MS;
/** Half a minute: a person who watches still sees that something is tried. */
export const BACKOFF_MAX_MS = 30_000;
/** Kept deaths: more than any sensible budget, and a file of under 8 KiB. */
const DEATHS_KEPT_MAX = 100;

export type DeathRecord = RunFile<'wanted.json'>['deaths'][number];

export interface RestartRules {
  /** Deaths within the window that lead to safe mode; 0 means no limit. */
  readonly budget: number;
  /** Pause after the second death of the window; it doubles with each. The first is mended at once: people wait. */
  readonly backoffMs: number;
}

export type AfterDeath =
  | { readonly type: 'restart'; readonly delayMs: number; readonly safeMode: boolean }
  | { readonly type: 'give-up' };

/** The deaths with one more, bounded. */
export function withDeath(deaths: readonly DeathRecord[], death: DeathRecord): readonly DeathRecord[] {
  return [...deaths, death].slice(-DEATHS_KEPT_MAX);
}

/**
 * What follows the last of `deaths` (those not forgiven, oldest first). A death that lies in the future (the clock
 * was set back) does not count. A death in safe mode ends the tries: nothing gentler is left. One that
 * `leadsToRecovery` counts too, but what follows is a core that waits for the admin: it is started at once, and once
 * even after safe mode.
 */
export function afterDeath(
  deaths: readonly DeathRecord[],
  utcMs: number,
  rules: RestartRules,
  leadsToRecovery = false,
): AfterDeath {
  const recent = recentDeaths(deaths, utcMs);
  const lastTry = recent.at(leadsToRecovery ? -2 : -1);
  if (rules.budget > 0 && lastTry?.safeMode === true) return { type: 'give-up' };
  return {
    type: 'restart',
    delayMs: leadsToRecovery ? 0 : backoffMs(recent.length, rules),
    safeMode: budgetSpent(recent.length, rules),
  };
}

/** Whether a start that a person asks for, or that follows the death of a supervisor, begins in safe mode. */
export function startsInSafeMode(
  deaths: readonly DeathRecord[],
  utcMs: number,
  rules: RestartRules,
): boolean {
  return budgetSpent(recentDeaths(deaths, utcMs).length, rules);
}

function recentDeaths(deaths: readonly DeathRecord[], utcMs: number): readonly DeathRecord[] {
  return deaths.filter(({ at }) => at <= utcMs && at > utcMs - DEATH_WINDOW_MS);
}

function budgetSpent(deathCount: number, rules: RestartRules): boolean {
  return rules.budget > 0 && deathCount >= rules.budget;
}

function backoffMs(deathCount: number, rules: RestartRules): number {
  if (deathCount <= 1) return 0;
  return Math.min(rules.backoffMs * 2 ** (deathCount - 2), BACKOFF_MAX_MS);
}
