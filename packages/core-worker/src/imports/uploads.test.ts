// The file on its way: in order, within its limits, and gone with its connection.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@masala/protocol';
import { Caller, clock, plainMap, send, Warehouse } from './testing/warehouse.ts';
import { clearLeftovers } from './upload.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open();
});
afterAll(() => warehouse.close());

const text = 'doc,sku,qty\nA,X1,1\n';
const request = { kind: 'receipts', map: plainMap, text } as const;
const begin = { kind: 'receipts', fileName: 'f.csv', sizeBytes: text.length, map: plainMap } as const;
const bytes = Buffer.from(text);
const files = () => readdirSync(warehouse.directory);

async function gone(): Promise<void> {
  while (files().length > 0) await new Promise((resolve) => setImmediate(resolve));
}

test('chunks are appended in order; what was received is acknowledged again, a gap is not', async () => {
  const call = new Caller();
  const handlers = warehouse.handlers();
  const { importId } = await handlers['imports.begin'](begin, call);
  const chunk = (from: number, to: number) =>
    Promise.resolve(
      handlers['imports.chunk']({ importId, offset: from, bytes: bytes.subarray(from, to) }, call),
    );
  // Given at once, as a client does that does not wait.
  const answers = await Promise.all([chunk(0, 5), chunk(5, 10), chunk(0, 5)]);
  expect(answers).toEqual([{ receivedBytes: 5 }, { receivedBytes: 10 }, { receivedBytes: 10 }]);
  await expect(chunk(12, 14)).rejects.toMatchObject({
    code: 'IMPORT_FILE_INCOMPLETE',
    data: { receivedBytes: 10 },
  });
  const run = () => Promise.resolve().then(() => handlers['imports.run']({ importId }, call));
  await expect(run()).rejects.toMatchObject({ code: 'IMPORT_FILE_INCOMPLETE', data: { receivedBytes: 10 } });
  await chunk(10, text.length);
  const more = handlers['imports.chunk']({ importId, offset: text.length, bytes: Buffer.from('x') }, call);
  await expect(more).rejects.toMatchObject({ code: 'IMPORT_FILE_TOO_LARGE' });
  expect(await run()).toMatchObject({ lines: 1, booked: { receipts: 1 } });
  await expect(run()).rejects.toMatchObject({ code: 'IMPORT_UNKNOWN' });
  expect(files()).toEqual([]);
});

test('maps that do not fit, files too large and too many imports are refused at the beginning', async () => {
  const call = new Caller();
  const handlers = warehouse.handlers();
  const beginWith = (more: object) =>
    Promise.resolve().then(() => handlers['imports.begin']({ ...begin, ...more }, call));
  await expect(beginWith({ map: { source: 's', columns: { sku: 'sku' } } })).rejects.toMatchObject({
    code: 'IMPORT_MAP_INVALID',
    data: {
      problems: [expect.stringContaining('columns.document'), expect.stringContaining('columns.quantity')],
    },
  });
  await expect(beginWith({ sizeBytes: limits.importFileMaxBytes + 1 })).rejects.toMatchObject({
    code: 'IMPORT_FILE_TOO_LARGE',
  });
  const begun = await Promise.allSettled(
    Array.from({ length: limits.importsOpenMax + 2 }, () => beginWith({})),
  );
  expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(limits.importsOpenMax);
  expect(begun.at(-1)).toMatchObject({ reason: { code: 'IMPORTS_TOO_MANY' } });
  call.end();
  await gone();
  const other = new Caller('session-2');
  await expect(Promise.resolve(handlers['imports.begin'](begin, other))).resolves.toHaveProperty('importId');
  other.end();
  await gone();
});

test('an import belongs to its connection', async () => {
  const handlers = warehouse.handlers();
  const owner = new Caller();
  const importId = await send(handlers, request, owner);
  const stranger = new Caller('session-2');
  await expect(Promise.resolve(handlers['imports.run']({ importId }, stranger))).rejects.toMatchObject({
    code: 'IMPORT_UNKNOWN',
  });
  owner.end();
  await gone();
  await expect(Promise.resolve(handlers['imports.run']({ importId }, owner))).rejects.toMatchObject({
    code: 'IMPORT_UNKNOWN',
  });
});

test('what a dead core left behind is cleared, and nothing else', async () => {
  const directory = join(warehouse.folder, 'leftovers');
  mkdirSync(directory);
  writeFileSync(join(directory, 'one.upload'), 'x');
  writeFileSync(join(directory, 'other.txt'), 'x');
  await clearLeftovers(directory);
  expect(readdirSync(directory)).toEqual(['other.txt']);
  await clearLeftovers(join(warehouse.folder, 'not', 'there'));
});

test('progress is told in both phases, at most four times a second', async () => {
  const rows = Array.from({ length: 3_000 }, (_, index) => `P${index % 50},X${index % 7},1`);
  const long = { ...request, text: `doc,sku,qty\n${rows.join('\n')}\n` };
  for (const stepMs of [0, 125, 250]) {
    let looks = 0;
    const handlers = warehouse.handlers(warehouse.submit, {
      ...clock,
      now: () => clock.now() + stepMs * looks++,
    });
    const call = new Caller();
    const map = { ...plainMap, source: `progress-${stepMs}` };
    const importId = await send(handlers, { ...long, map }, call);
    await handlers['imports.run']({ importId }, call);
    const phases = call.events.map(({ params }) => (params as { phase: string }).phase);
    expect(phases[0]).toBe('reading');
    if (stepMs > 0) expect(phases).toContain('booking');
    const last = call.events.at(-1)?.params as { linesDone: number; linesTotal: number };
    expect(last.linesDone).toBeLessThanOrEqual(last.linesTotal);
    call.end();
  }
});
