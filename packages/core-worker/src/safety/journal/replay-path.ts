// Pure rule: which journals lead from a state of the database to a later one, along one lineage and no other.

import type { Lineage } from '../../store/open.ts';
import type { EpochJournal } from './survey.ts';

/** Where a replay begins: a backup, or (sequence 0) an empty database, which belongs to every lineage. */
export interface ReplayStart {
  /** Null: an empty database. */
  readonly epoch: string | null;
  readonly sequence: number;
}

/** Commands to be taken from one journal, both ends included. */
export interface ReplayLeg {
  readonly folder: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

export interface ReplayPath {
  readonly legs: readonly ReplayLeg[];
  /** The last command that the journals lead to. With `until`, the replay may stop short of it, inside the last stretch. */
  readonly reach: number;
  /** When it was booked; null where there is no leg. */
  readonly reachAt: number | null;
  /** Commands that are missing between the reach and later ones that are there. */
  readonly gap: { readonly from: number; readonly to: number; readonly lastAfter: number } | null;
}

/** Up to which command each epoch of a lineage belongs to it; the newest has no end. */
function endsOf(lineage: Lineage): Map<string, number> {
  const ends = new Map<string, number>();
  let end = Number.MAX_SAFE_INTEGER;
  for (const { epoch, branchSequence } of lineage) {
    ends.set(epoch, end);
    end = Math.min(end, branchSequence);
  }
  return ends;
}

/**
 * Whether a lineage can be followed from a state: its epoch belongs to it, it did not go on past the point where the lineage
 * left it, and no salvage lies between (see `salvageLimit`).
 */
export function isOnLineage(start: ReplayStart, lineage: Lineage): boolean {
  const end = start.epoch === null ? start.sequence : (endsOf(lineage).get(start.epoch) ?? -1);
  return start.sequence <= end && salvageLimit(start, lineage) === Number.MAX_SAFE_INTEGER;
}

/**
 * A salvaged database is not what its commands would book: nothing can be replayed across the point where it began, only
 * from a backup that was made after it.
 */
function salvageLimit(start: ReplayStart, lineage: Lineage): number {
  const startsAt = start.epoch === null ? -1 : lineage.findIndex(({ epoch }) => epoch === start.epoch);
  const newer = startsAt < 0 ? lineage : lineage.slice(0, startsAt);
  const salvaged = newer.filter(({ origin }) => origin === 'salvage');
  return Math.min(Number.MAX_SAFE_INTEGER, ...salvaged.map(({ branchSequence }) => branchSequence));
}

/**
 * The path from `start`, which lies on `lineage` (newest first), as far as journals follow each other without a gap. With
 * `until` (UTC ms) no stretch is begun that was booked later.
 */
export function replayPath(
  start: ReplayStart,
  lineage: Lineage,
  journals: readonly EpochJournal[],
  until: number | null,
): ReplayPath {
  const ends = endsOf(lineage);
  const limit = salvageLimit(start, lineage);
  const order = new Map(lineage.map(({ epoch }, age) => [epoch, age]));
  const ways = journals
    .filter(({ epoch, isSetAside }) => !isSetAside && ends.has(epoch))
    // The newest epoch first: its own copy of older commands is as good, and the way has fewer legs.
    .sort((one, other) => (order.get(one.epoch) ?? 0) - (order.get(other.epoch) ?? 0))
    .flatMap(({ folder, epoch, stretches }) => {
      const end = Math.min(ends.get(epoch) ?? 0, limit);
      return stretches.map((stretch) => ({ ...stretch, folder, epoch, to: Math.min(stretch.to, end) }));
    })
    .filter(({ firstAt }) => until === null || firstAt <= until);
  const legs: ReplayLeg[] = [];
  let reach = start.sequence;
  let reachAt: number | null = null;
  for (;;) {
    const way = ways.find(({ from, to }) => from <= reach + 1 && to > reach);
    if (way === undefined) break;
    const before = legs.at(-1);
    const { folder, epoch, to, lastAt } = way;
    if (before?.folder === folder) legs.splice(-1, 1, { ...before, to });
    else legs.push({ folder, epoch, from: reach + 1, to });
    reach = to;
    reachAt = lastAt;
    if (until !== null && lastAt > until) break;
  }
  const beyond = ways.filter(({ from, to }) => from > reach + 1 && to >= from);
  const first = Math.min(...beyond.map(({ from }) => from));
  const lastAfter = Math.max(...beyond.map(({ to }) => to));
  const gap = beyond.length === 0 ? null : { from: reach + 1, to: first - 1, lastAfter };
  return { legs, reach, reachAt, gap };
}
