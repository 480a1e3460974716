// Pure rule: whether a restore still does what the admin was shown before agreeing to it.

import type { RestoreShown } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import type { RestorePoint } from '../backups/restore-point.ts';

/**
 * Throws RESTORE_CHANGED where the backup is another one now or no longer good, or where the database that is served
 * (`present`; undefined: none is) has another end. What is not said was not shown, and a script shows nothing at all.
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
  const isSameDatabase =
    shown.present?.epoch === present?.epoch && shown.present?.lastSequence === present?.lastSequence;
  if (isThere && isSameDatabase) return;
  throw new MasalaError('RESTORE_CHANGED', { what: isThere ? 'database' : 'backup' });
}
