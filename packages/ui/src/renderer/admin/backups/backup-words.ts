// What the page of backups concludes from the server's list: which is the newest that is proved, and how the journal stands.

import type { DoorResult, JournalTold, RestorePointTold } from '../../../bridge/doors.ts';

export type BackupList = DoorResult<'control:backup.list'>;

export interface BackupSummary {
  /** The newest that is not damaged. */
  readonly newest: RestorePointTold | undefined;
  readonly verified: number;
  readonly damaged: number;
}

/** @param points newest first */
export function summaryOf(points: readonly RestorePointTold[]): BackupSummary {
  return {
    newest: points.find(({ state }) => state !== 'damaged'),
    verified: points.filter(({ state }) => state === 'verified').length,
    damaged: points.filter(({ state }) => state === 'damaged').length,
  };
}

export type NextBackup =
  | { readonly kind: 'at'; readonly at: number }
  | { readonly kind: 'due' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'not-served' };

/** Absent: no database is served; null: backups are paused. */
export function nextOf({ nextAt }: Pick<BackupList, 'nextAt'>, now: number): NextBackup {
  if (nextAt === undefined) return { kind: 'not-served' };
  if (nextAt === null) return { kind: 'paused' };
  return nextAt <= now ? { kind: 'due' } : { kind: 'at', at: nextAt };
}

/** How the journal is told: by its state, in the tone of its danger. */
export function journalTone(journal: JournalTold | null): 'good' | 'warn' | 'bad' {
  if (journal === null) return 'warn';
  return ({ current: 'good', behind: 'warn', unreachable: 'bad' } as const)[journal.state];
}
