// What the dashboard's tiles say of backups and drives: the rules alone.

import type { DoorResult } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { type BackupList, nextOf, summaryOf } from '../backups/backup-words.ts';
import type { CardState } from './card-state.ts';
import type { ClientTold } from './use-clients.ts';

const MINUTE_MS = 60_000;
const words = texts.dashboard.tiles;

export interface TileWords {
  readonly value: string;
  readonly note: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'neutral';
}

/** A tile in whichever state it is; null while it waits for its first answer. `told` says what it shows of an answer. */
export function tileOf<Data>(state: CardState<Data>, told: (data: Data) => TileWords): TileWords | null {
  switch (state.kind) {
    case 'loading':
      return null;
    case 'away':
      return { value: words.notMeasured, note: words.away[state.absence], tone: 'neutral' };
    case 'failed':
      return { value: words.notMeasured, note: `${state.error.message} ${state.error.hint}`, tone: 'warn' };
    case 'ready':
      return told(state.data);
  }
}

const pointTones = { verified: 'good', unverified: 'neutral', damaged: 'bad' } as const;

/** As many as fit below the figure. */
const NAMES_MAX = 3;

/** Who is connected, by name: those that saved last first, each device once. */
export function namesOf(
  clients: readonly Pick<ClientTold, 'device' | 'lastSaveAt'>[],
  formats: Formats,
): string {
  const byLastSave = clients.toSorted((left, right) => (right.lastSaveAt ?? 0) - (left.lastSaveAt ?? 0));
  const names = [...new Set(byLastSave.map(({ device }) => device))];
  const more = names.length - NAMES_MAX;
  return formats.list(more > 1 ? [...names.slice(0, NAMES_MAX), words.moreNames(more)] : names);
}

/** Of the newest that is not damaged: one that is damaged is no backup. */
export function backupTileOf(list: BackupList, now: number, formats: Formats): TileWords {
  const { newest, damaged } = summaryOf(list.points);
  const next = nextWords(list, now, formats);
  if (newest === undefined) {
    if (damaged > 0) return { value: words.backupNoneGood, note: words.damaged(damaged), tone: 'bad' };
    const note = list.nextAt === null ? words.paused : words.backupNoneNote;
    return { value: words.backupNone, note, tone: 'warn' };
  }
  return {
    value: formats.age(newest.madeAt, now),
    note: [words.states[newest.state], ...next].join(', '),
    tone: list.nextAt === null ? 'warn' : pointTones[newest.state],
  };
}

/** Nothing where no next one is to be expected. */
function nextWords(list: BackupList, now: number, formats: Formats): string[] {
  const next = nextOf(list, now);
  switch (next.kind) {
    case 'not-served':
      return [];
    case 'paused':
      return [words.paused];
    case 'due':
      return [words.nextDue];
    case 'at':
      return [next.at - now < MINUTE_MS ? words.nextSoon : words.next(formats.age(next.at, now))];
  }
}

export type DisksTold = DoorResult<'control:disks.read'>;
export type DriveTold = DisksTold['data'];

/** The free space of the drive that the data is on. */
export function freeTileOf({ data }: DisksTold, formats: Formats): TileWords {
  const value = data.freeBytes === null ? words.notMeasured : formats.bytes(data.freeBytes);
  return { value, note: '', tone: 'neutral' };
}

export interface DriveWords {
  /** How much is used, 0 to 1; null where the drive cannot be asked. */
  readonly usedShare: number | null;
  readonly tone: 'neutral' | 'warn' | 'bad';
  readonly words: string;
}

/** The thresholds are the server's own: the meter turns when the warning comes. */
export function driveWordsOf(
  drive: DriveTold,
  thresholds: Pick<DisksTold, 'lowBytes' | 'criticalBytes'>,
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
