// Which document a row belongs to, and whether a map fits the kind of import.

import { classify, mapProblems } from './classification.ts';
import { plainMap } from './testing/warehouse.ts';

const retail = { returnPrefix: 'C', negativeIsWriteOff: true };

test.each([
  ['dispatches', retail, '536365', 6, 'dispatch'],
  ['dispatches', retail, 'C536379', -1, 'return'],
  ['dispatches', retail, '536589', -10, 'write-off'],
  ['dispatches', {}, 'C536379', 1, 'dispatch'],
  ['receipts', retail, 'C17', 5, 'receipt'],
] as const)('%s %j %s × %d is a %s', (kind, map, key, quantity, documentClass) => {
  expect(classify(kind, map, key, quantity)).toEqual({ value: documentClass });
});

test.each([
  ['dispatches', retail, 'C536379', 1],
  ['dispatches', {}, '536589', -10],
  ['receipts', retail, '17', -5],
] as const)('%s %j %s × %d is none', (kind, map, key, quantity) => {
  expect(classify(kind, map, key, quantity)).toHaveProperty('problem');
});

test('documents need a key and a quantity, items do not', () => {
  const map = { ...plainMap, columns: { sku: 'sku' } };
  expect(mapProblems('dispatches', map)).toHaveLength(2);
  expect(mapProblems('receipts', map)).toHaveLength(2);
  expect(mapProblems('items', map)).toEqual([]);
  expect(mapProblems('dispatches', plainMap)).toEqual([]);
});
