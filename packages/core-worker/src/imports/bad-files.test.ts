// Files that cannot be imported are refused as a whole, with a code that says why, and nothing of them is booked.

import { limits, MasalaError } from '@masala/protocol';
import { Caller, plainMap, send, sumOf, Warehouse } from './testing/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open();
});
afterAll(() => warehouse.close());

const commands = () => warehouse.count('SELECT count(*) FROM commands');

async function refusal(text: string | Buffer, map = plainMap) {
  const before = commands();
  const error = await warehouse.import({ map, text }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(commands()).toBe(before);
  expect(error).toBeInstanceOf(MasalaError);
  const { code, data } = error as MasalaError;
  return { code, ...data };
}

const good = 'doc,sku,qty\nA,X1,1\n';

test('a wrong header tells what is missing and what was found', async () => {
  expect(await refusal('doc;sku;qty\nA;X1;1\n')).toEqual({
    code: 'IMPORT_HEADER_INVALID',
    missing: ['sku', 'doc', 'qty'],
    found: ['doc;sku;qty'],
  });
  expect(await refusal('doc,sku,qty,sku\nA,X1,1,X2\n')).toMatchObject({
    code: 'IMPORT_HEADER_INVALID',
    missing: [],
    ambiguous: ['sku'],
  });
});

test.each([
  ['no bytes', ''],
  ['a header alone', 'doc,sku,qty\n'],
  ['blank lines alone', 'doc,sku,qty\n\n  \n\r\n'],
])('%s is an empty file', async (_, text) => {
  expect(await refusal(text)).toEqual({ code: 'IMPORT_EMPTY' });
});

test('a broken quote behind good rows refuses them too', async () => {
  expect(await refusal(`${good}B,"X2,1\nC,X3,1\n`)).toMatchObject({ code: 'IMPORT_CSV_INVALID', line: 3 });
});

test('a row with another number of fields refuses the file', async () => {
  expect(await refusal(`${good}B,X2,1,5\n`)).toEqual({
    code: 'IMPORT_CSV_INVALID',
    line: 3,
    reason: 'it has 4 fields, the header has 3',
  });
});

test('latin1 bytes are refused until the map says so', async () => {
  const text = Buffer.from('doc,sku,qty\nA,\xa3-1,1\n', 'latin1');
  expect(await refusal(text)).toMatchObject({ code: 'IMPORT_ENCODING_INVALID', line: 2 });
  const report = await warehouse.import({ kind: 'receipts', map: { ...plainMap, encoding: 'latin1' }, text });
  expect(report).toMatchObject({ lines: 1, booked: { receipts: 1 } });
  expect(warehouse.count('SELECT count(*) FROM items WHERE sku = ?', '£-1')).toBe(1);
});

test('a line of 200 MB is refused, and the next import is served', async () => {
  const call = new Caller();
  const handlers = warehouse.handlers();
  const chunk = Buffer.alloc(limits.importChunkBytes, 'x');
  const count = 800;
  const request = { map: plainMap, kind: 'dispatches' as const, fileName: 'f.csv' };
  const { importId } = await handlers['imports.begin'](
    { ...request, sizeBytes: good.length + count * chunk.length },
    call,
  );
  await handlers['imports.chunk']({ importId, offset: 0, bytes: Buffer.from(good) }, call);
  for (let index = 0; index < count; index++) {
    const offset = good.length + index * chunk.length;
    await handlers['imports.chunk']({ importId, offset, bytes: chunk }, call);
  }
  const run = Promise.resolve(handlers['imports.run']({ importId }, call));
  await expect(run).rejects.toMatchObject({ code: 'IMPORT_RECORD_TOO_LONG', data: { line: 3 } });
  const map = { ...plainMap, source: 'after-the-long-line' };
  const report = await warehouse.import({ kind: 'receipts', map, text: good });
  expect(report.booked.receipts).toBe(1);
});

test('bad rows come back with line, value and reason, and refuse their own document alone', async () => {
  const map = {
    ...plainMap,
    source: 'bad-rows',
    columns: { ...plainMap.columns, date: 'day', unit: 'unit' },
    skipSkus: ['post'],
  };
  const text = [
    'doc,sku,qty,day,unit',
    'G,Y1,5,2024-01-01,',
    'B,Y1,"1,000",2024-01-01,',
    'B,Y2,3,2024-01-01,',
    ',Y1,1,,',
    'D,,1,,',
    'E,Y1,1.5,,',
    'F,Y1,1,2024-02-30,',
    'H,Y3,1,,barrel',
    'I,Y1,-2,,',
    'B,POST,odd,never,',
    'B,Y1,4,,',
    '',
    'J,Y1,0,,',
  ].join('\r\n');
  const report = await warehouse.import({ kind: 'receipts', map, text });
  const invalid = expect.stringMatching(/^IMPORT_ROW_INVALID: .+\.$/);
  const withDocument = expect.stringMatching(/^IMPORT_DOCUMENT_REFUSED: Line 3 .+\.$/);
  expect(report.refused).toEqual([
    { line: 3, value: '1,000', reason: invalid },
    { line: 4, value: 'B', reason: withDocument },
    { line: 5, value: '', reason: invalid },
    { line: 6, value: '', reason: invalid },
    { line: 7, value: '1.5', reason: invalid },
    { line: 8, value: '2024-02-30', reason: invalid },
    { line: 9, value: 'barrel', reason: 'UNIT_UNKNOWN: There is no such unit.' },
    { line: 10, value: '-2', reason: invalid },
    { line: 12, value: 'B', reason: withDocument },
    { line: 14, value: '0', reason: invalid },
  ]);
  expect(report).toMatchObject({ lines: 12, skipped: 1, booked: { receipts: 1 }, documents: 1 });
  expect(sumOf(report)).toBe(report.lines);
  // What only refused documents name is not created.
  expect(warehouse.count("SELECT count(*) FROM items WHERE sku IN ('Y2', 'Y3')")).toBe(0);
});

test('every refused row can be asked for, a page at a time', async () => {
  const call = new Caller();
  const handlers = warehouse.handlers();
  const rows = Array.from({ length: 2_500 }, (_, index) => `D${index},Z${index},1`);
  const text = `doc,sku,qty\n${rows.join('\n')}\n`;
  const importId = await send(handlers, { map: { ...plainMap, createUnknownItems: false }, text }, call);
  const report = await handlers['imports.run']({ importId }, call);
  expect(report).toMatchObject({ lines: 2_500, refusedTotal: 2_500 });
  expect(report.refused).toHaveLength(limits.importRefusedPageRows);
  const lines: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<(typeof handlers)['imports.refused']>> = await handlers['imports.refused'](
      { importId, after },
      call,
    );
    expect(page.refused[0]?.reason).toBe('ITEM_UNKNOWN: There is no item with this SKU.');
    lines.push(...page.refused.map(({ line }) => line));
    after = page.next;
  }
  expect(lines).toEqual(rows.map((_, index) => index + 2));
  call.end();
  expect(() => handlers['imports.refused']({ importId, after: 0 }, call)).toThrow(
    new MasalaError('IMPORT_UNKNOWN'),
  );
});
