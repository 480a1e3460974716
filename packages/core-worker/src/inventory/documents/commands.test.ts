// The life of a document by its commands, over a real database: draft, posted, reversed, and every refusal.

import { INTEGER_MAX, limits } from '@masala/protocol';
import { TEST_START, TestInventory, testId } from '../testing/inventory.ts';

let inventory: TestInventory;
let nut: string;
let bolt: string;
beforeEach(() => {
  inventory = new TestInventory();
  nut = inventory.book('items.create', { sku: 'NUT', name: 'Nut', unit: 'pcs' }).id;
  bolt = inventory.book('items.create', { sku: 'BOLT', name: 'Bolt', unit: 'pcs' }).id;
});
afterEach(() => inventory.close());

const onHand = (itemId: string) => inventory.read('stock.onHand', { itemId }).quantity;
const receive = (quantity: number, itemId = nut) =>
  inventory.book('receipts.create', { lines: [{ itemId, quantity }], post: true });

describe('a draft', () => {
  test('moves nothing, has no number, and is replaced by an update', () => {
    const { id } = inventory.book('receipts.create', {
      reference: 'LS 1',
      note: 'n',
      lines: [{ itemId: nut, quantity: 5 }],
    });
    expect(onHand(nut)).toBe(0);
    const lines = [
      { itemId: bolt, quantity: 2 },
      { itemId: nut, quantity: 3, reason: 'late' },
    ];
    expect(inventory.book('receipts.update', { id, version: 1, lines })).toEqual({
      ...{ id, version: 2, status: 'draft', number: null },
    });
    const draft = inventory.read('receipts.get', { id });
    expect(draft).toMatchObject({ reference: null, note: null, lineCount: 2, createdAt: TEST_START + 2 });
    expect(draft.lines.map(({ line, itemId, quantity, reason }) => [line, itemId, quantity, reason])).toEqual(
      [
        [1, bolt, 2, null],
        [2, nut, 3, 'late'],
      ],
    );
  });

  test('is posted with a number and its movements', () => {
    const { id } = inventory.book('receipts.create', { lines: [{ itemId: nut, quantity: 5 }] });
    expect(inventory.book('receipts.post', { id, version: 1 })).toEqual({
      ...{ id, version: 2, status: 'posted', number: 'GRN-2026-000001' },
    });
    expect(onHand(nut)).toBe(5);
    expect(inventory.read('stock.movements', { itemId: nut }).movements).toMatchObject([
      {
        sequence: 1,
        quantity: 5,
        documentId: id,
        documentKind: 'receipt',
        documentNumber: 'GRN-2026-000001',
        line: 1,
      },
    ]);
  });

  test('without lines cannot be posted: DOCUMENT_EMPTY', () => {
    const { id } = inventory.book('receipts.create', { lines: [] });
    expect(inventory.refusal('receipts.post', { id, version: 1 }).code).toBe('DOCUMENT_EMPTY');
    expect(inventory.refusal('receipts.create', { lines: [], post: true }).code).toBe('DOCUMENT_EMPTY');
  });
});

test('each kind moves the stock its own way', () => {
  receive(10);
  inventory.book('dispatches.create', { lines: [{ itemId: nut, quantity: 4 }], post: true });
  inventory.book('returns.create', { lines: [{ itemId: nut, quantity: 1 }], post: true });
  inventory.book('adjustments.create', {
    lines: [{ itemId: nut, quantity: -2, reason: 'rust' }],
    post: true,
  });
  inventory.book('adjustments.create', {
    lines: [{ itemId: nut, quantity: 3, reason: 'found' }],
    post: true,
  });
  expect(onHand(nut)).toBe(8);
  const { movements } = inventory.read('stock.movements', { itemId: nut });
  expect(movements.map(({ quantity, documentNumber }) => [quantity, documentNumber])).toEqual([
    [3, 'ADJ-2026-000002'],
    [-2, 'ADJ-2026-000001'],
    [1, 'RET-2026-000001'],
    [-4, 'DSP-2026-000001'],
    [10, 'GRN-2026-000001'],
  ]);
});

test('numbers have no gap after a refusal, and begin anew each UTC year', () => {
  receive(1);
  expect(
    inventory.refusal('dispatches.create', { lines: [{ itemId: nut, quantity: 2 }], post: true }).code,
  ).toBe('INSUFFICIENT_STOCK');
  expect(
    inventory.book('dispatches.create', { lines: [{ itemId: nut, quantity: 1 }], post: true }).number,
  ).toBe('DSP-2026-000001');
  inventory.now = Date.UTC(2027, 0, 1) - 1;
  expect(receive(1).number).toBe('GRN-2026-000002');
  expect(receive(1).number).toBe('GRN-2027-000001');
});

