// The choice reaches furthest, along one lineage; it never mixes in what another epoch did, and says what it cannot reach.

import { MasalaError } from '@masala/protocol';
import { GENESIS_HASH } from '../../store/chain.ts';
import type { Lineage } from '../../store/open.ts';
import { chooseRestorePoint, type RestoreWish } from './choose.ts';
import { journalOf, pointAt } from './testing/restore-points.ts';

type Branch = Lineage[number];

/** An epoch begun at `beganAt` seconds from command `branchSequence` of its parent. */
function branch(
  epoch: string,
  parent: string | null,
  branchSequence: number,
  beganAt: number,
  more = {},
): Branch {
  const branchHash = branchSequence === 0 ? GENESIS_HASH : `${epoch}-${branchSequence}`;
  return { epoch, parent, branchSequence, branchHash, beganAt: beganAt * 1_000, origin: 'restore', ...more };
}

const e1 = [branch('e1', null, 0, 0, { origin: 'first' })];
/** After 150 commands somebody went back to command 120. */
const e2 = [branch('e2', 'e1', 120, 160), ...e1];
const newest: RestoreWish = { id: null, until: null };

function refusalOf(act: () => unknown): MasalaError {
  try {
    act();
  } catch (error) {
    if (error instanceof MasalaError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const legsOf = ({ legs }: { legs: readonly { epoch: string; from: number; to: number }[] }) =>
  legs.map(({ epoch, from, to }) => `${epoch} ${from}-${to}`);

test('the newest backup, and the journal from there to its end', () => {
  const points = [pointAt(e1, 80, 80_000), pointAt(e1, 40, 40_000)];
  const choice = chooseRestorePoint(points, { journals: [journalOf(e1, [1, 50], [51, 100])] }, newest);
  expect(choice.point).toBe(points[0]);
  expect(legsOf(choice)).toEqual(['e1 81-100']);
  expect(choice).toMatchObject({ reach: 100, reachAt: 100_000, warnings: [], cutTail: null });
});

test('without a journal the newest backup that is not damaged; the one in the data directory of two', () => {
  const points = [
    pointAt(e1, 80, 80_000, { state: 'damaged', problem: 'its file is missing' }),
    pointAt(e1, 60, 60_000),
    pointAt(e1, 60, 60_000, { place: 'second' }),
  ];
  const choice = chooseRestorePoint(points, { journals: [] }, newest);
  expect(choice.point).toBe(points[1]);
  expect(choice).toMatchObject({ legs: [], reach: 60, reachAt: 60_000 });
});

test('a backup of nothing, made at once, is as good as a journal of nothing', () => {
  const point = pointAt(e1, 0, null);
  const choice = chooseRestorePoint([point], { journals: [] }, newest);
  expect(choice).toMatchObject({ point, legs: [], reach: 0, reachAt: null });
});

test('without a backup the journal alone, from its genesis', () => {
  const choice = chooseRestorePoint([], { journals: [journalOf(e1, [1, 100])] }, newest);
  expect(choice).toMatchObject({ point: null, lineage: e1, reach: 100 });
  expect(refusalOf(() => chooseRestorePoint([], { journals: [journalOf(e1, [5, 100])] }, newest)).code).toBe(
    'NO_RESTORE_POINT',
  );
  expect(refusalOf(() => chooseRestorePoint([], { journals: [] }, newest)).code).toBe('NO_RESTORE_POINT');
});

test('a gap in the journal is told; an older backup never reaches further than a newer one behind the gap', () => {
  const journals = [journalOf(e1, [1, 50], [61, 100])];
  const before = chooseRestorePoint([pointAt(e1, 40, 40_000)], { journals }, newest);
  expect(before).toMatchObject({ reach: 50 });
  expect(before.warnings).toEqual([
    'The journal lacks the commands 51 to 60: the ones after them, up to 100, cannot be booked again.',
  ]);
  const behind = pointAt(e1, 70, 70_000);
  const choice = chooseRestorePoint([behind, pointAt(e1, 40, 40_000)], { journals }, newest);
  expect(choice).toMatchObject({ point: behind, reach: 100, warnings: [] });
});

describe('after a restore', () => {
  const journals = [journalOf(e1, [1, 150]), journalOf(e2, [121, 200])];

  test('the way leads along the newest lineage, and leaves the old epoch where it branched', () => {
    const choice = chooseRestorePoint([pointAt(e1, 100, 100_000)], { journals }, newest);
    expect(legsOf(choice)).toEqual(['e1 101-120', 'e2 121-200']);
    expect(choice.lineage).toEqual(e2);
  });

  test('a backup of what was left behind is not on it', () => {
    const left = pointAt(e1, 130, 130_000);
    const choice = chooseRestorePoint([left, pointAt(e1, 100, 100_000)], { journals }, newest);
    expect(choice.point?.manifest.lastSequence).toBe(100);
    expect(legsOf(choice)).toEqual(['e1 101-120', 'e2 121-200']);
  });

  test('named by the admin it leads to the end of its own epoch, without a command of the newer one', () => {
    const left = pointAt(e1, 130, 130_000);
    const choice = chooseRestorePoint([left], { journals }, { id: left.manifest.id, until: null });
    expect(legsOf(choice)).toEqual(['e1 131-150']);
    expect(choice.lineage).toEqual(e1);
  });

  test('a backup of the new epoch before its first command is gone back to as it was made', () => {
    const point = pointAt(e2, 120, 120_000);
    const choice = chooseRestorePoint([point], { journals }, { id: point.manifest.id, until: 120_000 });
    expect(choice).toMatchObject({ point, legs: [], reach: 120, lineage: e2 });
  });

  test('a journal that has all of the lineage itself is enough', () => {
    const choice = chooseRestorePoint([], { journals: [journalOf(e2, [1, 200])] }, newest);
    expect(legsOf(choice)).toEqual(['e2 1-200']);
  });

  test('without the journal of the new epoch its newest backup', () => {
    const points = [pointAt(e2, 180, 180_000), pointAt(e1, 150, 150_000)];
    const choice = chooseRestorePoint(points, { journals: [journalOf(e1, [1, 150])] }, newest);
    expect(choice).toMatchObject({ point: points[0], reach: 180, lineage: e2 });
  });

  test('a moment before the new epoch began is that of the old one', () => {
    const wish = { id: null, until: 140_500 };
    const choice = chooseRestorePoint([pointAt(e1, 100, 100_000)], { journals }, wish);
    expect(choice.lineage).toEqual(e1);
    expect(legsOf(choice)).toEqual(['e1 101-150']);
    expect(choice.reachAt).toBe(140_500);
  });

  test('a clock that was set back does not make the new epoch the older one', () => {
    const set = [branch('e2', 'e1', 120, -500), ...e1];
    const choice = chooseRestorePoint(
      [],
      { journals: [journalOf(e1, [1, 150]), journalOf(set, [121, 200])] },
      newest,
    );
    expect(legsOf(choice)).toEqual(['e1 1-120', 'e2 121-200']);
  });
});

describe('a moment', () => {
  const journals = [journalOf(e1, [1, 50], [51, 100], [101, 150])];
  const points = [pointAt(e1, 140, 140_000), pointAt(e1, 80, 80_000), pointAt(e1, 40, 40_000)];

  test('begins with the newest backup before it, and needs no segment after it', () => {
    const choice = chooseRestorePoint(points, { journals }, { id: null, until: 90_000 });
    expect(choice.point).toBe(points[1]);
    expect(legsOf(choice)).toEqual(['e1 81-100']);
    expect(choice).toMatchObject({ reachAt: 90_000, warnings: [] });
  });

  test('ends at the first command after it, also where the clock was set back later', () => {
    const jumped = {
      ...journalOf(e1, [1, 50], [51, 100]),
      stretches: [
        { from: 1, to: 50, firstAt: 1_000, lastAt: 500_000 },
        { from: 51, to: 100, firstAt: 51_000, lastAt: 100_000 },
      ],
    };
    const choice = chooseRestorePoint([], { journals: [jumped] }, { id: null, until: 90_000 });
    expect(legsOf(choice)).toEqual(['e1 1-50']);
  });

  test('is inclusive', () => {
    expect(chooseRestorePoint(points, { journals: [] }, { id: null, until: 80_000 }).point).toBe(points[1]);
    expect(chooseRestorePoint(points, { journals: [] }, { id: null, until: 79_999 }).point).toBe(points[2]);
  });

  test('before everything is refused, with the earliest that there is', () => {
    const early = refusalOf(() => chooseRestorePoint(points, { journals: [] }, { id: null, until: 39_999 }));
    expect([early.code, early.data]).toEqual(['RESTORE_TIME_INVALID', { earliest: 40_000 }]);
    const withJournal = refusalOf(() => chooseRestorePoint(points, { journals }, { id: null, until: 999 }));
    expect(withJournal.data).toEqual({ earliest: 1_000 });
    const named = refusalOf(() => {
      chooseRestorePoint(points, { journals }, { id: points[0]?.manifest.id ?? '', until: 90_000 });
    });
    expect([named.code, named.data]).toEqual(['RESTORE_TIME_INVALID', { earliest: 140_000 }]);
  });
});

test('what the admin names has to be there, and good; of two copies the good one is taken', () => {
  const bad = pointAt(e1, 80, 80_000, { state: 'damaged', problem: 'its file is missing' });
  const wish = { id: bad.manifest.id, until: null };
  expect(refusalOf(() => chooseRestorePoint([], { journals: [] }, wish)).code).toBe('BACKUP_UNKNOWN');
  const damaged = refusalOf(() => chooseRestorePoint([bad], { journals: [] }, wish));
  expect([damaged.code, damaged.data]).toEqual([
    'BACKUP_DAMAGED',
    { id: bad.manifest.id, reason: 'its file is missing' },
  ]);
  const copy = pointAt(e1, 80, 80_000, { place: 'second' });
  expect(chooseRestorePoint([bad, copy], { journals: [] }, wish).point).toBe(copy);
});

describe('a salvaged database is more than its commands', () => {
  const s = [branch('s', 'e1', 90, 160, { origin: 'salvage' }), ...e1];
  const journals = [journalOf(e1, [1, 150]), journalOf(s, [91, 200])];

  test('the way never leads into it from before: what was before is followed to its end, and that is told', () => {
    const choice = chooseRestorePoint([pointAt(e1, 80, 80_000)], { journals }, newest);
    expect(legsOf(choice)).toEqual(['e1 81-150']);
    expect(choice.warnings).toEqual([
      'The newest history, epoch s (begun 1970-01-01T00:02:40.000Z), cannot be restored: there is no backup of it. An older one is.',
    ]);
  });

  test('from a backup of its own it goes on', () => {
    const choice = chooseRestorePoint([pointAt(s, 160, 160_000)], { journals }, newest);
    expect(legsOf(choice)).toEqual(['s 161-200']);
  });
});

test('a fresh start shares nothing with what was before', () => {
  const fresh = [branch('f', 'e1', 0, 160, { origin: 'fresh' }), ...e1];
  const journals = [journalOf(e1, [1, 150]), journalOf(fresh, [1, 30])];
  const choice = chooseRestorePoint([pointAt(e1, 100, 100_000)], { journals }, newest);
  expect(choice).toMatchObject({ point: null, lineage: fresh });
  expect(legsOf(choice)).toEqual(['f 1-30']);
});

test('a journal that was set aside is not followed, but told where it reaches further', () => {
  const aside = { ...journalOf(e1, [1, 150]), isSetAside: true, folder: '/journal/e1.set-aside-1' };
  const choice = chooseRestorePoint([], { journals: [aside, journalOf(e1, [1, 100])] }, newest);
  expect(choice.reach).toBe(100);
  expect(choice.warnings).toEqual([
    'A journal that was set aside reaches further, to command 150: /journal/e1.set-aside-1',
  ]);
});

test('a torn tail is told with the choice', () => {
  const torn = { ...journalOf(e1, [1, 100]), tornTail: { sequence: 101, bytes: 77 } };
  const choice = chooseRestorePoint([], { journals: [torn] }, newest);
  expect(choice.cutTail).toEqual({ epoch: 'e1', sequence: 101, bytes: 77 });
});
