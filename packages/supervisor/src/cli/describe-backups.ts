// Pure rules: what there is to restore from, in lines for a person.

import type { CoreControl, JournalTold, RestorePointTold, ResultOf } from '@masala/protocol/control';
import { ageInWords } from '@masala/protocol/tables';
import { counted } from '../texts.ts';
import { sizeInWords, tableLines } from './words.ts';

export type BackupList = ResultOf<CoreControl, 'backup.list'>;

const PLACES: Record<RestorePointTold['place'], string> = {
  data: 'data directory',
  second: 'second drive',
  path: 'elsewhere',
};

/** All backups, newest first, the journal, and what cannot be seen at the moment. */
export function describeBackups({ points, unreachable, journal }: BackupList, now: number): string[] {
  const rows = points.map((point) => [
    point.id,
    ageInWords(now - point.madeAt),
    sizeInWords(point.bytes),
    String(point.documents),
    point.state,
    PLACES[point.place],
  ]);
  const headings = ['ID', 'MADE', 'SIZE', 'DOCUMENTS', 'STATE', 'WHERE'];
  const none = unreachable.length > 0 ? 'No backup can be seen at the moment.' : 'There is no backup yet.';
  const damaged = points.filter(({ state }) => state === 'damaged');
  return [
    ...(points.length === 0 ? [none] : tableLines([headings, ...rows])),
    ...damaged.map(({ id, problem }) => `! ${id} is damaged: ${problem ?? 'it is not what was written'}`),
    ...describeUnreachable(unreachable),
    ...(journal === null ? [] : [describeJournal(journal, now)]),
  ];
}

/** Folders that are configured and not there: what they hold is unknown, which is not nothing. */
export function describeUnreachable(folders: readonly string[]): string[] {
  return folders.map(
    (folder) =>
      `! ${folder} cannot be reached: the backups there are not counted, and may be newer. Plug the drive in.`,
  );
}

export function describePoint(point: RestorePointTold, now: number): string {
  const { id, madeAt, bytes, documents, state, path } = point;
  const holds = `${sizeInWords(bytes)}, ${counted.documents(documents)}, ${state}`;
  return `${id}, made ${ageInWords(now - madeAt)}: ${holds}, ${path}`;
}

function describeJournal(journal: JournalTold, now: number): string {
  const { folder, state, lastSequence, lastAt, lagCommands, reason } = journal;
  if (state === 'unreachable')
    return `! The journal in ${folder} cannot be reached${reason === null ? '' : `: ${reason}`}`;
  const reach =
    lastAt === null ? 'empty' : `up to command ${lastSequence}, booked ${ageInWords(now - lastAt)}`;
  const lag = lagCommands === null || lagCommands === 0 ? '' : `, ${counted.commands(lagCommands)} behind`;
  return `Journal in ${folder}: ${reach}${lag}${reason === null ? '' : ` (${reason})`}`;
}
