// When space is low, critical and enough again, whatever course it takes.

import fc from 'fast-check';
import { type DiskState, diskState, megabytesOf, nextLookMs, worstOf } from './disk-space.ts';

const MEBIBYTE = 1024 * 1024;
const rules = {
  lowBytes: 500 * MEBIBYTE,
  criticalBytes: 100 * MEBIBYTE,
  checkIntervalMs: 1_800_000,
  lowCheckIntervalMs: 60_000,
};

const next = (megabytes: number, before: DiskState = 'enough') =>
  diskState(megabytes * MEBIBYTE, before, rules);

test('500 MB are enough, one byte less is low; the same at 100 MB', () => {
  expect(next(500)).toBe('enough');
  expect(diskState(rules.lowBytes - 1, 'enough', rules)).toBe('low');
  expect(next(100)).toBe('low');
  expect(diskState(rules.criticalBytes - 1, 'enough', rules)).toBe('critical');
});

test.each([
  ['low', 549, 'low'],
  ['low', 551, 'enough'],
  ['critical', 109, 'critical'],
  ['critical', 111, 'low'],
  ['critical', 549, 'low'],
  ['critical', 551, 'enough'],
] as const)('after %s, %i MB are %s: a tenth more than what was too little', (before, megabytes, after) => {
  expect(next(megabytes, before)).toBe(after);
});

test('once it is not enough it is looked at each minute, and never more seldom than else', () => {
  expect(nextLookMs('enough', rules)).toBe(1_800_000);
  expect(nextLookMs('low', rules)).toBe(60_000);
  expect(nextLookMs('critical', rules)).toBe(60_000);
  expect(nextLookMs('low', { ...rules, checkIntervalMs: 1_000 })).toBe(1_000);
});

test('property: below a threshold the state always says so, a tenth above it never does', () => {
  const states = fc.constantFrom<DiskState>('enough', 'low', 'critical');
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(2_000), states, (low, critical, free, before) => {
      const state = diskState(free, before, { ...rules, lowBytes: low, criticalBytes: critical });
      if (free < critical) expect(state).toBe('critical');
      else if (free < low) expect(state).not.toBe('enough');
      if (free >= critical * 1.1) expect(state).not.toBe('critical');
      if (free >= Math.max(low, critical) * 1.1) expect(state).toBe('enough');
    }),
  );
});

test('property: while the free space stays within a tenth, the state changes at most once', () => {
  const course = fc.tuple(
    fc.integer({ min: 10, max: 2_000_000 }),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 }),
  );
  fc.assert(
    fc.property(course, ([least, shares]) => {
      let state: DiskState = 'enough';
      let changes = 0;
      for (const share of shares) {
        const after = diskState(least * (1 + 0.09 * share), state, {
          ...rules,
          lowBytes: 1_000,
          criticalBytes: 500,
        });
        if (after !== state) changes++;
        state = after;
      }
      expect(changes).toBeLessThanOrEqual(1);
    }),
  );
});

test('of several drives the admin hears of the worst', () => {
  const enough = { folder: 'a', freeBytes: 5, state: 'enough' } as const;
  const low = { folder: 'b', freeBytes: 4, state: 'low' } as const;
  const lower = { folder: 'c', freeBytes: 3, state: 'low' } as const;
  expect(worstOf([enough, low, lower])).toBe(lower);
  expect(worstOf([enough, { ...low, state: 'critical' }, lower])?.folder).toBe('b');
  expect(worstOf([])).toBeUndefined();
});

test('what is below 500 MB is never shown as 500 MB', () => {
  expect(megabytesOf(rules.lowBytes)).toBe(500);
  expect(megabytesOf(rules.lowBytes - 1)).toBe(499);
});
