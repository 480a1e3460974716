// Imports book each paper once: repeated, corrected, broken off, at the same time, and again when stock has come.

import { MasalaError } from '@masala/protocol';
import fc from 'fast-check';
import { Pool } from '../store/pool.ts';
import { Caller, type ImportRequest, plainMap, type Submit, sumOf, Warehouse } from './testing/warehouse.ts';

/** Two threads: two files can be read at the same time. */
const pool = new Pool(2);
const opened: Warehouse[] = [];
async function open(): Promise<Warehouse> {
  const warehouse = await Warehouse.open(pool);
  opened.push(warehouse);
  return warehouse;
}
afterEach(async () => {
  for (const warehouse of opened.splice(0)) await warehouse.close();
});
afterAll(() => pool.close());

const map = { ...plainMap, returnPrefix: 'C', negativeIsWriteOff: true };
const file = (...rows: string[]) => `doc,sku,qty\n${rows.join('\n')}\n`;
const stockOf = (warehouse: Warehouse) =>
  Object.fromEntries(warehouse.stock().map(({ sku, quantity }) => [sku, quantity]));

test('rows become documents: dispatches, returns, write-offs, and receipts before all of them', async () => {
  const warehouse = await open();
  const text = file('1,x,4', '2,Y,1', '1,Y,2', 'C3,x,-1', '4,X,-2', '1,X,1');
  const report = await warehouse.import({ map, text, openingStock: true });
  expect(report).toEqual({
    lines: 6,
    booked: { dispatches: 4, returns: 1, writeOffs: 1, receipts: 0, items: 0 },
    skipped: 0,
    refusedTotal: 0,
    refused: [],
    alreadyBooked: 0,
    documents: 4,
    itemsCreated: 2,
    openingStock: { documents: 1, lines: 2, alreadyBooked: false },
  });
  expect(stockOf(warehouse)).toEqual({ X: 1 });
  const one = warehouse.books().documents.filter((row) => (row as { reference: string }).reference === '1');
  expect(one).toMatchObject([
    { kind: 'dispatch', status: 'posted', line: 1, sku: 'x', quantity: 4 },
    { line: 2, sku: 'Y', quantity: 2 },
    { line: 3, sku: 'x', quantity: 1 },
  ]);
  const writeOff = warehouse
    .books()
    .documents.find((row) => (row as { reference: string }).reference === '4');
  expect(writeOff).toMatchObject({ kind: 'adjustment', quantity: -2, reason: 'no reason given' });
});

test('quantities are counted by the decimals of the article', async () => {
  const warehouse = await open();
  const columns = { ...map.columns, unit: 'unit', decimals: 'decimals', name: 'name' };
  const text =
    'doc,sku,qty,unit,decimals,name\nR1,flour,2.125,kg,3,\nR1,FLOUR,0.5,,, Flour 405 \nR2,salt,1.5,,,\n';
  const request = { kind: 'receipts', map: { ...map, columns, defaults: { decimals: 1 } }, text } as const;
  expect(await warehouse.import(request)).toMatchObject({ lines: 3, booked: { receipts: 3 } });
  expect(stockOf(warehouse)).toEqual({ FLOUR: 2_625, SALT: 15 });
  const items = warehouse.reader.database
    .prepare('SELECT sku, name, unit, decimals FROM items ORDER BY sku')
    .all();
  expect(items).toEqual([
    { sku: 'flour', name: 'Flour 405', unit: 'kg', decimals: 3 },
    { sku: 'salt', name: 'salt', unit: 'pcs', decimals: 1 },
  ]);
});

test('a second import of the same file books nothing, under whatever name and from whatever device', async () => {
  const warehouse = await open();
  const request = { map, text: file('1,X,4', 'C2,X,-1', '3,X,-2'), openingStock: true };
  await warehouse.import(request);
  const books = warehouse.books();
  const commands = warehouse.count('SELECT count(*) FROM commands');
  const second = await warehouse.import(request, undefined, new Caller('session-2'));
  expect(second).toMatchObject({
    lines: 3,
    alreadyBooked: 3,
    documents: 0,
    openingStock: { documents: 0, lines: 0, alreadyBooked: true },
  });
  expect(warehouse.books()).toEqual(books);
  expect(warehouse.count('SELECT count(*) FROM commands')).toBe(commands);
});

