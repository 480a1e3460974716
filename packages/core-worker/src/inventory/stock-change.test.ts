// The arithmetic of stock: signs by kind, sums by lot, what is lacking and what is too large.

import { INTEGER_MAX } from '@masala/protocol';
import fc from 'fast-check';
import { changeStock, movementsOf, type StockMovement } from './stock-change.ts';

/** Movements on few lots, so that they meet; a lot belongs to one item. */
const movements = fc
  .array(fc.record({ lot: fc.integer({ min: 0, max: 3 }), quantity: fc.integer({ min: -50, max: 50 }) }), {
    maxLength: 12,
  })
  .map((all) =>
    all.map(({ lot, quantity }, index): StockMovement => {
      return { line: index + 1, itemId: `item-${lot % 2}`, lotId: `lot-${lot}`, quantity };
    }),
  );
const present = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 4, maxLength: 4 });

test('a lot ends at its level plus its movements, or is told as lacking; never below 0', () => {
  fc.assert(
    fc.property(movements, present, (all, before) => {
      const levelOf = (_: string, lotId: string) => before[Number(lotId.slice(4))] ?? 0;
      const { levels, lacking, tooLarge } = changeStock(all, levelOf);
      const lots = new Set(all.map(({ lotId }) => lotId));
      expect(levels.length + lacking.length).toBe(lots.size);
      expect(tooLarge).toEqual([]);
      for (const { lotId, quantity } of levels) {
        expect(quantity).toBe(levelOf('', lotId) + sumOf(all, lotId));
        expect(quantity).toBeGreaterThanOrEqual(0);
      }
      for (const { line, lotId, requested, available } of lacking) {
        expect(available).toBe(levelOf('', lotId));
        expect(requested).toBe(-sumOf(all, lotId));
        expect(requested).toBeGreaterThan(available);
        expect(line).toBe(all.find((one) => one.lotId === lotId && one.quantity < 0)?.line);
      }
    }),
  );
});

test('a document and its reversal leave the stock as it was', () => {
  const kinds = fc.constantFrom('receipt', 'dispatch', 'return', 'adjustment');
  fc.assert(
    fc.property(kinds, movements, (kind, lines) => {
      const both = [...movementsOf(kind, false, lines), ...movementsOf(kind, true, lines)];
      const { levels } = changeStock(both, () => 7);
      expect(levels.every(({ quantity }) => quantity === 7)).toBe(true);
    }),
  );
});

test.each([
  ['receipt', 5],
  ['dispatch', -5],
  ['return', 5],
  ['adjustment', 5],
] as const)('a line of 5 in a %s moves %i', (kind, quantity) => {
  const [movement] = movementsOf(kind, false, [{ line: 1, itemId: 'i', lotId: 'l', quantity: 5 }]);
  expect(movement?.quantity).toBe(quantity);
});

test('a level may reach the largest exact integer, and not pass it', () => {
  const one = [{ line: 1, itemId: 'i', lotId: 'l', quantity: 1 }];
  expect(changeStock(one, () => INTEGER_MAX - 1).levels).toEqual([
    { itemId: 'i', lotId: 'l', quantity: INTEGER_MAX },
  ]);
  expect(changeStock(one, () => INTEGER_MAX).tooLarge).toEqual([
    { line: 1, itemId: 'i', lotId: 'l', requested: 1, available: INTEGER_MAX },
  ]);
});

function sumOf(all: readonly StockMovement[], lotId: string): number {
  return all.filter((one) => one.lotId === lotId).reduce((sum, { quantity }) => sum + quantity, 0);
}