describe('a reversal', () => {
  test('takes a document back with the opposite movements and its own number', () => {
    const { id } = inventory.book('receipts.create', {
      reference: 'LS 1',
      lines: [{ itemId: nut, quantity: 5 }],
      post: true,
    });
    const answer = inventory.book('receipts.reverse', { id, version: 1, reason: 'wrong paper' });
    expect(answer).toMatchObject({ id, version: 2, status: 'reversed', number: 'GRN-2026-000001' });
    expect(answer.reversalNumber).toBe('GRN-2026-000002');
    expect(onHand(nut)).toBe(0);
    expect(inventory.read('receipts.get', { id }).reversedBy).toBe(answer.reversalId);
    expect(inventory.read('receipts.get', { number: answer.reversalNumber })).toMatchObject({
      ...{
        reversalOf: id,
        status: 'posted',
        note: 'wrong paper',
        reference: 'LS 1',
        version: 1,
        reversedBy: null,
      },
      lines: [{ line: 1, itemId: nut, quantity: 5 }],
    });
  });

  test('needs the stock that it takes back', () => {
    const { id } = receive(5);
    inventory.book('dispatches.create', { lines: [{ itemId: nut, quantity: 1 }], post: true });
    expect(inventory.refusal('receipts.reverse', { id, version: 1 }).data).toMatchObject({
      lines: [{ line: 1, sku: 'NUT', requested: 5, available: 4 }],
    });
  });

  test('works although the item was put out of use', () => {
    const { id } = receive(5);
    inventory.book('items.update', { id: nut, version: 1, active: false });
    inventory.book('receipts.reverse', { id, version: 1 });
    expect(onHand(nut)).toBe(0);
  });

  test('DOCUMENT_NOT_POSTED, REVERSAL_NOT_REVERSIBLE', () => {
    const draft = inventory.book('receipts.create', { lines: [{ itemId: nut, quantity: 5 }] });
    expect(inventory.refusal('receipts.reverse', { id: draft.id, version: 1 })).toMatchObject({
      ...{ code: 'DOCUMENT_NOT_POSTED', data: { status: 'draft' } },
    });
    const { id } = receive(5);
    const { reversalId } = inventory.book('receipts.reverse', { id, version: 1 });
    expect(inventory.refusal('receipts.reverse', { id, version: 2 })).toMatchObject({
      ...{ code: 'DOCUMENT_NOT_POSTED', data: { status: 'reversed' } },
    });
    expect(inventory.refusal('receipts.reverse', { id: reversalId, version: 1 }).code).toBe(
      'REVERSAL_NOT_REVERSIBLE',
    );
  });
});