test('a corrected file books what was refused before, and leaves the opening stock as it is', async () => {
  const warehouse = await open();
  const first = await warehouse.import({
    map,
    text: file('1,X,4', '2,X,"1,0"', '2,X,3'),
    openingStock: true,
  });
  expect(first).toMatchObject({ booked: { dispatches: 1 }, refusedTotal: 2 });
  const corrected = { map, text: file('1,X,4', '2,X,1', '2,X,3'), openingStock: true };
  const second = await warehouse.import(corrected);
  expect(second).toMatchObject({
    alreadyBooked: 1,
    openingStock: { alreadyBooked: true },
    refusedTotal: 2,
    refused: [
      { line: 3, value: 'X', reason: 'INSUFFICIENT_STOCK: There is not enough stock.' },
      { line: 4, value: 'X', reason: 'INSUFFICIENT_STOCK: There is not enough stock.' },
    ],
  });
  await warehouse.import({ kind: 'receipts', map, text: file('R1,X,4') });
  // The refused document has its next attempt, and is booked under it once.
  expect(await warehouse.import(corrected)).toMatchObject({ alreadyBooked: 1, booked: { dispatches: 2 } });
  expect(await warehouse.import(corrected)).toMatchObject({ alreadyBooked: 3, documents: 0 });
  expect(stockOf(warehouse)).toEqual({});
});

test('a booked document with other content is refused and stays as it is', async () => {
  const warehouse = await open();
  await warehouse.import({ kind: 'receipts', map, text: file('1,X,4', '2,X,1') });
  const changed = await warehouse.import({ kind: 'receipts', map, text: file('1,X,4', '1,Y,1', '2,X,1') });
  expect(changed).toMatchObject({ alreadyBooked: 1, documents: 0, refusedTotal: 2 });
  for (const { reason } of changed.refused) expect(reason).toMatch(/^IMPORT_DOCUMENT_CHANGED: /);
  expect(stockOf(warehouse)).toEqual({ X: 5 });
});

test('documents of more lines than one may have are booked in parts', async () => {
  const warehouse = await open();
  const rows = Array.from({ length: 2_001 }, (_, index) => `LONG,X${index % 900},1`);
  const request = { map, text: file(...rows), openingStock: true };
  const clean = await warehouse.import(request);
  expect(clean).toMatchObject({ lines: 2_001, booked: { dispatches: 2_001 }, documents: 3 });
  expect(await warehouse.import(request)).toMatchObject({ alreadyBooked: 2_001, documents: 0 });
});

test('articles: repeated rows are one, changed and foreign ones are told', async () => {
  const warehouse = await open();
  const columns = { sku: 'sku', name: 'name', unit: 'unit' };
  const items = (text: string) =>
    warehouse.import({ kind: 'items', map: { source: 's', columns }, text: `sku,name,unit\n${text}` });
  expect(await items('a,Anvil,\nA,Anvil (old),\nb,,kg\nB,Bell,l\nc,Cog,\n')).toMatchObject({
    lines: 5,
    booked: { items: 3 },
    documents: 2,
    refused: [
      { line: 4, value: 'b', reason: expect.stringMatching(/^IMPORT_DOCUMENT_REFUSED: Line 5/) },
      { line: 5, value: 'b', reason: expect.stringMatching(/^IMPORT_ROW_INVALID: Line 4/) },
    ],
  });
  expect(await items('a,Anvil,\nc,Cogwheel,\n')).toMatchObject({
    alreadyBooked: 1,
    refused: [{ line: 3, value: 'c', reason: expect.stringMatching(/^IMPORT_DOCUMENT_CHANGED: /) }],
  });
  const foreign = {
    kind: 'items',
    map: { source: 'other', columns },
    text: 'sku,name,unit\na,Anvil,\n',
  } as const;
  const commands = warehouse.count('SELECT count(*) FROM commands');
  expect((await warehouse.import(foreign)).refused).toEqual([
    { line: 2, value: 'a', reason: 'SKU_TAKEN: Another item has this SKU.' },
  ]);
  expect(warehouse.count('SELECT count(*) FROM commands')).toBe(commands);
});

test('an article that was renamed since an import created it is still the one that its files mean', async () => {
  const warehouse = await open();
  await warehouse.import({ kind: 'receipts', map, text: file('1,X,4') });
  const id = warehouse.reader.database.prepare('SELECT id FROM items').pluck().get() as string;
  const rename = { commandId: '00000000-0000-7000-8000-0000000000aa', method: 'items.update' } as const;
  const params = { id, version: 1, sku: 'X-OLD' };
  await warehouse.submit({
    ...rename,
    params,
    deviceId: 'd',
    bound: true,
    deadlineAt: Date.now() + 60_000,
    refusal: null,
  });
  const report = await warehouse.import({ kind: 'receipts', map, text: file('1,X,4', '2,X,1') });
  expect(report).toMatchObject({ alreadyBooked: 1, booked: { receipts: 1 }, itemsCreated: 0 });
  expect(stockOf(warehouse)).toEqual({ 'X-OLD': 5 });
});

test('two imports of one file at the same time book it once', async () => {
  const warehouse = await open();
  const rows = Array.from({ length: 600 }, (_, index) => `${index % 97},X${index % 11},1`);
  const request = { map, text: file(...rows), openingStock: true };
  const reports = await Promise.all([
    warehouse.import(request),
    warehouse.import(request, undefined, new Caller('session-2')),
  ]);
  for (const report of reports) expect(sumOf(report)).toBe(600);
  expect(reports.map(({ refusedTotal }) => refusedTotal)).toEqual([0, 0]);
  expect(warehouse.count("SELECT count(*) FROM documents WHERE kind = 'dispatch'")).toBe(97);
  expect(stockOf(warehouse)).toEqual({});
});

