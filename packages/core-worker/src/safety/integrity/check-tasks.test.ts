// The full check notices every change of a document, a movement, a level or a command; the quick one notices broken pages.

import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { TestInventory } from '../../inventory/testing/inventory.ts';
import type { ChainEnd } from '../../store/chain-end.ts';
import type { PoolChannel } from '../../store/pool-task.ts';
import { headOf } from '../../store/replay.ts';
import { type Database, openForWriting } from '../../store/sqlite.ts';
import { type CheckProgress, fullCheck, quickCheck } from './check-tasks.ts';

let inventory: TestInventory;
/** A copy that is damaged while the original stays as it was. */
let path: string;
let chainEnd: ChainEnd;
let progress: CheckProgress[];
const channel: PoolChannel = {
  send: async (message) => void progress.push(message as CheckProgress),
  throwIfStopped: () => undefined,
};

beforeAll(() => {
  inventory = new TestInventory();
  const nut = inventory.book('items.create', { sku: 'NUT', name: 'Nut', unit: 'pcs' }).id;
  const bolt = inventory.book('items.create', { sku: 'BOLT', name: 'Bolt', unit: 'kg', decimals: 3 }).id;
  inventory.book('items.create', { sku: 'IDLE', name: 'Idle', unit: 'pcs' });
  const partnerId = inventory.book('partners.create', { code: 'S1', name: 'Smith', kind: 'both' }).id;
  inventory.book('partners.create', { code: 'S2', name: 'Jones', kind: 'both' });
  const lines = [
    { itemId: nut, quantity: 10 },
    { itemId: bolt, quantity: 20 },
  ];
  const content = { partnerId, reference: 'R', note: 'N', documentAt: 77, lines };
  const { id } = inventory.book('receipts.create', { ...content, post: true });
  inventory.book('receipts.reverse', { id, version: 1, reason: 'wrong' });
  inventory.book('receipts.create', { ...content, post: true });
  inventory.book('receipts.create', content);
  inventory.book('dispatches.create', { lines: [{ itemId: nut, quantity: 3 }], post: true });
  inventory.book('adjustments.create', {
    lines: [{ itemId: nut, quantity: -7, reason: 'lost' }],
    post: true,
  });
  inventory.refusal('receipts.reverse', { id, version: 1 });
  for (let count = 0; count < 20; count++) {
    inventory.book('receipts.create', { lines, note: `${count} `.repeat(200), post: true });
  }
  chainEnd = { epoch: 'epoch-1', ...headOf(inventory.database) };
  inventory.database.pragma('wal_checkpoint(TRUNCATE)');
  path = join(inventory.folder, 'copy.db');
});
beforeEach(() => {
  progress = [];
  copyFileSync(inventory.path, path);
});
afterEach(() => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
});
afterAll(() => inventory.close());

const full = () => fullCheck({ databasePath: path, chainEnd }, channel);
const quick = () => quickCheck({ databasePath: path }, channel);

/** A connection that may do what no command does. */
function openToHarm(): Database {
  const database = openForWriting(path);
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  return database;
}

function harm(sql: string): void {
  const database = openToHarm();
  expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
  database.close();
}

test('what was booked is sound, and all of it is checked, with progress', async () => {
  const report = await full();
  expect(report).toEqual({
    ...{ sound: true, kind: 'sound', problems: [], problemsTotal: 0, elapsedMs: expect.any(Number) },
    checked: { tables: 14, commands: 32, documents: 26, movements: 48, levels: 3 },
  });
  expect([...new Set(progress.map(({ phase }) => phase))]).toEqual([
    'structure',
    'references',
    'ledger',
    'pages',
  ]);
  expect(progress.every(({ done, total }) => done >= 1 && done <= total)).toBe(true);
  expect(await quick()).toMatchObject({ sound: true, kind: 'sound', checked: { tables: 14 } });
});

