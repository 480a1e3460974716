// Imports over connections that drop, and files that are none.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, MasalaError } from '@masala/protocol';
import { Client } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { type ImportOptions, type ImportProgress, importFile } from './import-file.ts';
import { type FixtureIdentity, makeFixtureIdentity } from './testing/certificate.ts';
import { addImports } from './testing/fixture-imports.ts';
import { FixtureServer, refuse, SILENCE } from './testing/fixture-server.ts';

const TOKEN = 't'.repeat(43);
const MAP = { source: 'test', columns: { sku: 'sku', document: 'doc', quantity: 'quantity' } };
const FILE = `doc,sku,quantity\n${'1,A,1\n'.repeat(200_000)}`;

/** The pauses between restarts are passed over; everything else takes its time. */
const hastyClock: Clock = { ...systemClock, after: (_, task) => systemClock.after(0, task) };

let identity: FixtureIdentity;
let server: FixtureServer;
let client: Client;
let folder: string;
let files: string[];

beforeAll(async () => {
  identity = await makeFixtureIdentity();
});

beforeEach(async () => {
  server = new FixtureServer(identity);
  server.tokens.add(TOKEN);
  ({ files } = addImports(server));
  await server.listen();
  const { port } = server;
  client = new Client({
    serverId: identity.serverId,
    address: '127.0.0.1',
    port,
    token: TOKEN,
    retryDelayMs: 20,
  });
  folder = mkdtempSync(join(tmpdir(), 'masala-import-'));
});

afterEach(async () => {
  client.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

function write(text: string): string {
  const path = join(folder, 'day.csv');
  writeFileSync(path, text);
  return path;
}

const run = (path: string, changes: Partial<ImportOptions> = {}) =>
  importFile(client, { kind: 'dispatches', path, map: MAP, clock: hastyClock, ...changes });

test('sends the file in bounded chunks and hands the report back', async () => {
  const progress: ImportProgress[] = [];
  const report = await run(write(FILE), {
    onProgress: (step) => void progress.push(step),
    openingStock: true,
  });
  expect(files).toEqual([FILE]);
  expect(report.lines).toBe(200_000);
  const chunks = server.paramsOf('imports.chunk').map(({ bytes }) => (bytes as Uint8Array).length);
  expect(chunks.length).toBe(Math.ceil(FILE.length / limits.importChunkBytes));
  expect(Math.max(...chunks)).toBe(limits.importChunkBytes);
  expect(server.paramsOf('imports.begin')).toEqual([
    { kind: 'dispatches', fileName: 'day.csv', sizeBytes: FILE.length, map: MAP, openingStock: true },
  ]);
  expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(['sending', 'booking']));
});

test('an empty file is the server’s to refuse', async () => {
  server.on('imports.run', refuse('IMPORT_EMPTY'));
  await expect(run(write(''))).rejects.toMatchObject({ code: 'IMPORT_EMPTY' });
  expect(server.paramsOf('imports.chunk')).toEqual([]);
});

test('every refused row comes back, however many pages they fill', async () => {
  const rows = ['doc,sku,quantity', '1,BAD,1', '1,A,1', '2,BAD,1', '3,BAD,1', '4,BAD,1', '5,BAD,1'];
  const report = await run(write(`${rows.join('\n')}\n`));
  expect(report.refused.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7]);
  expect(report.refusedTotal).toBe(5);
});

test.each([
  // A chunk is sent again over the next connection, and is told there that its import is gone.
  ['imports.chunk', ['1 IMPORT_UNKNOWN']],
  ['imports.run', ['1 CONNECTION_LOST', '2 CONNECTION_LOST']],
])('a connection lost twice in %s starts the import anew, and says so', async (method, expected) => {
  server.onFirst(method, 2, ({ connection }) => {
    connection.drop();
    return SILENCE;
  });
  const restarts: string[] = [];
  const report = await run(write(FILE), {
    onRestart: (count, { code }) => void restarts.push(`${count} ${code}`),
  });
  expect(report.lines).toBe(200_000);
  expect(files.at(-1)).toBe(FILE);
  expect(restarts).toEqual(expected);
});

test('restarts are bounded', async () => {
  server.on('imports.run', ({ connection }) => {
    connection.drop();
    return SILENCE;
  });
  let restarts = 0;
  const importing = run(write('doc,sku,quantity\n1,A,1\n'), { onRestart: () => void restarts++ });
  await expect(importing).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  expect(restarts).toBe(limits.importRestartsMax);
});

test('a file that shrinks while it is read is the server’s to notice', async () => {
  const path = write(FILE);
  server.onFirst('imports.chunk', 1, ({ params }) => {
    truncateSync(path, limits.importChunkBytes);
    return { receivedBytes: (params['bytes'] as Uint8Array).length };
  });
  server.on('imports.run', refuse('IMPORT_HEADER_INVALID'));
  await expect(run(path)).rejects.toMatchObject({ code: 'IMPORT_HEADER_INVALID' });
  expect(server.paramsOf('imports.chunk')).toHaveLength(1);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a map without a source', () => run(write('x'), { map: { columns: {} } }), 'IMPORT_MAP_INVALID'],
  ['a map that is a text', () => run(write('x'), { map: 'retail' }), 'IMPORT_MAP_INVALID'],
  ['a file that is not there', () => run(join(folder, 'none.csv')), 'IMPORT_FILE_UNREADABLE'],
  ['a folder', () => run(folder), 'IMPORT_FILE_UNREADABLE'],
])('%s is refused before anything is sent', async (_, importing, code) => {
  await expect(importing()).rejects.toMatchObject({ code });
  expect(server.paramsOf('imports.chunk')).toEqual([]);
  expect(server.paramsOf('imports.run')).toEqual([]);
});

test('a file beyond the limit is not read', async () => {
  const path = write('');
  truncateSync(path, limits.importFileMaxBytes + 1);
  await expect(run(path)).rejects.toMatchObject({ code: 'IMPORT_FILE_TOO_LARGE' });
  expect(server.paramsOf('imports.begin')).toEqual([]);
});

test('is cancelled by its caller', async () => {
  const abort = new AbortController();
  server.on('imports.run', () => {
    abort.abort();
    return SILENCE;
  });
  await expect(run(write('doc,sku,quantity\n'), { signal: abort.signal })).rejects.toEqual(
    new MasalaError('CANCELLED'),
  );
});
