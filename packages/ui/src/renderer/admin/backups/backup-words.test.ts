// The page of backups draws the right conclusions from the server's list.
import type { RestorePointTold } from '../../../bridge/doors.ts';
import { nextOf, summaryOf } from './backup-words.ts';

function point(id: string, state: RestorePointTold['state']): RestorePointTold {
  return {
    id,
    kind: 'daily',
    place: 'data',
    path: `/backups/${id}`,
    madeAt: 1,
    bytes: 1,
    databaseBytes: 1,
    documents: 1,
    commands: 1,
    epoch: 'e',
    lastSequence: 1,
    lastCommandAt: null,
    state,
    problem: null,
  };
}

test('a damaged backup is not the newest to go back to', () => {
  const points = [point('a', 'damaged'), point('b', 'unverified'), point('c', 'verified')];
  expect(summaryOf(points)).toMatchObject({ newest: { id: 'b' }, verified: 1, damaged: 1 });
  expect(summaryOf([])).toEqual({ newest: undefined, verified: 0, damaged: 0 });
});

test('the next backup is at a time, due, paused, or not to be expected', () => {
  expect(nextOf({ nextAt: 2_000 }, 1_000)).toEqual({ kind: 'at', at: 2_000 });
  expect(nextOf({ nextAt: 1_000 }, 1_000)).toEqual({ kind: 'due' });
  expect(nextOf({ nextAt: null }, 1_000)).toEqual({ kind: 'paused' });
  expect(nextOf({}, 1_000)).toEqual({ kind: 'not-served' });
});
