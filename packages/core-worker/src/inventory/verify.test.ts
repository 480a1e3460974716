// ledger.verify finds every kind of tampering, and nothing where there is none.

import { limits } from '@masala/protocol';
import { expireBodies } from '../store/body-expiry.ts';
import { TEST_START, TestInventory, testId } from './testing/inventory.ts';
import type { VerifyProgress } from './verify.ts';

let inventory: TestInventory;
let nut: string;
let bolt: string;
beforeEach(() => {
  inventory = new TestInventory();
  nut = inventory.book('items.create', { sku: 'NUT', name: 'Nut', unit: 'pcs' }).id;
  bolt = inventory.book('items.create', { sku: 'BOLT', name: 'Bolt', unit: 'pcs' }).id;
  const lines = [
    { itemId: nut, quantity: 10 },
    { itemId: bolt, quantity: 20 },
  ];
  const { id } = inventory.book('receipts.create', { lines, note: 'first', post: true });
  inventory.book('dispatches.create', { lines: [{ itemId: nut, quantity: 3 }], post: true });
  inventory.book('receipts.reverse', { id: receive(5), version: 1 });
  inventory.book('receipts.create', { lines });
  inventory.refusal('receipts.reverse', { id, version: 1 });
});
afterEach(() => inventory.close());

const receive = (quantity: number, itemId = nut) =>
  inventory.book('receipts.create', { lines: [{ itemId, quantity }], post: true }).id;

/** Damages the file behind the inventory's back. */
function damage(sql: string): void {
  inventory.database.pragma('foreign_keys = OFF');
  expect(inventory.database.prepare(sql).run().changes).toBeGreaterThan(0);
}

test('what was booked proves clean, and all of it is counted', async () => {
  expect(await inventory.verify()).toEqual({
    ...{ consistent: true, differencesTotal: 0, differences: [], elapsedMs: expect.any(Number) },
    checked: { commands: 8, documents: 5, movements: 5, levels: 2 },
  });
});

test('an empty database proves clean', async () => {
  const empty = new TestInventory();
  expect(await empty.verify()).toMatchObject({ consistent: true, checked: { commands: 0, levels: 0 } });
  empty.close();
});

const FIRST = '(SELECT min(id) FROM documents)';

test.each([
  ['a level', 'UPDATE levels SET quantity = quantity + 1 WHERE quantity = 7', ['level']],
  ['a lost level', 'DELETE FROM levels WHERE quantity = 7', ['level']],
  ['a counter of numbers', 'UPDATE document_numbers SET last = 1 WHERE last = 3', ['document']],
  [
    "a movement's quantity",
    'UPDATE movements SET quantity = 11 WHERE sequence = 1',
    ['document', 'movement', 'level'],
  ],
  ["a movement's time", 'UPDATE movements SET at = at + 1 WHERE sequence = 1', ['document', 'movement']],
  ['a lost movement', 'DELETE FROM movements WHERE sequence = 3', ['document', 'movement', 'level']],
  ['the newest movement lost', 'DELETE FROM movements WHERE sequence = 5', ['document', 'level']],
  [
    'a movement too many',
    `INSERT INTO movements SELECT 6, document_id, 9, item_id, lot_id, quantity, at, digest FROM movements WHERE sequence = 3`,
    ['document', 'movement', 'level'],
  ],
  [
    "a line's quantity",
    `UPDATE document_lines SET quantity = 9 WHERE document_id = ${FIRST} AND line = 1`,
    ['document', 'document'],
  ],
  [
    "a line's reason",
    `UPDATE document_lines SET reason = 'x' WHERE document_id = ${FIRST} AND line = 1`,
    ['document'],
  ],
  [
    "a draft's line",
    "UPDATE document_lines SET quantity = 1 WHERE document_id = (SELECT id FROM documents WHERE status = 'draft')",
    ['document'],
  ],
  [
    'a lost line',
    `DELETE FROM document_lines WHERE document_id = ${FIRST} AND line = 2`,
    ['document', 'document'],
  ],
  ["a head's note", "UPDATE documents SET note = 'other' WHERE note = 'first'", ['document']],
  ["a head's kind", `UPDATE documents SET kind = 'receipu' WHERE id = ${FIRST}`, ['document']],
  ["a head's digest", `UPDATE documents SET digest = 'x' WHERE id = ${FIRST}`, ['document']],
  ['a lost head', `DELETE FROM documents WHERE id = ${FIRST}`, ['document']],
  ['the newest head lost', 'DELETE FROM documents WHERE id = (SELECT max(id) FROM documents)', ['document']],
  ["a command's body", `UPDATE commands SET body = '{}' WHERE sequence = 3`, ['command']],
  ["a command's decisions", `UPDATE commands SET decided = '{}' WHERE sequence = 3`, ['command']],
  ["a command's answer", `UPDATE commands SET answer = '{}' WHERE sequence = 3`, ['command']],
  ["a command's device", `UPDATE commands SET device_id = 'x' WHERE sequence = 3`, ['command']],
  ["a command's hash", `UPDATE commands SET hash = 'x' WHERE sequence = 8`, ['command']],
  [
    "a command's texts, before their time",
    'UPDATE commands SET body = NULL, decided = NULL, answer = NULL WHERE sequence = 3',
    ['command'],
  ],
  ["one of a command's texts", 'UPDATE commands SET body = NULL WHERE sequence = 3', ['command']],
  ['a lost command', 'DELETE FROM commands WHERE sequence = 4', ['command']],
  ['the first command lost', 'DELETE FROM commands WHERE sequence = 1', ['command']],
])('damage is found: %s', async (_, sql, kinds) => {
  damage(sql);
  const proof = await inventory.verify();
  expect(proof.differences.map(({ kind }) => kind)).toEqual(kinds);
  expect(proof).toMatchObject({ consistent: false, differencesTotal: kinds.length });
});

