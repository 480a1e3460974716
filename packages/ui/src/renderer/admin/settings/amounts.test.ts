// Durations and sizes are shown in the largest unit that fits, and read back as exactly the same value.
import fc from 'fast-check';
import { exactValue, humaneUnit } from './amounts.ts';

test.each([
  [300_000, 'ms', 'min'],
  [30_000, 'ms', 's'],
  [1_500, 'ms', 'ms'],
  [86_400_000, 'ms', 'd'],
  [0, 'ms', 's'],
  [500 * 1024 * 1024, 'bytes', 'MB'],
  [2 * 1024 ** 3, 'bytes', 'GB'],
  [1_000_001, 'bytes', 'bytes'],
] as const)('%d %s is written in %s', (value, unit, name) => {
  expect(humaneUnit(value, unit)?.name).toBe(name);
});

test('a plain number has no unit', () => {
  expect(humaneUnit(8_090, 'port')).toBeUndefined();
});

test.each([
  ['1.5', 1_000, 1_500],
  ['1,5', 60_000, 90_000],
  [' 0.1 ', 1_000, 100],
  ['7', 1, 7],
])('"%s" of %d is %d', (written, size, value) => {
  expect(exactValue(written, size)).toBe(value);
});

test.each([
  ['1.5', 1],
  ['0.0001', 1_000],
  ['-1', 1],
  ['', 1],
  ['1e3', 1],
  ['999999999999999', 86_400_000],
])('"%s" of %d is refused', (written, size) => {
  expect(exactValue(written, size)).toBeUndefined();
});

test('whatever the value, what is shown is read back as the same', () => {
  const value = fc.integer({ min: 0, max: 2 ** 40 });
  fc.assert(
    fc.property(value, fc.constantFrom('ms' as const, 'bytes' as const), (exact, unit) => {
      const size = humaneUnit(exact, unit)?.size ?? 1;
      expect(exactValue(String(exact / size), size)).toBe(exact);
    }),
  );
});
