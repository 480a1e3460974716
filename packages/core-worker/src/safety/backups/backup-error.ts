// Tells what went wrong with a backup in the words of the error table, so that it survives the way between threads.

import { MasalaError, reasonOf } from '@masala/protocol/tables';
import { sqliteCode } from '../../store/sqlite.ts';

/** Does work on files in a folder; what the system or SQLite throws becomes a MasalaError that names the folder. */
export async function coded<Value>(folder: string, work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw codedError(folder, error);
  }
}

function codedError(folder: string, error: unknown): unknown {
  if (error instanceof MasalaError) return error;
  const code = sqliteCode(error) ?? systemCode(error);
  // A broken invariant keeps its stack.
  if (code === undefined) return error;
  const reason = reasonOf(error);
  if (/^(?:ENOSPC|EDQUOT|SQLITE_FULL)$/.test(code))
    return new MasalaError('BACKUP_SPACE_LOW', { folder, reason });
  if (code.startsWith('SQLITE_')) return new MasalaError('BACKUP_FAILED', { reason });
  return new MasalaError('BACKUP_FOLDER_UNREACHABLE', { folder, reason });
}

function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error))
    return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
