// Where the present history left the known one.

import { branchFrom, type Lineage } from './branch.ts';

const epoch = (name: string, parent: string | null, branchSequence: number, more = {}): Lineage[number] => ({
  epoch: name,
  parent,
  branchSequence,
  branchHash: '0'.repeat(64),
  ...more,
});
const first = epoch('a', null, 0, { origin: 'first', beganAt: 1 });

test('the parent of the present epoch is left at its branch', () => {
  const lineage = [epoch('b', 'a', 41, { origin: 'restore', beganAt: 7 }), first];
  expect(branchFrom('a', { epoch: 'b', lineage })).toEqual({
    from: 'a',
    to: 'b',
    origin: 'restore',
    beganAt: 7,
    branchSequence: 41,
    salvaged: false,
  });
});

test('a grandparent is left where its own child began', () => {
  const lineage = [
    epoch('c', 'b', 90, { origin: 'salvage', beganAt: 9 }),
    epoch('b', 'a', 41, { origin: 'restore', beganAt: 7 }),
    first,
  ];
  expect(branchFrom('a', { epoch: 'c', lineage })).toMatchObject({
    origin: 'restore',
    beganAt: 7,
    branchSequence: 41,
    salvaged: true,
  });
  expect(branchFrom('b', { epoch: 'c', lineage })).toMatchObject({ branchSequence: 90, salvaged: true });
});

test('an epoch that is no ancestor: another history, which says what it began as', () => {
  const lineage = [epoch('z', null, 0, { origin: 'fresh', beganAt: 5 })];
  expect(branchFrom('a', { epoch: 'z', lineage })).toMatchObject({
    origin: 'fresh',
    beganAt: 5,
    branchSequence: null,
  });
});

test('a server of an older version says neither how nor when', () => {
  const lineage = [epoch('b', 'a', 3), epoch('a', null, 0)];
  expect(branchFrom('a', { epoch: 'b', lineage })).toMatchObject({
    origin: null,
    beganAt: null,
    branchSequence: 3,
  });
});
