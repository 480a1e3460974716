// Pure rule: which backups have had their time. Worked out anew from what is there, at each run: it remembers nothing.

import { limits } from '@masala/protocol/tables';
import type { BackupKind } from './manifest.ts';

/** What retention has to know of a backup. */
export interface RetainedBackup {
  readonly kind: BackupKind;
  /** The order of making: a clock that was wrong for a week must not make that week's backups outlive all others. */
  readonly order: number;
  /** A restore could begin from it, as far as is known. */
  readonly good: boolean;
}

/** How many good ones of each kind stay, at least one of each. */
export type RetentionRule = Readonly<Record<BackupKind, number>>;

export const retentionRule: RetentionRule = {
  snapshot: limits.backupSnapshotsKept,
  daily: limits.backupDailyKept,
  weekly: limits.backupWeeklyKept,
  manual: limits.backupManualKept,
  emergency: limits.backupEmergencyKept,
};

/**
 * Those to be removed from one folder. It counts and never looks at the clock, so that neither a jump nor a long holiday
 * takes a good one away; of each kind the newest good one stays, and with it the newest good one of all.
 */
export function backupsToRemove<Backup extends RetainedBackup>(
  backups: readonly Backup[],
  rule: RetentionRule = retentionRule,
): Backup[] {
  const byKind = Map.groupBy(backups, ({ kind }) => kind);
  return [...byKind].flatMap(([kind, ofKind]) => outlived(ofKind.toSorted(newestFirst), rule[kind]));
}

/** Below the critical disk threshold: the snapshots that are removed for the sake of saves, all but the newest good one. */
export function extraSnapshots<Backup extends RetainedBackup>(backups: readonly Backup[]): Backup[] {
  const snapshots = backups.filter(({ kind }) => kind === 'snapshot').toSorted(newestFirst);
  const newestGood = snapshots.find(({ good }) => good);
  return newestGood === undefined ? [] : snapshots.filter((snapshot) => snapshot !== newestGood);
}

function outlived<Backup extends RetainedBackup>(newestToOldest: readonly Backup[], keep: number): Backup[] {
  const good = newestToOldest.filter((backup) => backup.good);
  const oldestKept = good[keep - 1];
  const damaged = newestToOldest.filter((backup) => !backup.good);
  return [
    ...good.slice(keep),
    // A damaged one goes as a good one of its age would, or when newer damaged ones have taken its place.
    ...damaged.filter(
      ({ order }, age) =>
        age >= limits.backupDamagedKept || (oldestKept !== undefined && order < oldestKept.order),
    ),
  ];
}

function newestFirst(one: RetainedBackup, other: RetainedBackup): number {
  return other.order - one.order;
}
