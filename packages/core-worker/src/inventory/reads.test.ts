// The point reads over a real database: lists page by page, records by id or name, stock on hand.

import { limits } from '@masala/protocol';
import { inventoryReads } from './reads.ts';
import { refusalOf, TestInventory, testId } from './testing/inventory.ts';

let inventory: TestInventory;
beforeEach(() => {
  inventory = new TestInventory();
});
afterEach(() => inventory.close());

const item = (sku: string) => inventory.book('items.create', { sku, name: sku, unit: 'pcs' }).id;
const readRefusal = (...[method, params]: Parameters<TestInventory['read']>) =>
  refusalOf(() => inventory.read(method, params));

test('no read scans a table or sorts, but the list of units, which is bounded', () => {
  const statements: string[] = [];
  const prepare = inventory.database.prepare.bind(inventory.database);
  inventory.database.prepare = ((sql: string) => {
    statements.push(sql);
    return prepare(sql);
  }) as typeof prepare;
  inventoryReads(inventory.database);
  inventory.database.prepare = prepare;

  expect(statements.length).toBeGreaterThan(15);
  for (const sql of statements) {
    const named = Object.fromEntries(Array.from(sql.matchAll(/@(\w+)/g), ([, name]) => [name, null]));
    const positional = Array.from(sql.matchAll(/\?/g), () => null);
    const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(
      ...positional,
      ...(sql.includes('@') ? [named] : []),
    );
    const slow = (plan as { detail: string }[])
      .map(({ detail }) => detail)
      .filter((detail) => /^SCAN|TEMP B-TREE/.test(detail));
    expect({ sql, slow }).toEqual({ sql, slow: sql.includes('FROM units') ? ['SCAN units'] : [] });
  }
});

describe('keys', () => {
  test.each([
    ['items.get', {}],
    ['items.get', { id: testId(1), sku: 'A' }],
    ['partners.get', {}],
    ['partners.get', { id: testId(1), code: 'A' }],
    ['receipts.get', {}],
    ['receipts.get', { id: testId(1), number: 'GRN-2026-000001' }],
    ['stock.onHand', { itemId: testId(1), sku: 'A' }],
    ['stock.onHand', { after: 'nonsense' }],
    ['items.list', { skuPrefix: 'B', after: 'A1' }],
  ] as const)('%s of %j is PARAMS_INVALID', (method, params) => {
    const refusal = readRefusal(method, params);
    expect(refusal.code).toBe('PARAMS_INVALID');
    expect(refusal.data).toEqual({ problems: [{ field: expect.any(String), reason: expect.any(String) }] });
  });

  test.each([
    ['items.get', { id: testId(1) }],
    ['items.get', { sku: 'A' }],
    ['partners.get', { id: testId(1) }],
    ['partners.get', { code: 'A' }],
    ['receipts.get', { id: testId(1) }],
    ['receipts.get', { number: 'GRN-2026-000001' }],
    ['stock.onHand', { itemId: testId(1) }],
    ['stock.onHand', { sku: 'A' }],
    ['stock.movements', { itemId: testId(1) }],
  ] as const)('%s of %j is NOT_FOUND, and says what was looked for', (method, params) => {
    expect(readRefusal(method, params)).toMatchObject({ code: 'NOT_FOUND', data: params });
  });

  test('a document is found under its own kind only', () => {
    const { id, number } = inventory.book('receipts.create', {
      lines: [{ itemId: item('A'), quantity: 1 }],
      post: true,
    });
    expect(inventory.read('receipts.get', { number: number ?? '' }).id).toBe(id);
    expect(readRefusal('dispatches.get', { id }).code).toBe('NOT_FOUND');
    expect(readRefusal('dispatches.get', { number: number ?? '' }).code).toBe('NOT_FOUND');
  });
});

