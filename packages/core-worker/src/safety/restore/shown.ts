// Pure rule: whether a restore still does what the admin was shown before agreeing to it.

import type { RestoreShown } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import type { RestorePoint } from '../backups/restore-point.ts';

/**
 * Throws RESTORE_CHANGED where the backup is another one now or no longer good, or where the restore would undo more than
 * was agreed to in the database that is served (`present`; undefined: none is). What is not said was not shown, and a
 * script shows nothing at all.
 */
export function checkShown(
  shown: RestoreShown | undefined,
  points: readonly RestorePoint[],
  present: RestoreShown['present'],
): void {
  if (shown === undefined) return;
  const { point } = shown;
  const isThere =
    point === undefined ||
    points.some(({ manifest, state }) => {
      return manifest.id === point.id && manifest.lastSequence === point.lastSequence && state !== 'damaged';
    });
  if (isThere && isAgreed(shown, present)) return;
  throw new MasalaError('RESTORE_CHANGED', { what: isThere ? 'database' : 'backup' });
}

/**
 * Who agreed to undo what came after the backup agreed to what is booked while he answers: a busy server never holds still,
 * and what is undone is kept. Who was shown that nothing is undone has agreed to no such thing.
 */
function isAgreed({ point, present: seen }: RestoreShown, present: RestoreShown['present']): boolean {
  if (seen === undefined || present === undefined) return seen === present;
  if (seen.epoch !== present.epoch) return false;
  if (seen.lastSequence === present.lastSequence) return true;
  // Without a point it goes back to a moment, and undoes whatever came after.
  return point === undefined || seen.lastSequence > point.lastSequence;
}
