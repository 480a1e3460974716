// Pure rule: what a restore would undo, in words that the admin reads before saying yes.

import type { RestorePointTold } from '@masala/protocol/control';
import { counted } from '../texts.ts';
import type { BackupList } from './describe-backups.ts';
import { momentInWords } from './moment.ts';

export interface RestoreWish {
  /** A backup, to which it goes back as it was made; null: whichever leads to `until`. */
  readonly id: string | null;
  /** UTC ms; null: the end of the backup. */
  readonly until: number | null;
}

/** `timeZone` is the PC's, in which its people think. */
export function undoWarning(
  { points, journal, present }: BackupList,
  { id, until }: RestoreWish,
  now: number,
  timeZone: string,
): string {
  const point = points.find((one) => isTaken(one, id) && (until === null || endOf(one) <= until));
  const pointEnd = point === undefined ? 0 : endOf(point);
  const journalEnd = journal === null || journal.state === 'unreachable' ? 0 : (journal.lastAt ?? 0);
  // Only the journal leads from a backup on to a moment after it.
  const isReplayed = until !== null && journalEnd > pointEnd;
  const from = isReplayed ? Math.min(until, journalEnd) : pointEnd;
  const isKnown = present !== undefined && point?.epoch === present.epoch;
  const commands = isKnown ? counted.commands(present.lastSequence - point.lastSequence) : null;
  const count = commands === null ? '' : ` (${isReplayed ? 'at most ' : ''}${commands})`;
  const after =
    from === 0 ? 'Everything booked' : `Everything booked after ${momentInWords(from, now, timeZone)}`;
  return `${after}${count} will be gone; the desktops offer it again.`;
}

function isTaken({ id, state }: RestorePointTold, wished: string | null): boolean {
  return wished === null ? state !== 'damaged' : id === wished;
}

/** Up to when its content goes: nothing was booked between its newest command and its making. */
function endOf({ lastCommandAt, madeAt }: RestorePointTold): number {
  return lastCommandAt ?? madeAt;
}
