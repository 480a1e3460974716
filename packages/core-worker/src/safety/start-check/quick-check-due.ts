// Whether the database must be checked before it serves: only after what could have harmed the file. Pure.

import { exitCodes } from '@masala/protocol/tables';
import type { CheckRecord } from '../integrity/check-record.ts';
import { isSameBoot } from './boot-id.ts';

/** How the core before this one ended. */
export interface LastDeath {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface CheckGrounds {
  /** checks.json; null where it is missing. */
  readonly record: CheckRecord | null;
  /** This boot; null where it cannot be told. */
  readonly bootId: string | null;
  readonly lastDeath: LastDeath | null;
  /** Whether the database has any command. */
  readonly hasCommands: boolean;
  /** Whether the mark of the newest command could be read. */
  readonly isMarked: boolean;
}

/** Both are said when the disk did not do what it was told. */
const STORAGE_DEATHS: readonly number[] = [exitCodes.COMMIT_UNKNOWN.code, exitCodes.DATABASE_UNUSABLE.code];

/** Why the database must be checked first, or null where it need not. */
export function quickCheckDue({
  record,
  bootId,
  lastDeath,
  hasCommands,
  isMarked,
}: CheckGrounds): string | null {
  if (record?.suspect != null) return record.suspect;
  if (lastDeath?.signal === 'SIGBUS') return 'the core died of a failed read of a mapped file (SIGBUS)';
  if (lastDeath?.exitCode != null && STORAGE_DEATHS.includes(lastDeath.exitCode)) {
    return 'the core died of an error of the storage';
  }
  // A new database has nothing to lose yet, and no records beside it.
  if (!hasCommands) return null;
  if (record === null) return 'there is no record of an earlier check';
  if (!isMarked) return 'the mark of the newest command is missing';
  if (record.bootId === null || bootId === null) return 'it is not known whether the PC was started anew';
  return isSameBoot(record.bootId, bootId) ? null : 'the PC was started anew';
}
