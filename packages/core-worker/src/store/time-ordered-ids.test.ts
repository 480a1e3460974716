// Ids grow with each booking, whatever the clock does, and never repeat.

import fc from 'fast-check';
import { timeOrderedIds } from './time-ordered-ids.ts';

test('property: ids are versions 7, only grow, and none repeats, with a clock that stands, jumps and goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 1_000 }), (steps) => {
      let clock = 1_700_000_000_000;
      const newId = timeOrderedIds(() => clock);
      const ids = steps.map((stepMs) => {
        clock += stepMs;
        return newId();
      });
      expect(ids).toEqual([...new Set(ids)].sort());
      for (const id of ids)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});

test('after a start the ids go on from the newest, however far the clock was set back', () => {
  const newest = timeOrderedIds(() => 1_700_000_000_000)();
  const newId = timeOrderedIds(() => 1_500_000_000_000, newest);
  const ids = [newest, newId(), newId()];
  expect(ids).toEqual([...ids].sort());
});

test('two makers of the same millisecond do not make the same ids', () => {
  const first = timeOrderedIds(() => 1_000);
  const second = timeOrderedIds(() => 1_000);
  const ids = Array.from({ length: 1_000 }, () => [first(), second()]).flat();
  expect(new Set(ids).size).toBe(ids.length);
});
