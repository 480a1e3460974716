// Everything that a recovery can begin from, looked up in one place: backups of all folders, and the journal.

import { join } from 'node:path';
import type { CoreControl, JournalTold, ResultOf } from '@masala/protocol/control';
import { type BackupFolders, secondHome } from './backups/backup-folders.ts';
import {
  listRestorePoints,
  type RestorePoint,
  toldOf,
  type UnreadableBackup,
} from './backups/restore-point.ts';
import { type JournalSurvey, surveyJournals } from './journal/survey.ts';

export interface RestoreSources {
  /** Newest first, damaged ones among them. */
  readonly points: readonly RestorePoint[];
  /** Those of them that a restore chooses among when none is named: see `ownPoints`. */
  readonly ownPoints: readonly RestorePoint[];
  /** Backups of which nothing is known, since their manifests are damaged or missing. */
  readonly unreadable: readonly UnreadableBackup[];
  /** The newest that a restore would take. */
  readonly newest: RestorePoint | null;
  /** Null where no second folder is set. */
  readonly journals: JournalSurvey | null;
  /** The newest command of all journals; null where there is none. */
  readonly journalEnd: { readonly sequence: number; readonly at: number } | null;
  /** Folders whose content is unknown, not nothing. */
  readonly unreachable: readonly string[];
  readonly told: ResultOf<CoreControl, 'backup.list'>;
}

/** Where the journals lie; null where no second folder is set. */
export function journalRoot({ secondFolder, serverId }: BackupFolders): string | null {
  return secondFolder === null ? null : join(secondHome(secondFolder, serverId), 'journal');
}

/**
 * Never rejects.
 *
 * @param refused the ids of backups that a restore has found damaged: they are not offered as the newest again
 */
export async function restoreSources(
  folders: BackupFolders,
  refused: ReadonlySet<string> = new Set(),
): Promise<RestoreSources> {
  const root = journalRoot(folders);
  const { points, unreadable, ...list } = await listRestorePoints(folders);
  // After the list, whose short looks would have to wait for segments that are read from a slow drive.
  const journals = root === null ? null : await surveyJournals(root);
  // A journal that cannot be looked into, on a drive that can, is no reason to take it for missing.
  const unread =
    journals?.unreachable == null || list.unreachable.includes(folders.secondFolder ?? '')
      ? []
      : [journals.folder];
  const unreachable = [...list.unreachable, ...unread];
  const own = ownPoints(points, folders.serverId);
  const newest = own.find(({ manifest, state }) => state !== 'damaged' && !refused.has(manifest.id)) ?? null;
  const journalEnd = journals === null ? null : endOf(journals);
  const told = {
    points: points.map(toldOf),
    unreachable,
    journal: journals === null ? null : toldSurvey(journals, journalEnd),
  };
  return { points, ownPoints: own, unreadable, newest, journals, journalEnd, unreachable, told };
}

/**
 * The backups of this server. Somebody may have put those of another one beside them, newer ones too: they are restored when
 * they are named. Where there are none but foreign ones, all of them: the identity was lost, or left behind by a move.
 */
export function ownPoints(points: readonly RestorePoint[], serverId: string): readonly RestorePoint[] {
  const own = points.filter(({ manifest }) => manifest.serverId === serverId);
  return own.length > 0 ? own : points;
}

function endOf({ journals }: JournalSurvey): RestoreSources['journalEnd'] {
  const ends = journals.flatMap(({ isSetAside, stretches }) => (isSetAside ? [] : stretches.slice(-1)));
  const newest = ends.sort((one, other) => other.lastAt - one.lastAt)[0];
  return newest === undefined ? null : { sequence: newest.to, at: newest.lastAt };
}

/** A journal at rest: there is no database that it could be behind. */
function toldSurvey(survey: JournalSurvey, end: RestoreSources['journalEnd']): JournalTold {
  const problems = [
    ...survey.journals.flatMap(({ problems }) => problems.map(({ reason }) => reason)),
    ...survey.unreadable.map(({ folder, reason }) => `${folder} cannot be read: ${reason}`),
  ];
  return {
    folder: survey.folder,
    state: survey.unreachable === null ? 'current' : 'unreachable',
    lastSequence: end?.sequence ?? 0,
    lastAt: end?.at ?? null,
    lagCommands: null,
    reason: survey.unreachable ?? (problems.length === 0 ? null : problems.join('; ')),
  };
}
