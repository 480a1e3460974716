// Looks at a folder before it is used for backups, and says what the server found there.

import type { DoorResult } from '../../bridge/doors.ts';
import { useDoor } from './bridge-context.tsx';
import { useLater } from './use-later.ts';

export type FolderFound = DoorResult<'control:backup.checkFolder'>;

export interface FolderCheck {
  /** Of the folder as it is written now; undefined while it is being looked at, or where none is written. */
  readonly found: FolderFound | undefined;
  readonly isLooking: boolean;
  /** Why it could not be looked at, or cannot be used. */
  readonly problem: string | undefined;
}

/** Asked while one types, a moment after the last key. */
export function useFolderCheck(written: string): FolderCheck {
  const folder = written.trim();
  const asked = useLater(folder);
  const { data, error } = useDoor('control:backup.checkFolder', asked === '' ? null : { folder: asked });
  if (folder === '') return { found: undefined, isLooking: false, problem: undefined };
  const isOld = asked !== folder || (data === undefined && error === undefined);
  if (isOld) return { found: undefined, isLooking: true, problem: undefined };
  return { found: data, isLooking: false, problem: error?.message ?? data?.problem ?? undefined };
}
