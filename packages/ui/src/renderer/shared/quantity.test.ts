// Quantities are written exactly, however large they are.
import { quantityText } from './quantity.ts';

test.each([
  [1_500, 3, '1.500'],
  [5, 3, '0.005'],
  [-5, 2, '-0.05'],
  [0, 0, '0'],
  [12_345, 0, '12,345'],
  [Number.MAX_SAFE_INTEGER, 3, '9,007,199,254,740.991'],
])('%d with %d decimals is %s', (quantity, decimals, written) => {
  expect(quantityText(quantity, decimals)).toBe(written);
});
