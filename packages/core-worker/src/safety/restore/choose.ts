// Pure rule: from which backup, and along which journals, a restore reaches furthest; or what the admin asked for.

import { MasalaError } from '@masala/protocol/tables';
import type { Lineage } from '../../store/open.ts';
import type { RestorePoint } from '../backups/restore-point.ts';
import { isOnLineage, type ReplayLeg, type ReplayPath, replayPath } from '../journal/replay-path.ts';
import type { EpochJournal, JournalSurvey } from '../journal/survey.ts';

export interface RestoreWish {
  /** A backup's id; null: the newest good state. */
  readonly id: string | null;
  /** UTC ms: nothing that was booked later; null: as far as there is anything. */
  readonly until: number | null;
}

/** What a restore is to do. Plain data: it travels to the pool as it is. */
export interface RestoreChoice {
  /** Null: from an empty database, by the journal alone. */
  readonly point: RestorePoint | null;
  /** Of the history that is followed, newest first. */
  readonly lineage: Lineage;
  readonly legs: readonly ReplayLeg[];
  /** The newest command that it will reach, at most, and when that was booked (null: none). */
  readonly reach: number;
  readonly reachAt: number | null;
  /** What a crash broke off at the end of the last journal. */
  readonly cutTail: { readonly epoch: string; readonly sequence: number; readonly bytes: number } | null;
  /** What the admin should know before: sentences. */
  readonly warnings: readonly string[];
}

interface Candidate {
  readonly point: RestorePoint | null;
  readonly lineage: Lineage;
  readonly path: ReplayPath;
}

/**
 * Chooses. `points` newest first, as `listRestorePoints` gives them. Throws BACKUP_UNKNOWN and BACKUP_DAMAGED for a named
 * one, RESTORE_TIME_INVALID `{ earliest }` where nothing reaches back to `until`, NO_RESTORE_POINT where there is nothing.
 *
 * The history that is followed is the one that lived at that time: the newest epoch, or with `until` the newest that had
 * begun by then. (An epoch that a restore left is reached by naming one of its backups.)
 */
export function chooseRestorePoint(
  points: readonly RestorePoint[],
  survey: Pick<JournalSurvey, 'journals'>,
  { id, until }: RestoreWish,
): RestoreChoice {
  const journals = survey.journals.filter(({ isSetAside }) => !isSetAside);
  const lineages = lineagesNewestFirst(points, journals);
  const named = id === null ? undefined : pointNamed(points, id);
  const starts = named === undefined ? [...points.filter(({ state }) => state !== 'damaged'), null] : [named];
  const inTime = starts.filter((point) => until === null || (point?.manifest.lastCommandAt ?? 0) <= until);
  const living = lineagesLivingAt(lineages, until, named?.manifest.epoch);
  for (const lineage of living) {
    const best = furthest(inTime, lineage, journals, until);
    if (best === undefined) continue;
    const choice = choiceOf(best, survey.journals, until);
    const left = id === null && lineage !== living[0] ? leftBehindWarning(living[0]) : [];
    return { ...choice, warnings: [...left, ...choice.warnings] };
  }
  const earliest = earliestOf(starts, lineages, journals);
  if (until === null || earliest === null) throw new MasalaError('NO_RESTORE_POINT');
  throw new MasalaError('RESTORE_TIME_INVALID', { earliest });
}

function pointNamed(points: readonly RestorePoint[], id: string): RestorePoint {
  const copies = points.filter(({ manifest }) => manifest.id === id);
  const point = copies.find(({ state }) => state !== 'damaged') ?? copies[0];
  if (point === undefined) throw new MasalaError('BACKUP_UNKNOWN', { id });
  if (point.state === 'damaged') throw new MasalaError('BACKUP_DAMAGED', { id, reason: point.problem });
  return point;
}

/**
 * The way to the newest command. It begins with the newest backup on the lineage: from an older one the journal leads to no
 * later command, only past it.
 */
function furthest(
  starts: readonly (RestorePoint | null)[],
  lineage: Lineage,
  journals: readonly EpochJournal[],
  until: number | null,
): Candidate | undefined {
  let best: RestorePoint | null | undefined;
  for (const point of starts) {
    const start = startOf(point);
    if (!isOnLineage(start, lineage)) continue;
    if (best === undefined || start.sequence > startOf(best).sequence) best = point;
  }
  if (best === undefined) return undefined;
  const path = replayPath(startOf(best), lineage, journals, until);
  // An empty database is nothing to go back to.
  return best === null && path.legs.length === 0 ? undefined : { point: best, lineage, path };
}

