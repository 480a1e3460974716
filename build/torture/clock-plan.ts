// The jumps of a server's clock, decided before the first of them: the same seed plans the same ones. Pure.
import type { Chance } from './chance.ts';

export const jumpKinds = ['seconds', 'hours', 'days', 'years', 'corrected'] as const;
export type JumpKind = (typeof jumpKinds)[number];

/** What happens just after a jump: nothing, or a start of the core, or of both, under the new time. */
export const jumpSequels = ['nothing', 'core', 'both'] as const;
export type JumpSequel = (typeof jumpSequels)[number];

export interface PlannedJump {
  readonly kind: JumpKind;
  /** What the clock is then ahead of the true time, in ms; negative: behind. */
  readonly aheadMs: number;
  readonly sequel: JumpSequel;
  /** After the recovery from the jump before. */
  readonly delayMs: number;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** How far a jump of a kind goes at most: a time server's step, a wrong time zone, a wrong date, an empty battery. */
const REACH_MS: Readonly<Record<Exclude<JumpKind, 'corrected'>, number>> = {
  seconds: 60 * SECOND_MS,
  hours: 14 * HOUR_MS,
  days: 60 * DAY_MS,
  years: 12 * YEAR_MS,
};
/** Ten jumps in which every kind occurs. */
const KINDS: readonly JumpKind[] = [
  ...(['seconds', 'seconds', 'hours', 'hours', 'hours'] as const),
  ...(['days', 'days', 'years', 'years', 'corrected'] as const),
];
const SEQUELS: readonly JumpSequel[] = [
  ...(['nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'] as const),
  ...(['core', 'core', 'both'] as const),
];
/** A clock that says 1970 or 2100 is met in the field; between these every jump of ours stays. */
const AHEAD_MS = { least: -40 * YEAR_MS, most: 60 * YEAR_MS };
/** Long enough for saves, pings and a backup under the new time. */
const DELAY_MS = { least: 100, most: 1_200 };

export function planJumps(count: number, chance: Chance): PlannedJump[] {
  const jumps: PlannedJump[] = [];
  let kinds: JumpKind[] = [];
  let sequels: JumpSequel[] = [];
  let aheadMs = 0;
  while (jumps.length < count) {
    if (kinds.length === 0) [kinds, sequels] = [chance.shuffled(KINDS), chance.shuffled(SEQUELS)];
    const kind = kinds.pop() ?? 'corrected';
    const reachMs = kind === 'corrected' ? 0 : REACH_MS[kind];
    // A step from where the clock is, or the way back to the truth.
    const wanted = kind === 'corrected' ? 0 : aheadMs + chance.integer(-reachMs, reachMs);
    aheadMs = Math.min(Math.max(wanted, AHEAD_MS.least), AHEAD_MS.most);
    const delayMs = chance.integer(DELAY_MS.least, DELAY_MS.most);
    jumps.push({ kind, aheadMs, sequel: sequels.pop() ?? 'nothing', delayMs });
  }
  return jumps;
}