describe('refusals', () => {
  test('INSUFFICIENT_STOCK names each lacking lot once, with the sum over the document', () => {
    receive(5);
    const lines = [
      { itemId: nut, quantity: 3 },
      { itemId: bolt, quantity: 1 },
      { itemId: nut, quantity: 4 },
    ];
    const refusal = inventory.refusal('dispatches.create', { lines, post: true });
    const nutLot = inventory.read('items.get', { id: nut }).defaultLotId;
    const boltLot = inventory.read('items.get', { id: bolt }).defaultLotId;
    expect(refusal).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    expect(refusal.data).toEqual({
      lines: [
        { line: 1, itemId: nut, sku: 'NUT', lotId: nutLot, requested: 7, available: 5 },
        { line: 2, itemId: bolt, sku: 'BOLT', lotId: boltLot, requested: 1, available: 0 },
      ],
    });
    expect(onHand(nut)).toBe(5);
    expect(inventory.read('dispatches.list', {}).documents).toEqual([]);
  });

  test('QUANTITY_TOO_LARGE at the first quantity that is no longer exact', () => {
    inventory.database.prepare('UPDATE levels SET quantity = ? WHERE item_id = ?').run(INTEGER_MAX - 5, nut);
    receive(5);
    expect(
      inventory.refusal('receipts.create', { lines: [{ itemId: nut, quantity: 1 }], post: true }),
    ).toMatchObject({
      code: 'QUANTITY_TOO_LARGE',
      data: { lines: [{ line: 1, itemId: nut, sku: 'NUT', requested: 1, available: INTEGER_MAX }] },
    });
  });

  test('ITEM_UNKNOWN, ITEM_INACTIVE, LOT_UNKNOWN and a zero line, in create, update and post', () => {
    const lot = inventory.read('items.get', { id: bolt }).defaultLotId;
    const { id } = inventory.book('adjustments.create', {
      lines: [{ itemId: nut, quantity: 1, reason: 'r' }],
    });
    const codeOf = (line: { itemId: string; quantity: number; lotId?: string }) => {
      const lines = [{ ...line, reason: 'r' }];
      const created = inventory.refusal('adjustments.create', { lines });
      expect(inventory.refusal('adjustments.update', { id, version: 1, lines })).toEqual(created);
      return created.code;
    };
    expect(codeOf({ itemId: testId(999), quantity: 1 })).toBe('ITEM_UNKNOWN');
    expect(codeOf({ itemId: nut, quantity: 1, lotId: lot })).toBe('LOT_UNKNOWN');
    expect(codeOf({ itemId: nut, quantity: 1, lotId: testId(999) })).toBe('LOT_UNKNOWN');
    expect(codeOf({ itemId: nut, quantity: 0 })).toBe('PARAMS_INVALID');
    inventory.book('items.update', { id: nut, version: 1, active: false });
    expect(codeOf({ itemId: nut, quantity: 1 })).toBe('ITEM_INACTIVE');
    expect(inventory.refusal('adjustments.post', { id, version: 1 })).toMatchObject({
      ...{ code: 'ITEM_INACTIVE', data: { lines: [{ line: 1, itemId: nut, sku: 'NUT' }] } },
    });
  });

  test('PARTNER_UNKNOWN and PARTNER_INACTIVE, in create, update and post', () => {
    const lines = [{ itemId: nut, quantity: 1 }];
    const partner = (code: string, kind: 'supplier' | 'customer') =>
      inventory.book('partners.create', { code, name: code, kind }).id;
    const supplierId = partner('S', 'supplier');
    const { id } = inventory.book('receipts.create', { partnerId: supplierId, lines });
    const codesOf = (partnerId: string) => [
      inventory.refusal('receipts.create', { partnerId, lines }).code,
      inventory.refusal('receipts.update', { id, version: 1, partnerId, lines }).code,
    ];
    expect(codesOf(testId(999))).toEqual(['PARTNER_UNKNOWN', 'PARTNER_UNKNOWN']);
    expect(codesOf(partner('C', 'customer'))).toEqual(['PARTNER_UNKNOWN', 'PARTNER_UNKNOWN']);
    inventory.book('partners.update', { id: supplierId, version: 1, active: false });
    expect(codesOf(supplierId)).toEqual(['PARTNER_INACTIVE', 'PARTNER_INACTIVE']);
    expect(inventory.refusal('receipts.post', { id, version: 1 }).code).toBe('PARTNER_INACTIVE');
  });

  test('NOT_FOUND for another kind too, CONFLICT with the present head, DOCUMENT_NOT_DRAFT', () => {
    const lines = [{ itemId: nut, quantity: 1 }];
    const { id } = inventory.book('receipts.create', { lines });
    const gone = { id: testId(999), version: 1 };
    for (const params of [gone, { id, version: 1 }]) {
      const refused = { code: 'NOT_FOUND', data: { id: params.id } };
      expect(inventory.refusal('dispatches.update', { ...params, lines })).toMatchObject(refused);
      expect(inventory.refusal('dispatches.post', params)).toMatchObject(refused);
      expect(inventory.refusal('dispatches.reverse', params)).toMatchObject(refused);
    }
    inventory.book('receipts.update', { id, version: 1, reference: 'first', lines });
    const conflict = { code: 'CONFLICT', data: { present: { id, version: 2, reference: 'first' } } };
    expect(inventory.refusal('receipts.update', { id, version: 1, lines })).toMatchObject(conflict);
    expect(inventory.refusal('receipts.post', { id, version: 1 })).toMatchObject(conflict);
    inventory.book('receipts.post', { id, version: 2 });
    expect(inventory.refusal('receipts.reverse', { id, version: 2 })).toMatchObject({ code: 'CONFLICT' });
    const posted = { id, version: 3 };
    expect(inventory.refusal('receipts.update', { ...posted, lines }).code).toBe('DOCUMENT_NOT_DRAFT');
    expect(inventory.refusal('receipts.post', posted).code).toBe('DOCUMENT_NOT_DRAFT');
  });
});

describe('events', () => {
  test('a post tells the document and the items, a draft and a refusal tell nothing', () => {
    const { id } = inventory.book('receipts.create', {
      lines: [
        { itemId: nut, quantity: 1 },
        { itemId: nut, quantity: 2 },
      ],
    });
    inventory.refusal('dispatches.create', { lines: [{ itemId: nut, quantity: 9 }], post: true });
    expect(inventory.events).toEqual([]);
    inventory.book('receipts.post', { id, version: 1 });
    expect(inventory.events).toEqual([
      {
        event: 'document.posted',
        params: { id, kind: 'receipt', status: 'posted', number: 'GRN-2026-000001' },
      },
      { event: 'stock.changed', params: { itemIds: [nut], reload: false } },
    ]);
  });

  test('a reversal tells both documents', () => {
    const { id } = receive(1);
    inventory.events.length = 0;
    const { reversalId } = inventory.book('receipts.reverse', { id, version: 1 });
    expect(
      inventory.events.filter(({ event }) => event === 'document.posted').map(({ params }) => params),
    ).toEqual([
      { id: reversalId, kind: 'receipt', status: 'posted', number: 'GRN-2026-000002' },
      { id, kind: 'receipt', status: 'reversed', number: 'GRN-2026-000001' },
    ]);
  });

  test('more items than an event names: reload', () => {
    const lines = Array.from({ length: limits.eventItemIdsMax + 1 }, (_, index) => ({
      itemId: inventory.book('items.create', { sku: `I${index}`, name: 'i', unit: 'pcs' }).id,
      quantity: 1,
    }));
    inventory.book('receipts.create', { lines: lines.slice(1), post: true });
    inventory.book('receipts.create', { lines, post: true });
    const changes = inventory.events
      .filter(({ event }) => event === 'stock.changed')
      .map(({ params }) => params);
    expect(changes).toEqual([
      { itemIds: lines.slice(1).map(({ itemId }) => itemId), reload: false },
      { itemIds: [], reload: true },
    ]);
  });
});
