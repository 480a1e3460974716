// What an admin agreed to, against what the restore would do by now.

import type { RestoreShown } from '@masala/protocol/control';
import type { Lineage } from '../../store/open.ts';
import { checkShown } from './shown.ts';
import { pointAt } from './testing/restore-points.ts';

const lineage: Lineage = [
  {
    epoch: 'e1',
    parent: null,
    branchSequence: 0,
    branchHash: 'genesis',
    beganAt: 0,
    origin: 'first',
  },
];
const backup = pointAt(lineage, 80, 80_000);
const point = { id: backup.manifest.id, lastSequence: 80 };
const end = (lastSequence: number, epoch = 'e1') => ({ epoch, lastSequence });

function judged(shown: RestoreShown | undefined, present: RestoreShown['present']): string {
  try {
    checkShown(shown, [backup, pointAt(lineage, 60, 60_000, { state: 'damaged' })], present);
    return 'done';
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

test.each<[string, RestoreShown | undefined, RestoreShown['present'], string]>([
  ['a script was shown nothing', undefined, end(90), 'done'],
  ['all is as it was shown', { point, present: end(90) }, end(90), 'done'],
  ['more was booked, where something was undone anyway', { point, present: end(90) }, end(95), 'done'],
  [
    'more was booked, where nothing would have been undone',
    { point, present: end(80) },
    end(81),
    'RESTORE_CHANGED',
  ],
  ['more was booked, and it goes back to a moment', { present: end(80) }, end(81), 'done'],
  ['the database was restored meanwhile', { point, present: end(90) }, end(90, 'e2'), 'RESTORE_CHANGED'],
  ['there is a database again', { point }, end(90), 'RESTORE_CHANGED'],
  ['there is none any more', { point, present: end(90) }, undefined, 'RESTORE_CHANGED'],
  ['the backup is another one', { point: { ...point, lastSequence: 79 } }, undefined, 'RESTORE_CHANGED'],
  ['the backup is gone', { point: { ...point, id: 'gone' } }, undefined, 'RESTORE_CHANGED'],
])('%s', (_, shown, present, expected) => {
  expect(judged(shown, present)).toBe(expected);
});

test('a backup that was found to be damaged since is not what was shown', () => {
  const damaged = pointAt(lineage, 60, 60_000).manifest;
  expect(judged({ point: { id: damaged.id, lastSequence: 60 } }, undefined)).toBe('RESTORE_CHANGED');
});
