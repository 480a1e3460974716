// Pure rule: which backups are due. What was missed while the PC was off is due at once; no jump of the clock stops it.

import type { BackupKind } from './manifest.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Copying may take a twentieth of the time: the interval is at least so many times what the last backup took. */
const DURATIONS_BETWEEN_SNAPSHOTS = 20;
/**
 * When the clock jumps, a kind may be due again and again. By the clock that nobody sets, at least this part of its period lies
 * between two: an hour for daily ones. Larger, and a PC that sleeps at night (that clock sleeps with it) would miss a day.
 */
const LEAST_PART_OF_PERIOD = 1 / 24;

export const scheduledKinds = ['snapshot', 'daily', 'weekly'] as const satisfies readonly BackupKind[];
export type ScheduledKind = (typeof scheduledKinds)[number];

/** The newest good backup of a kind: newest in the order of making. */
export interface NewestBackup {
  /** UTC ms by the clock of then. */
  readonly madeAt: number;
  readonly epoch: string;
  readonly lastSequence: number;
}

export interface ScheduleFacts {
  /** UTC ms. */
  readonly now: number;
  /** The setting backup.intervalMs. */
  readonly intervalMs: number;
  /** How long the newest backup took. */
  readonly lastDurationMs: number;
  /** The database as it is now. */
  readonly present: { readonly epoch: string; readonly lastSequence: number };
  readonly newest: Readonly<Partial<Record<ScheduledKind, NewestBackup>>>;
  /** How long this process has looked after backups, by a clock that nobody sets. */
  readonly uptimeMs: number;
  /** How long ago this process made one of the kind, by the same clock. */
  readonly madeAgoMs: Readonly<Partial<Record<ScheduledKind, number>>>;
}

export function dueBackups(facts: ScheduleFacts): ScheduledKind[] {
  return hasNothing(facts) ? [] : scheduledKinds.filter((kind) => untilDueMs(kind, facts) <= 0);
}

/** How long until the next backup is due, 0 where one is; null while there is nothing to back up. */
export function untilNextBackupMs(facts: ScheduleFacts): number | null {
  if (hasNothing(facts)) return null;
  return Math.max(0, Math.min(...scheduledKinds.map((kind) => untilDueMs(kind, facts))));
}

/** Nothing was ever booked, nor backed up. */
function hasNothing({ present, newest }: ScheduleFacts): boolean {
  return present.lastSequence === 0 && scheduledKinds.every((kind) => newest[kind] === undefined);
}

/** Infinity for a snapshot while nothing has changed. */
function untilDueMs(
  kind: ScheduledKind,
  { now, present, newest, uptimeMs, madeAgoMs, ...facts }: ScheduleFacts,
): number {
  const last = newest[kind];
  if (last === undefined) return 0;
  const changed = last.epoch !== present.epoch || last.lastSequence !== present.lastSequence;
  if (kind === 'snapshot' && !changed) return Number.POSITIVE_INFINITY;
  const periodMs = periodOf(kind, facts);
  const leastMs = periodMs * LEAST_PART_OF_PERIOD;
  const madeAgo = madeAgoMs[kind];
  const ageMs = now - last.madeAt;
  // Made in the future: the clock was wrong then, or is now. Nobody knows its age, so what this process saw has to do.
  if (ageMs < 0) return leastMs - (madeAgo ?? uptimeMs);
  if (madeAgo === undefined) return periodMs - ageMs;
  return Math.min(Math.max(periodMs - ageMs, leastMs - madeAgo), periodMs - madeAgo);
}

function periodOf(
  kind: ScheduledKind,
  { intervalMs, lastDurationMs }: Pick<ScheduleFacts, 'intervalMs' | 'lastDurationMs'>,
): number {
  switch (kind) {
    case 'snapshot':
      return Math.max(intervalMs, DURATIONS_BETWEEN_SNAPSHOTS * lastDurationMs);
    case 'daily':
      return DAY_MS;
    case 'weekly':
      return 7 * DAY_MS;
  }
}

/** The next place in the order of making: the time, but always after the newest that is known. */
export function nextOrder(now: number, newestOrder: number): number {
  return Math.max(now, newestOrder + 1);
}