test('a difference says where and what', async () => {
  damage('DELETE FROM movements WHERE sequence = 3');
  damage('DELETE FROM commands WHERE sequence = 4');
  const { defaultLotId } = inventory.read('items.get', { id: nut });
  const documentId = inventory.read('dispatches.list', {}).documents[0]?.id;
  expect((await inventory.verify()).differences).toEqual([
    { kind: 'command', key: '5', reason: '1 before it is missing' },
    { kind: 'document', key: documentId, reason: 'line 1 has no movement' },
    { kind: 'movement', key: '4', reason: '1 before it is missing' },
    { kind: 'level', key: `${nut} ${defaultLotId}`, reason: 'is 7, its movements sum to 10' },
  ]);
});

test('damage to the level of an item that was never moved is found', async () => {
  const idle = inventory.book('items.create', { sku: 'IDLE', name: 'Idle', unit: 'pcs' });
  expect((await inventory.verify()).consistent).toBe(true);
  damage(`UPDATE levels SET item_id = '${bolt}' WHERE item_id = '${idle.id}'`);
  expect((await inventory.verify()).differences).toEqual([
    { kind: 'level', key: `${bolt} ${idle.defaultLotId}`, reason: 'is of a lot of another item' },
    { kind: 'level', key: `${idle.id} ${idle.defaultLotId}`, reason: 'is missing, its movements sum to 0' },
  ]);
  damage(`DELETE FROM levels WHERE lot_id = '${idle.defaultLotId}'`);
  expect((await inventory.verify()).differencesTotal).toBe(1);
});

test('bodies that went after a year are no difference', async () => {
  expect(expireBodies(inventory.database, TEST_START + 4, 0)).toBeGreaterThan(0);
  expect((await inventory.verify()).consistent).toBe(true);
});

test('a body that did not go with the others is one', async () => {
  expireBodies(inventory.database, TEST_START + 4, 0);
  damage("UPDATE commands SET answer = '{}' WHERE sequence = 2");
  expect((await inventory.verify()).differences).toEqual([
    { kind: 'command', key: '2', reason: 'its body, decisions and answer are not gone together' },
  ]);
});

test('differences beyond the limit are counted', async () => {
  const total = limits.verifyDifferencesMax + 20;
  for (let count = 0; count < total; count++)
    inventory.book('items.create', { sku: `S${count}`, name: 's', unit: 'pcs' });
  damage("UPDATE levels SET quantity = 1 WHERE item_id IN (SELECT id FROM items WHERE sku LIKE 'S%')");
  const proof = await inventory.verify();
  expect(proof.differencesTotal).toBe(total);
  expect(proof.differences).toHaveLength(limits.verifyDifferencesMax);
});

describe('in chunks', () => {
  beforeEach(() => {
    const itemIds = Array.from({ length: limits.documentLinesMax }, (_, index) => {
      return inventory.book('items.create', { sku: `S${index}`, name: 's', unit: 'pcs' }).id;
    });
    const lines = itemIds.map((itemId) => ({ itemId, quantity: 1 }));
    for (let count = 0; count < 5; count++) inventory.book('receipts.create', { lines, post: true });
  });

  test('nothing is left out, progress counts up to its end, saves meanwhile are no difference', async () => {
    const progress: VerifyProgress[] = [];
    const { movements } = (await inventory.verify()).checked;
    expect(movements).toBe(5 + 5 * limits.documentLinesMax);
    const proof = await inventory.verify({
      send: async (message) => {
        progress.push(message as VerifyProgress);
        receive(1);
        receive(1, bolt);
      },
    });
    expect(proof).toMatchObject({ consistent: true, differences: [] });
    const done = progress.map((one) => one.done);
    expect(done.length).toBeGreaterThan(8);
    expect(done).toEqual(done.toSorted((one, other) => one - other));
    expect(progress.every((one) => one.done <= one.total)).toBe(true);
    expect(done.at(-1)).toBe(Object.values(proof.checked).reduce((sum, count) => sum + count));
  });

  test('damage in a late chunk is found', async () => {
    damage('UPDATE movements SET quantity = 2 WHERE sequence = (SELECT max(sequence) FROM movements)');
    damage('UPDATE levels SET quantity = 9 WHERE item_id = (SELECT max(item_id) FROM levels)');
    damage("UPDATE commands SET body = '{}' WHERE sequence = (SELECT max(sequence) FROM commands)");
    const kinds = (await inventory.verify()).differences.map(({ kind }) => kind);
    expect(kinds).toEqual(['command', 'document', 'movement', 'level']);
  });

  test('a caller who gave up ends it', async () => {
    let chunks = 0;
    const throwIfStopped = () => {
      chunks += 1;
      if (chunks === 2) throw new Error('stopped by its caller');
    };
    await expect(inventory.verify({ throwIfStopped })).rejects.toThrow('stopped by its caller');
    expect(chunks).toBe(2);
  });
});

test('a level of an item that is known to none is found', async () => {
  damage(`INSERT INTO levels VALUES ('${testId(7_000)}', '${testId(7_001)}', 4)`);
  expect((await inventory.verify()).differences).toEqual([
    { kind: 'level', key: `${testId(7_000)} ${testId(7_001)}`, reason: 'is 4, and was never moved' },
  ]);
});
