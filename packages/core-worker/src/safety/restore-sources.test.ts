// Backups of another server that lie beside our own are taken only when they are named, or when there are no others.

import type { RestorePoint } from './backups/restore-point.ts';
import { pointAt } from './restore/testing/restore-points.ts';
import { ownPoints } from './restore-sources.ts';

function backupOf(serverId: string, lastSequence: number): RestorePoint {
  const point = pointAt([], lastSequence, lastSequence * 1_000);
  return { ...point, manifest: { ...point.manifest, serverId } };
}

test('a newer backup of another server is not among those that a restore chooses from', () => {
  const own = backupOf('ours', 5);
  expect(ownPoints([backupOf('theirs', 9), own], 'ours')).toEqual([own]);
});

test('where there are only foreign ones they are offered: the identity may have been left behind', () => {
  const foreign = backupOf('theirs', 9);
  expect(ownPoints([foreign], 'ours')).toEqual([foreign]);
});