test('a busy server is asked again until it takes the command', async () => {
  const warehouse = await open();
  const refusals = new Map<string, number>();
  const busy: Submit = (request) => {
    const count = refusals.get(request.commandId) ?? 0;
    refusals.set(request.commandId, count + 1);
    const code = count === 0 ? 'SERVER_BUSY' : 'DISK_FULL';
    return count < 2 ? Promise.reject(new MasalaError(code)) : warehouse.submit(request);
  };
  const report = await warehouse.import({ kind: 'receipts', map, text: file('1,X,4', '2,X,1') }, busy);
  expect(report).toMatchObject({ booked: { receipts: 2 }, refusedTotal: 0 });
});

/** Lets so many commands through; then the connection is lost, and nothing more is booked. */
async function importKilledAfter(
  warehouse: Warehouse,
  request: ImportRequest,
  kill: number,
): Promise<boolean> {
  const call = new Caller(`killed-${kill}`);
  let count = 0;
  const submit: Submit = (command) => {
    count += 1;
    if (count <= kill) return warehouse.submit(command);
    call.end();
    return Promise.reject(new MasalaError('SERVER_STOPPING'));
  };
  const outcome = await warehouse.import(request, submit, call).then(
    () => 'ended',
    (error: unknown) => {
      if (error instanceof MasalaError && error.code === 'CANCELLED') return 'killed';
      throw error;
    },
  );
  return outcome === 'killed';
}

test('an import that was broken off anywhere and run again ends like one that was not', async () => {
  const rows = fc.array(
    fc.tuple(fc.nat(6), fc.nat(3), fc.integer({ min: 1, max: 9 }), fc.constantFrom('out', 'back', 'off')),
    { minLength: 1, maxLength: 30 },
  );
  // Two histories that go on side by side, each run with articles and documents of its own.
  const [clean, broken] = [await open(), await open()];
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(14), fc.boolean(), async (all, kill, openingStock) => {
      run += 1;
      const own = { ...map, source: `run-${run}` };
      const lines = all.map(([document, sku, quantity, way]) => {
        const signed = way === 'out' ? quantity : -quantity;
        return `${way === 'back' ? 'C' : ''}${document},X${sku}-${run},${signed}`;
      });
      // Some stock, and too little for most: what is refused must be refused in both.
      const stock = file(`R,X0-${run},12`, `R,X1-${run},6`);
      const request = { map: own, text: file(...lines), openingStock };
      for (const warehouse of [clean, broken])
        await warehouse.import({ kind: 'receipts', map: own, text: stock });
      await clean.import(request);
      const killed = await importKilledAfter(broken, request, kill);
      const second = await broken.import(request);
      expect(sumOf(second)).toBe(all.length);
      expect(broken.books()).toEqual(clean.books());
      if (!killed) expect(second.documents).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test('an opening stock that was broken off between two receipts is completed', async () => {
  const [clean, broken] = [await open(), await open()];
  const rows = Array.from({ length: 1_001 }, (_, index) => `1,X${index},${index + 1}`);
  const request = { map, text: file(...rows), openingStock: true };
  await clean.import(request);
  // The articles, and the first of two receipts.
  expect(await importKilledAfter(broken, request, 1_001 + 1)).toBe(true);
  expect(broken.count('SELECT count(*) FROM documents')).toBe(1);
  expect(await broken.import(request)).toMatchObject({
    documents: 2,
    openingStock: { documents: 1, lines: 1_000, alreadyBooked: false },
  });
  expect(broken.books()).toEqual(clean.books());
});

test('the counts of any file add up to its lines, and no line is refused twice', async () => {
  const warehouse = await open();
  const cells = fc.constantFrom('', 'A', 'C1', 'POST', 'X1', 'x1', 'X2', '3', '-3', '0', '1,5', '2.5', '"');
  const rows = fc.array(fc.tuple(cells, cells, cells), { minLength: 1, maxLength: 25 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), fc.boolean(), async (all, openingStock, createUnknownItems) => {
      const quoted = all.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
      const source = `sums-${run++}`;
      const report = await warehouse.import({
        map: { ...map, source, createUnknownItems, skipSkus: ['post'] },
        text: file(...quoted),
        openingStock,
      });
      expect(report.lines).toBe(all.length);
      expect(sumOf(report)).toBe(all.length);
      const lines = report.refused.map(({ line }) => line);
      expect(new Set(lines).size).toBe(report.refusedTotal);
      expect(report.skipped).toBe(all.filter(([, sku]) => sku === 'POST').length);
    }),
    { numRuns: 60 },
  );
  const { consistent } = await warehouse.pool.run('ledger.verify', { databasePath: warehouse.databasePath });
  expect(consistent).toBe(true);
});
