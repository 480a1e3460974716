// What the dashboard's tiles say of backups and drives: the rules alone.

import type { DoorResult, RestorePointTold } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';

const MINUTE_MS = 60_000;
const words = texts.dashboard.tiles;

export interface TileWords {
  readonly value: string;
  readonly note: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'neutral';
}

const pointTones = { verified: 'good', unverified: 'neutral', damaged: 'bad' } as const;

export function backupTileOf(
  list: DoorResult<'control:backup.list'>,
  now: number,
  formats: Formats,
): TileWords {
  const newest = newestOf(list.points);
  const next = nextWords(list.nextAt, now, formats);
  if (newest === undefined) {
    return {
      value: words.backupNone,
      note: list.nextAt === null ? words.paused : words.backupNoneNote,
      tone: 'warn',
    };
  }
  const parts = [words.states[newest.state], ...(next === null ? [] : [next])];
  return {
    value: formats.ageShort(newest.madeAt, now),
    note: parts.join(', '),
    tone: list.nextAt === null ? 'warn' : pointTones[newest.state],
  };
}

/** A damaged one is no backup: the age that is shown is that of one that can be restored. */
function newestOf(points: readonly RestorePointTold[]): RestorePointTold | undefined {
  return points.find((point) => point.state !== 'damaged') ?? points[0];
}

function nextWords(nextAt: number | null | undefined, now: number, formats: Formats): string | null {
  if (nextAt === undefined) return null;
  if (nextAt === null) return words.paused;
  if (nextAt <= now) return words.nextDue;
  return nextAt - now < MINUTE_MS ? words.nextSoon : words.next(formats.age(nextAt, now));
}

type Disks = DoorResult<'control:disks.read'>;
export type DriveTold = Disks['data'];

export interface DriveWords {
  /** How much is used, 0 to 1; null where the drive cannot be asked. */
  readonly usedShare: number | null;
  readonly tone: 'neutral' | 'warn' | 'bad';
  readonly words: string;
}

/** The thresholds are the server's own: the meter turns when the warning comes. */
export function driveWordsOf(
  drive: DriveTold,
  thresholds: Pick<Disks, 'lowBytes' | 'criticalBytes'>,
  formats: Formats,
): DriveWords {
  const { freeBytes, totalBytes } = drive;
  if (freeBytes === null || totalBytes === null || totalBytes === 0) {
    return { usedShare: null, tone: 'bad', words: words.driveUnknown };
  }
  return {
    usedShare: 1 - freeBytes / totalBytes,
    tone: freeBytes < thresholds.criticalBytes ? 'bad' : freeBytes < thresholds.lowBytes ? 'warn' : 'neutral',
    words: words.driveFree(formats.bytes(freeBytes), formats.bytes(totalBytes)),
  };
}
