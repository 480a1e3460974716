// Pure rule: what a restore would undo, in words that the admin reads before saying yes.

import type { RestorePointTold } from '@masala/protocol/control';
import type { BackupList } from './describe-backups.ts';
import { momentInWords } from './moment.ts';
import { countInWords } from './words.ts';

export interface RestoreWish {
  /** Null: the newest good one. */
  readonly id: string | null;
  /** UTC ms; null: as far as there is anything. */
  readonly until: number | null;
}

/** `timeZone` is the PC's, in which its people think. */
export function undoWarning(
  { points, journal, present }: BackupList,
  { id, until }: RestoreWish,
  now: number,
  timeZone: string,
): string {
  const words = (utcMs: number) => momentInWords(utcMs, now, timeZone);
  const point = points.find((one) => isTaken(one, id) && (until === null || endOf(one) <= until));
  const pointEnd = point === undefined ? 0 : endOf(point);
  const journalEnd = journal === null || journal.state === 'unreachable' ? 0 : (journal.lastAt ?? 0);
  const from = until ?? Math.max(pointEnd, journalEnd);
  const isKnown = present !== undefined && point?.epoch === present.epoch;
  // From the backup on the journal books again what it has, so that less may be gone.
  const bound = until !== null || journalEnd > pointEnd ? 'at most ' : '';
  const count = isKnown
    ? ` (${bound}${countInWords(present.lastSequence - point.lastSequence, 'command')})`
    : '';
  const warning = `Everything booked after ${words(from)}${count} will be gone; the desktops offer it again.`;
  if (id === null || until !== null || journalEnd <= pointEnd) return warning;
  return `${warning} (The journal brings back what came after the backup; to stop there add --until "${words(pointEnd)}".)`;
}

function isTaken({ id, state }: RestorePointTold, wished: string | null): boolean {
  return wished === null ? state !== 'damaged' : id === wished;
}

/** Up to when its content goes: nothing was booked between its newest command and its making. */
function endOf({ lastCommandAt, madeAt }: RestorePointTold): number {
  return lastCommandAt ?? madeAt;
}
