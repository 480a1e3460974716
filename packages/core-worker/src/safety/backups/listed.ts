// Backups as the list tells them, in the terms of the pure rules: which are good, which the second folder lacks.

import type { BackupPlace, RestorePoint, RestorePointList } from './restore-point.ts';
import { backupsToRemove, type RetainedBackup } from './retention.ts';

type Found = Pick<RestorePointList, 'points' | 'unreadable'>;

export interface ListedBackup extends RetainedBackup {
  readonly id: string;
  /** Of the compressed database. */
  readonly path: string;
}

/** Whether a restore could begin from it, as far as is known; daily and weekly ones count only when that was proven. */
export function isGood({ state, manifest: { kind } }: RestorePoint): boolean {
  return kind === 'daily' || kind === 'weekly' ? state === 'verified' : state !== 'damaged';
}

/** All of one place, also those of which nothing is known but the name. */
export function listedIn(place: BackupPlace, { points, unreadable }: Found): ListedBackup[] {
  const known = points.filter((point) => point.place === place);
  const unknown = unreadable.filter((backup) => backup.place === place);
  return [
    ...known.map((point) => {
      const { id, kind, order } = point.manifest;
      return { id, kind, order, good: isGood(point), path: point.path };
    }),
    ...unknown.map(({ id, kind, path }) => ({ id, kind, order: timeOfId(id), good: false, path })),
  ];
}

/** Those of the data directory that the second folder lacks, or has damaged, and would keep; the newest first. */
export function missingInSecond({ points, unreadable }: Found): RestorePoint[] {
  const second = listedIn('second', { points, unreadable });
  const there = new Set(second.filter(({ good }) => good).map(({ id }) => id));
  const candidates = points.filter(
    (point) => point.place === 'data' && isGood(point) && !there.has(point.manifest.id),
  );
  const both = [...second, ...listedIn('data', { points: candidates, unreadable: [] })];
  const outlived = new Set(backupsToRemove(both).map(({ path }) => path));
  return candidates.filter(({ path }) => !outlived.has(path));
}

/** UTC ms at which a backup was made, by its id. */
function timeOfId(id: string): number {
  const [date = '', time = ''] = id.split('-');
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return Date.parse(`${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`) || 0;
}
