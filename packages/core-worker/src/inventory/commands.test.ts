// Units, items and partners as commands: what they book, and what each refuses.

import { limits } from '@masala/protocol';
import { TestInventory, testId } from './testing/inventory.ts';

let inventory: TestInventory;
beforeEach(() => {
  inventory = new TestInventory();
});
afterEach(() => inventory.close());

describe('units', () => {
  test('a new unit is listed in order; its code is unique without regard to case', () => {
    expect(inventory.book('units.create', { code: 'box', name: 'box of 12' })).toEqual({ code: 'box' });
    expect(inventory.read('units.list', {}).units.map(({ code }) => code)).toContain('box');
    expect(inventory.refusal('units.create', { code: 'BOX', name: 'again' })).toMatchObject({
      code: 'CODE_TAKEN',
      data: { id: 'box' },
    });
  });

  test('there is a limit', () => {
    const free = limits.unitsMax - inventory.read('units.list', {}).units.length;
    for (let count = 0; count < free; count++)
      inventory.book('units.create', { code: `u${count}`, name: 'unit' });
    expect(inventory.refusal('units.create', { code: 'over', name: 'one more' }).code).toBe('UNITS_TOO_MANY');
    expect(inventory.read('units.list', {}).units).toHaveLength(limits.unitsMax);
  });
});

describe('items', () => {
  const nut = { sku: 'Nut-8', name: 'Nut M8', unit: 'PCS' };

  test('a new item has a default lot, a stock of 0 and its unit as that is kept', () => {
    const { id, version, defaultLotId } = inventory.book('items.create', nut);
    expect(inventory.read('items.get', { sku: 'NUT-8' })).toEqual({
      ...{ id, version, defaultLotId, sku: 'Nut-8', name: 'Nut M8', unit: 'pcs' },
      ...{ decimals: 0, active: true },
    });
    expect(inventory.read('stock.onHand', { itemId: id })).toMatchObject({
      quantity: 0,
      rows: [{ lotId: defaultLotId, lotNumber: null, quantity: 0 }],
    });
  });

  test('an update changes what it names and nothing else', () => {
    const { id } = inventory.book('items.create', nut);
    expect(inventory.book('items.update', { id, version: 1, name: 'Nut' })).toEqual({ id, version: 2 });
    inventory.book('items.update', { id, version: 2, sku: 'nut-8', unit: 'kg', decimals: 3, active: false });
    expect(inventory.read('items.get', { id })).toMatchObject({
      ...{ sku: 'nut-8', name: 'Nut', unit: 'kg', decimals: 3, active: false, version: 3 },
    });
  });

  test('SKU_TAKEN names the item that has it', () => {
    const { id } = inventory.book('items.create', nut);
    const other = inventory.book('items.create', { ...nut, sku: 'Bolt' });
    const refused = { code: 'SKU_TAKEN', data: { itemId: id } };
    expect(inventory.refusal('items.create', { ...nut, sku: 'NUT-8' })).toMatchObject(refused);
    expect(inventory.refusal('items.update', { id: other.id, version: 1, sku: 'nut-8' })).toMatchObject(
      refused,
    );
  });

  test('UNIT_UNKNOWN', () => {
    const { id } = inventory.book('items.create', nut);
    expect(inventory.refusal('items.create', { ...nut, sku: 'x', unit: 'ell' }).code).toBe('UNIT_UNKNOWN');
    expect(inventory.refusal('items.update', { id, version: 1, unit: 'ell' }).code).toBe('UNIT_UNKNOWN');
  });

  test('NOT_FOUND says what was looked for, CONFLICT what there is', () => {
    const id = testId(999);
    expect(inventory.refusal('items.update', { id, version: 1 })).toMatchObject({
      code: 'NOT_FOUND',
      data: { id },
    });
    const made = inventory.book('items.create', nut);
    inventory.book('items.update', { id: made.id, version: 1, name: 'first' });
    expect(inventory.refusal('items.update', { id: made.id, version: 1, name: 'second' })).toMatchObject({
      code: 'CONFLICT',
      data: { present: { id: made.id, name: 'first', version: 2, active: true } },
    });
  });

  test('ITEM_IN_USE: unit and decimals stay once the item was moved', () => {
    const { id } = inventory.book('items.create', nut);
    inventory.book('receipts.create', { lines: [{ itemId: id, quantity: 1 }], post: true });
    expect(inventory.refusal('items.update', { id, version: 1, unit: 'kg' }).code).toBe('ITEM_IN_USE');
    expect(inventory.refusal('items.update', { id, version: 1, decimals: 2 }).code).toBe('ITEM_IN_USE');
    inventory.book('items.update', { id, version: 1, name: 'other', unit: 'pcs', decimals: 0 });
  });

  test('ITEM_IN_USE: neither do they change under a draft, whose quantities would mean something else', () => {
    const { id } = inventory.book('items.create', nut);
    inventory.book('dispatches.create', { lines: [{ itemId: id, quantity: 1_500 }] });
    expect(inventory.refusal('items.update', { id, version: 1, decimals: 2 }).code).toBe('ITEM_IN_USE');
  });
});

describe('partners', () => {
  const smith = { code: 'S1', name: 'Smith', kind: 'supplier' } as const;

  test('are created and changed', () => {
    const { id } = inventory.book('partners.create', smith);
    inventory.book('partners.update', { id, version: 1, kind: 'both', active: false });
    expect(inventory.read('partners.get', { code: 's1' })).toEqual({
      id,
      ...smith,
      kind: 'both',
      active: false,
      version: 2,
    });
  });

  test('CODE_TAKEN, NOT_FOUND and CONFLICT', () => {
    const { id } = inventory.book('partners.create', smith);
    const other = inventory.book('partners.create', { ...smith, code: 'S2' });
    const taken = { code: 'CODE_TAKEN', data: { id } };
    expect(inventory.refusal('partners.create', { ...smith, code: 's1' })).toMatchObject(taken);
    expect(inventory.refusal('partners.update', { id: other.id, version: 1, code: 's1' })).toMatchObject(
      taken,
    );
    expect(inventory.refusal('partners.update', { id: testId(999), version: 1 }).code).toBe('NOT_FOUND');
    inventory.book('partners.update', { id, version: 1, name: 'first' });
    expect(inventory.refusal('partners.update', { id, version: 1, name: 'second' })).toMatchObject({
      code: 'CONFLICT',
      data: { present: { name: 'first', version: 2, active: true } },
    });
  });
});