describe('every column of what is promised', () => {
  const tables = ['commands', 'documents', 'document_lines', 'movements', 'levels'];
  const columns = tables.flatMap((table) => {
    const probe = new TestInventory();
    const names = (probe.database.pragma(`table_info(${table})`) as { name: string }[]).map(
      ({ name }) => name,
    );
    probe.close();
    return names.map((name) => [table, name] as const);
  });

  test.each(columns)('%s.%s', async (table, column) => {
    const database = openToHarm();
    const keys = (database.pragma(`table_info(${table})`) as { name: string; pk: number }[])
      .filter(({ pk }) => pk > 0)
      .map(({ name }) => name);
    const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all();
    // The first rows have each state of a document; the newest is where the chain ends.
    const sample = [...rows.slice(0, 4), ...rows.slice(-1)];
    let changes = 0;
    for (const row of sample) {
      for (const value of otherValues(
        row[column],
        rows.map((other) => other[column]),
      )) {
        if (!tryChange(database, table, column, keys, row, value)) continue;
        changes += 1;
        const report = await full();
        if (report.kind !== 'damaged')
          throw new Error(`${JSON.stringify(row)}: ${String(value)} went unnoticed`);
        restore(database, table, column, keys, row, value);
      }
    }
    expect(changes).toBeGreaterThan(0);
    database.close();
    expect((await full()).problems).toEqual([]);
  });

  /** A little more, a little less, nothing, and what another row has. */
  function otherValues(value: unknown, others: unknown[]): unknown[] {
    const another = others.find((other) => other !== value);
    const near = typeof value === 'number' ? [value + 1_000, value - 1] : [`${value ?? ''}x`, 7];
    return [...new Set([...near, null, another])].filter((other) => other !== value && other !== undefined);
  }

  function tryChange(
    database: Database,
    table: string,
    column: string,
    keys: readonly string[],
    row: Record<string, unknown>,
    value: unknown,
  ): boolean {
    const where = keys.map((key) => `${key} = ?`).join(' AND ');
    try {
      const update = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`);
      return update.run(value, ...keys.map((key) => row[key])).changes === 1;
    } catch (error) {
      // A flip may do more than SQLite lets us; what it refuses is not this test's matter.
      expect(error).toMatchObject({ code: expect.stringMatching(/^SQLITE_(CONSTRAINT|MISMATCH)/) });
      return false;
    }
  }

  function restore(
    database: Database,
    table: string,
    column: string,
    keys: readonly string[],
    row: Record<string, unknown>,
    value: unknown,
  ): void {
    const where = keys.map((key) => `${key} = ?`).join(' AND ');
    const update = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`);
    update.run(row[column], ...keys.map((key) => (key === column ? value : row[key])));
  }
});

test.each([
  ['the newest command is gone', 'DELETE FROM commands WHERE sequence = 32', /newest command is 31, but 32/],
  ['an old command is gone', 'DELETE FROM commands WHERE sequence = 5', /command 6 1 before it is missing/],
  [
    'a counter of numbers runs behind',
    'UPDATE document_numbers SET last = 2 WHERE last > 10',
    /numbers are counted to 2/,
  ],
  ['an item is gone', "DELETE FROM items WHERE sku = 'IDLE'", /refers 1 times to items that are missing/],
  ['the epoch is another', "UPDATE ledger SET epoch = 'epoch-7'", /an epoch of its history is missing/],
])('noticed: %s', async (_, sql, problem) => {
  harm(sql);
  const report = await full();
  expect(report).toMatchObject({ sound: false, kind: 'damaged' });
  expect(report.problems.join('\n')).toMatch(problem);
});

test('noticed: an index that is gone', async () => {
  const database = openToHarm();
  database.exec('DROP INDEX documents_by_status');
  database.close();
  expect((await full()).problems[0]).toMatch('its schema is not that of version');
  expect((await quick()).kind).toBe('damaged');
});

test('an index that disagrees with its table: the full check notices', async () => {
  const database = openToHarm();
  const rootpage = database
    .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'documents_by_number'")
    .pluck()
    .get() as number;
  database.close();
  const content = readFileSync(path);
  const at = content.indexOf('GRN-2026-000002', (rootpage - 1) * 4_096);
  expect(at).toBeGreaterThan(0);
  overwrite(at + 14, Buffer.from('9'));
  expect((await full()).kind).toBe('damaged');
});

test('a list of free pages that names a page in use: the full check notices', async () => {
  const database = openToHarm();
  database.exec('CREATE TABLE large (content) STRICT'.replace(' STRICT', ''));
  database.exec('INSERT INTO large VALUES (zeroblob(100000)); DROP TABLE large');
  database.close();
  expect((await full()).kind).toBe('sound');
  const trunk = readFileSync(path).readUInt32BE(32);
  expect(trunk).toBeGreaterThan(1);
  overwrite((trunk - 1) * 4_096 + 8, Buffer.from([0, 0, 0, 5]));
  expect((await full()).problems.join()).toMatch('the file: ');
});

function overwrite(at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

test('pages of garbage are problems told, not a crash', async () => {
  const pages = statSync(path).size / 4_096;
  for (let page = 2; page <= pages; page += 3)
    overwrite((page - 1) * 4_096, new Uint8Array(4_096).fill(page));
  const report = await full();
  expect(report.kind).toBe('damaged');
  expect(report.problems.length).toBeLessThanOrEqual(100);
  expect((await quick()).kind).toBe('damaged');
});

test('a file that is none, or cut, is damaged', async () => {
  truncateSync(path, 4_096 * 3);
  expect((await full()).kind).toBe('damaged');
  overwrite(0, new Uint8Array(100));
  expect((await full()).kind).toBe('damaged');
  expect((await quick()).kind).toBe('damaged');
});

test('a file that cannot be opened is a failed read, not damage', async () => {
  expect(
    await fullCheck({ databasePath: join(inventory.folder, 'none.db'), chainEnd }, channel),
  ).toMatchObject({
    ...{ sound: false, kind: 'io', problemsTotal: 1 },
    problems: [expect.stringContaining('SQLITE_CANTOPEN')],
  });
});

test('a caller who gave up ends it', async () => {
  const throwIfStopped = () => {
    throw new Error('stopped by its caller');
  };
  await expect(fullCheck({ databasePath: path, chainEnd }, { ...channel, throwIfStopped })).rejects.toThrow(
    'stopped',
  );
});