function startOf(point: RestorePoint | null) {
  if (point === null) return { epoch: null, sequence: 0 };
  return { epoch: point.manifest.epoch, sequence: point.manifest.lastSequence };
}

/** The lineage of every epoch that is known, that of the newest epoch first. */
function lineagesNewestFirst(
  points: readonly RestorePoint[],
  journals: readonly EpochJournal[],
): readonly Lineage[] {
  const byEpoch = new Map<string, Lineage>();
  for (const { epoch, lineage } of [...points.map(({ manifest }) => manifest), ...journals]) {
    for (const age of lineage.keys()) {
      const one = lineage.slice(age);
      if (one[0] !== undefined && !byEpoch.has(one[0].epoch)) byEpoch.set(one[0].epoch, one);
    }
    byEpoch.set(epoch, lineage);
  }
  return [...byEpoch.values()].sort((one, other) => ageOrder(other) - ageOrder(one));
}

/** When an epoch began; never before its parents, whatever the clock said. */
function ageOrder(lineage: Lineage): number {
  return lineage.toReversed().reduce((order, { beganAt }) => Math.max(order + 1, beganAt ?? 0), 0);
}

/**
 * Those that had begun by then; the first epoch of all counts as having been there always. So does that of a named backup: a
 * restore begins an epoch later than the newest command that it brings back.
 */
function lineagesLivingAt(
  lineages: readonly Lineage[],
  until: number | null,
  namedEpoch: string | undefined,
): readonly Lineage[] {
  if (until === null) return lineages;
  return lineages.filter(([own]) => {
    return own?.parent === null || own?.epoch === namedEpoch || (own?.beganAt ?? 0) <= until;
  });
}

function choiceOf(
  { point, lineage, path }: Candidate,
  surveyed: readonly EpochJournal[],
  until: number | null,
): RestoreChoice {
  const { legs, reach, reachAt, gap } = path;
  const lastAt = reachAt ?? point?.manifest.lastCommandAt ?? null;
  const last = legs.at(-1);
  const torn = surveyed.find(
    ({ folder, tornTail }) => folder === last?.folder && tornTail?.sequence === reach + 1,
  );
  const cutTail = torn?.tornTail ? { epoch: torn.epoch, ...torn.tornTail } : null;
  return {
    point,
    lineage,
    legs,
    reach,
    reachAt: until === null || lastAt === null ? lastAt : Math.min(until, lastAt),
    cutTail,
    warnings: [...gapWarning(gap), ...asideWarnings(surveyed, reach, until)],
  };
}

/** There is a newer history, and nothing from which it could be restored (a salvaged one needs a backup of its own). */
function leftBehindWarning(newest: Lineage | undefined): string[] {
  const [own] = newest ?? [];
  if (own === undefined) return [];
  const begun = own.beganAt === undefined ? '' : ` (begun ${new Date(own.beganAt).toISOString()})`;
  return [
    `The newest history, epoch ${own.epoch}${begun}, cannot be restored: there is no backup of it. An older one is.`,
  ];
}

function gapWarning(gap: ReplayPath['gap']): string[] {
  if (gap === null) return [];
  const { from, to, lastAfter } = gap;
  return [
    `The journal lacks the commands ${from} to ${to}: the ones after them, up to ${lastAfter}, cannot be booked again.`,
  ];
}

function asideWarnings(surveyed: readonly EpochJournal[], reach: number, until: number | null): string[] {
  if (until !== null) return [];
  return surveyed
    .filter(({ isSetAside, stretches }) => isSetAside && (stretches.at(-1)?.to ?? 0) > reach)
    .map(({ folder, stretches }) => {
      return `A journal that was set aside reaches further, to command ${stretches.at(-1)?.to}: ${folder}`;
    });
}

/** The earliest moment (UTC ms) to which one can go back; null where there is none. */
function earliestOf(
  starts: readonly (RestorePoint | null)[],
  lineages: readonly Lineage[],
  journals: readonly EpochJournal[],
): number | null {
  const times = starts.flatMap((point) => {
    if (point !== null) return [point.manifest.lastCommandAt ?? 0];
    const start = startOf(null);
    return lineages.flatMap((lineage) => {
      const folder = replayPath(start, lineage, journals, null).legs[0]?.folder;
      const firstAt = journals.find((journal) => journal.folder === folder)?.stretches[0]?.firstAt;
      return firstAt === undefined ? [] : [firstAt];
    });
  });
  return times.length === 0 ? null : Math.min(...times);
}