describe('lists', () => {
  test('items come in the order of SKUs without regard to case, page by page', () => {
    for (const sku of ['b1', 'A2', 'a1', 'B2', 'c']) item(sku);
    const seen: string[][] = [];
    let after: string | undefined;
    do {
      const page = inventory.read('items.list', { limit: 2, ...(after && { after }) });
      seen.push(page.items.map(({ sku }) => sku));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual([['a1', 'A2'], ['b1', 'B2'], ['c']]);
  });

  test('wildcards in a prefix are letters like all others', () => {
    for (const sku of ['10%', '10%-x', '100', '1_0', '1A0', '%']) item(sku);
    const under = (skuPrefix: string) =>
      inventory.read('items.list', { skuPrefix }).items.map(({ sku }) => sku);
    expect(under('10%')).toEqual(['10%', '10%-x']);
    expect(under('1_')).toEqual(['1_0']);
    expect(under('%')).toEqual(['%']);
    expect(under('1a')).toEqual(['1A0']);
    const { next } = inventory.read('items.list', { skuPrefix: '10', limit: 2 });
    const rest = inventory.read('items.list', { skuPrefix: '10', after: next ?? '' });
    expect(rest.items.map(({ sku }) => sku)).toEqual(['100']);
  });

  test('partners of a kind include those who are both', () => {
    for (const [code, kind] of [
      ['D', 'both'],
      ['A', 'supplier'],
      ['C', 'customer'],
      ['B', 'both'],
    ] as const) {
      inventory.book('partners.create', { code, name: code, kind });
    }
    const codes = (params: { kind?: 'supplier' | 'customer' | 'both'; after?: string }) =>
      inventory.read('partners.list', params).partners.map(({ code }) => code);
    expect(codes({})).toEqual(['A', 'B', 'C', 'D']);
    expect(codes({ kind: 'supplier' })).toEqual(['A', 'B', 'D']);
    expect(codes({ kind: 'customer', after: 'B' })).toEqual(['C', 'D']);
    expect(codes({ kind: 'both' })).toEqual(['B', 'D']);
  });

  test('documents come newest first, of one status or of all', () => {
    const itemId = item('A');
    const ids = [false, true, false, true, true].map(
      (post) => inventory.book('receipts.create', { lines: [{ itemId, quantity: 1 }], post }).id,
    );
    inventory.book('dispatches.create', { lines: [{ itemId, quantity: 1 }] });
    const { reversalId } = inventory.book('receipts.reverse', { id: ids[3] ?? '', version: 1 });
    const newest = [reversalId, ...ids.toReversed()];
    const list = (params: { status?: 'draft' | 'posted' | 'reversed'; after?: string; limit?: number }) =>
      inventory.read('receipts.list', params);
    expect(list({}).documents.map(({ id }) => id)).toEqual(newest);
    expect(list({ status: 'draft' }).documents.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect(list({ status: 'reversed' }).documents.map(({ id }) => id)).toEqual([ids[3]]);
    const first = list({ limit: 4 });
    const second = list({ limit: 4, ...(first.next && { after: first.next }) });
    expect([...first.documents, ...second.documents].map(({ id }) => id)).toEqual(newest);
    expect(second.next).toBeNull();
  });

  test('stock comes in the order of SKUs; a page goes on within an item', () => {
    const [b, a, c] = [item('b'), item('A'), item('C d')];
    inventory.database.prepare('INSERT INTO lots VALUES (?, ?, ?)').run(testId(5_000), a, 'LOT-7');
    const lines = [
      { itemId: a, quantity: 1 },
      { itemId: a, quantity: 2, lotId: testId(5_000) },
      { itemId: c, quantity: 4 },
    ];
    inventory.book('receipts.create', { lines, post: true });
    const seen: [string, string | null, number][] = [];
    let after: string | undefined;
    do {
      const page = inventory.read('stock.onHand', { limit: 1, ...(after && { after }) });
      expect(page.quantity).toBeNull();
      for (const row of page.rows) seen.push([row.sku, row.lotNumber, row.quantity]);
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual([
      ['A', null, 1],
      ['A', 'LOT-7', 2],
      ['b', null, 0],
      ['C d', null, 4],
    ]);
    const first = inventory.read('stock.onHand', { sku: 'a', limit: 1 });
    expect(first).toMatchObject({ quantity: 3, rows: [{ itemId: a, quantity: 1 }] });
    const second = inventory.read('stock.onHand', { itemId: a, after: first.next ?? '' });
    expect(second).toMatchObject({ quantity: 3, rows: [{ lotNumber: 'LOT-7', quantity: 2 }], next: null });
    expect(inventory.read('stock.onHand', { itemId: b }).quantity).toBe(0);
  });

  test('movements come newest first, at most a page of them', () => {
    const itemId = item('A');
    const lines = Array.from({ length: limits.pageRowsMax + 3 }, () => ({ itemId, quantity: 1 }));
    inventory.book('receipts.create', { lines, post: true });
    const first = inventory.read('stock.movements', { itemId, limit: limits.pageRowsMax });
    expect(first.movements).toHaveLength(limits.pageRowsMax);
    expect(first.movements[0]?.sequence).toBe(lines.length);
    expect(first.next).toBe(4);
    const second = inventory.read('stock.movements', { itemId, after: 4 });
    expect(second.movements.map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
    expect(second.next).toBeNull();
  });
});
