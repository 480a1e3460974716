// The rules of documents alone: lines, partners, states, numbers.

import { MasalaError } from '@masala/protocol';
import fc from 'fast-check';
import type { Head } from '../records.ts';
import { refusalOf } from '../testing/inventory.ts';
import {
  checkDraft,
  checkPartner,
  checkPresent,
  checkReversible,
  documentNumber,
  numberYear,
  resolveLines,
} from './rules.ts';

const items = new Map([
  ['nut', { sku: 'NUT', active: true, defaultLotId: 'nut-lot' }],
  ['old', { sku: 'OLD', active: false, defaultLotId: 'old-lot' }],
]);
const lots = new Map([
  ['nut-lot', 'nut'],
  ['nut-2', 'nut'],
  ['old-lot', 'old'],
]);
const resolve = (asked: Parameters<typeof resolveLines>[0]) =>
  resolveLines(
    asked,
    (id) => items.get(id),
    (id) => lots.get(id),
  );

test('lines are numbered from 1 and get the default lot where none is named', () => {
  expect(
    resolve([
      { itemId: 'nut', quantity: 3 },
      { itemId: 'nut', quantity: 4, lotId: 'nut-2', reason: 'found' },
    ]),
  ).toEqual([
    { line: 1, itemId: 'nut', lotId: 'nut-lot', quantity: 3, reason: null },
    { line: 2, itemId: 'nut', lotId: 'nut-2', quantity: 4, reason: 'found' },
  ]);
});

test('lines are resolved whole or refused with a code that fits each line it names', () => {
  const asked = fc.record(
    {
      itemId: fc.constantFrom('nut', 'old', 'gone'),
      quantity: fc.integer({ min: -2, max: 2 }),
      lotId: fc.constantFrom('nut-lot', 'nut-2', 'old-lot', 'gone'),
    },
    { requiredKeys: ['itemId', 'quantity'] },
  );
  const isBad = {
    ITEM_UNKNOWN: ({ itemId }: { itemId: string }) => itemId === 'gone',
    ITEM_INACTIVE: ({ itemId }: { itemId: string }) => itemId === 'old',
    LOT_UNKNOWN: ({ itemId, lotId }: { itemId: string; lotId?: string }) =>
      itemId === 'nut' && lotId !== undefined && lots.get(lotId) !== 'nut',
  };
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 6 }), (lines) => {
      const zero = lines.some(({ quantity }) => quantity === 0);
      const code = (['ITEM_UNKNOWN', 'ITEM_INACTIVE', 'LOT_UNKNOWN'] as const).find((one) =>
        lines.some(isBad[one]),
      );
      if (zero) return expect(refusalOf(() => resolve(lines)).code).toBe('PARAMS_INVALID');
      if (code === undefined) return expect(resolve(lines)).toHaveLength(lines.length);
      const refusal = refusalOf(() => resolve(lines));
      expect(refusal.code).toBe(code);
      const bad = lines.flatMap((line, index) => (isBad[code](line) ? [{ line: index + 1 }] : []));
      return expect(refusal.data).toMatchObject({ lines: bad });
    }),
  );
});

test('a zero quantity is told by its field', () => {
  expect(
    refusalOf(() =>
      resolve([
        { itemId: 'nut', quantity: 1 },
        { itemId: 'nut', quantity: 0 },
      ]),
    ).data,
  ).toEqual({
    problems: [{ field: 'lines[1].quantity', reason: 'must not be 0' }],
  });
});

test.each([
  ['receipt', 'supplier', true],
  ['receipt', 'both', true],
  ['receipt', 'customer', false],
  ['dispatch', 'customer', true],
  ['dispatch', 'supplier', false],
  ['return', 'customer', true],
  ['return', 'both', true],
  ['adjustment', 'both', false],
  ['adjustment', 'supplier', false],
] as const)('a %s with a partner that is %s: %s', (kind, partnerKind, fits) => {
  const check = () => checkPartner(kind, 'p', { kind: partnerKind, active: true });
  if (fits) expect(check).not.toThrow();
  else expect(refusalOf(check).code).toBe('PARTNER_UNKNOWN');
});

test('a partner that is missing or inactive is refused', () => {
  expect(refusalOf(() => checkPartner('receipt', 'p', undefined)).code).toBe('PARTNER_UNKNOWN');
  const inactive = { kind: 'supplier', active: false };
  expect(refusalOf(() => checkPartner('receipt', 'p', inactive)).code).toBe('PARTNER_INACTIVE');
});

test('what may be done to a document depends on its state alone', () => {
  const heads = fc.record({
    kind: fc.constantFrom('receipt', 'dispatch'),
    status: fc.constantFrom('draft', 'posted', 'reversed'),
    reversalOf: fc.constantFrom(null, 'other'),
    version: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(heads, (given) => {
      const head = { id: 'd', number: null, ...given } as Head;
      expect(isAllowed(() => checkDraft(head))).toBe(given.status === 'draft');
      expect(isAllowed(() => checkReversible(head))).toBe(
        given.status === 'posted' && given.reversalOf === null,
      );
      const present = isAllowed(() => checkPresent('receipt', 'd', 2, head));
      expect(present).toBe(given.kind === 'receipt' && given.version === 2);
    }),
  );
});

test('numbers sort by year and count, and grow beyond a million', () => {
  expect(documentNumber('receipt', 2026, 1)).toBe('GRN-2026-000001');
  expect(documentNumber('dispatch', 2026, 1_234_567)).toBe('DSP-2026-1234567');
  expect(numberYear(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe(2026);
  expect(numberYear(Date.UTC(2027, 0, 1))).toBe(2027);
});

function isAllowed(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof MasalaError) return false;
    throw error;
  }
}
