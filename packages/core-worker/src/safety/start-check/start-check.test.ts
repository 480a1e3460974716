// The look at a database before it is opened: every state of the file is told apart, and the look changes nothing.

import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { TEST_START, TestInventory } from '../../inventory/testing/inventory.ts';
import { GENESIS_HASH } from '../../store/chain.ts';
import type { ChainEnd } from '../../store/chain-end.ts';
import { migrations, SCHEMA_VERSION } from '../../store/migrations/index.ts';
import { beginEpoch, migrate } from '../../store/open.ts';
import { headOf } from '../../store/replay.ts';
import { openForReading, openForWriting } from '../../store/sqlite.ts';
import { clearSuspect } from '../integrity/check-record.ts';
import { lookAtDatabase } from './start-check.ts';

let inventory: TestInventory;
/** The data directory of a server that was killed: the newest commands are in the write-ahead log only. */
let dataDir: string;
let path: string;
let mark: ChainEnd;
beforeEach(() => {
  inventory = new TestInventory();
  const { id } = inventory.book('items.create', { sku: 'NUT', name: 'Nut', unit: 'pcs' });
  for (let count = 0; count < 40; count++) {
    inventory.book('receipts.create', {
      lines: [{ itemId: id, quantity: 1 }],
      note: 'n'.repeat(500),
      post: true,
    });
  }
  inventory.database.pragma('wal_checkpoint(TRUNCATE)');
  inventory.book('receipts.create', { lines: [{ itemId: id, quantity: 1 }], post: true });
  mark = { epoch: 'epoch-1', ...headOf(inventory.database) };
  dataDir = join(inventory.folder, 'killed');
  path = join(dataDir, 'masala.db');
  mkdirSync(dataDir);
  for (const file of ['masala.db', 'masala.db-wal'])
    copyFileSync(join(inventory.folder, file), join(dataDir, file));
  clearSuspect(dataDir, 'boot-1');
});
afterEach(() => inventory.close());

const look = (parts: Partial<Parameters<typeof lookAtDatabase>[0]> = {}) =>
  lookAtDatabase({ dataDir, bootId: 'boot-1', lastDeath: null, chainEnd: mark, ...parts });

/** Folds the log into the database, as an ordered stop does. */
function stopInOrder(): void {
  const database = openForWriting(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
}

function change(sql: string): void {
  const database = openForWriting(path);
  database.pragma('foreign_keys = OFF');
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
  database.close();
}

function overwrite(at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

test('what a killed server left is sound, and stays as it was', () => {
  const before = ['masala.db', 'masala.db-wal'].map((name) => readFileSync(join(dataDir, name)));
  expect(look()).toEqual({ type: 'sound', quickCheckDue: null });
  const after = ['masala.db', 'masala.db-wal'].map((name) => readFileSync(join(dataDir, name)));
  expect(after.every((content, index) => content.equals(before[index] as Buffer))).toBe(true);
  const database = openForReading(path);
  expect(headOf(database).sequence).toBe(mark.sequence);
  database.close();
});

test('what an ordered stop left is sound', () => {
  stopInOrder();
  expect(look()).toEqual({ type: 'sound', quickCheckDue: null });
  expect(readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).length > 0)).toEqual(
    expect.arrayContaining(['checks.json', 'masala.db']),
  );
  expect(look()).toEqual({ type: 'sound', quickCheckDue: null });
});

test('a database ahead of its mark is sound: a power cut leaves the mark a second behind', () => {
  const database = openForReading(path);
  const earlier = database
    .prepare<[number], { sequence: number; hash: string }>(
      'SELECT sequence, hash FROM commands WHERE sequence = ?',
    )
    .get(mark.sequence - 3);
  database.close();
  expect(look({ chainEnd: { epoch: 'epoch-1', ...earlier } as ChainEnd }).type).toBe('sound');
  expect(look({ chainEnd: { epoch: 'epoch-1', sequence: 0, hash: GENESIS_HASH } }).type).toBe('sound');
});

test('absent: missing, empty, or nothing ever booked', () => {
  rmSync(path);
  expect(look()).toEqual({ type: 'absent', remains: ['masala.db-wal'] });
  rmSync(`${path}-wal`);
  expect(look()).toEqual({ type: 'absent', remains: [] });
  writeFileSync(path, '');
  expect(look({ chainEnd: null })).toEqual({ type: 'absent', remains: [] });
  openForWriting(path).close();
  expect(readFileSync(path).length).toBeGreaterThan(0);
  expect(look({ chainEnd: null })).toEqual({ type: 'absent', remains: [] });
});

test('an empty file is not opened: its log stays', () => {
  truncateSync(path);
  expect(look()).toEqual({ type: 'damaged', reason: 'masala.db is empty' });
  expect(look({ chainEnd: null })).toEqual({ type: 'absent', remains: ['masala.db-wal'] });
  expect(readFileSync(`${path}-wal`).length).toBeGreaterThan(0);
});

/** Files as a creation leaves them that is broken off in its first transaction. */
function breakOffCreation(): { readonly database: Buffer; readonly journal: Buffer } {
  const folder = join(inventory.folder, 'creation');
  mkdirSync(folder);
  const half = join(folder, 'half.db');
  const database = new BetterSqlite3(half);
  try {
    // Pages go to the file before the commit, behind the journal that takes them back.
    database.exec('PRAGMA cache_size = 1; BEGIN; CREATE TABLE filler (content)');
    const insert = database.prepare('INSERT INTO filler VALUES (zeroblob(3000))');
    for (let count = 0; count < 50; count++) insert.run();
    return { database: readFileSync(half), journal: readFileSync(`${half}-journal`) };
  } finally {
    database.close();
  }
}

test('a creation that was broken off is taken back, and made anew', () => {
  const { database, journal } = breakOffCreation();
  for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name));
  writeFileSync(path, database);
  writeFileSync(`${path}-journal`, journal);
  expect(look({ chainEnd: null })).toEqual({ type: 'absent', remains: [] });
  expect(existsSync(`${path}-journal`)).toBe(false);
});

describe('damaged', () => {
  const reason = (parts: Parameters<typeof look>[0] = {}) => {
    const verdict = look(parts);
    return verdict.type === 'damaged' ? verdict.reason : verdict;
  };

  test('a folder in its place', () => {
    rmSync(path);
    mkdirSync(path);
    expect(reason()).toBe('masala.db is not a file');
  });

  test('too short for a database', () => {
    stopInOrder();
    truncateSync(path, 60);
    expect(reason()).toBe('the file is cut: it has 60 bytes');
  });

  test('cut to half', () => {
    stopInOrder();
    const { length } = readFileSync(path);
    truncateSync(path, Math.floor(length / 2));
    expect(reason()).toBe(`the file is cut: it has ${Math.floor(length / 2)} of ${length} bytes`);
  });

  test('cut to half, with a log beside it', () => {
    const { length } = readFileSync(path);
    truncateSync(path, Math.floor(length / 2));
    expect(reason()).toMatch(/^the file is cut: page \d+ of \d+ is missing$|malformed/);
  });

  test("another database's rollback journal beside it, which would overwrite its pages", () => {
    writeFileSync(`${path}-journal`, breakOffCreation().journal);
    expect(reason()).toBe('a rollback journal that is not its own lies beside it');
    expect(existsSync(`${path}-journal`)).toBe(true);
  });

  test('no database at all', () => {
    rmSync(`${path}-wal`);
    writeFileSync(path, 'Dear diary, '.repeat(1_000));
    expect(reason()).toMatch('no SQLite database');
  });

  test('the first page overwritten', () => {
    stopInOrder();
    overwrite(0, new Uint8Array(4_096));
    expect(reason()).toMatch('its first page was overwritten');
  });

  test('the first page overwritten behind its header', () => {
    stopInOrder();
    overwrite(100, new Uint8Array(3_996).fill(0x5a));
    expect(reason()).toMatch(/SQLITE_CORRUPT|schema/);
  });

  test.each([
    ['the size of a page', 16, [0x11, 0x22]],
    ['a constant', 21, [7]],
    ['the encoding', 59, [2]],
    ['the largest root page', 55, [9]],
    ['the version of the schema', 63, [SCHEMA_VERSION + 8]],
    ['the version of the schema, lower', 63, [0]],
    ['the id of the program', 70, [1]],
  ])('a byte of the header: %s', (_, at, bytes) => {
    stopInOrder();
    overwrite(at, Uint8Array.from(bytes));
    expect(reason()).toEqual(expect.any(String));
  });

  test("another program's", () => {
    rmSync(`${path}-wal`);
    rmSync(path);
    const database = openForWriting(path);
    database.exec('CREATE TABLE songs (title TEXT)');
    database.close();
    expect(reason()).toBe('the file is a database of another program');
  });

  test('a changed schema', () => {
    change("DELETE FROM sqlite_schema WHERE name = 'movements_by_item'");
    expect(reason()).toBe(`its schema is not that of version ${SCHEMA_VERSION}`);
  });

  test('the log is gone although the mark is ahead', () => {
    rmSync(`${path}-wal`);
    expect(reason()).toBe(
      `its newest command is 41, but 42 was booked (its write-ahead log, masala.db-wal, is missing or empty)`,
    );
    // The empty log that SQLite may have made does not hide it the next time.
    expect(reason()).toMatch('missing or empty');
    expect(reason({ chainEnd: null })).toMatchObject({ type: 'sound' });
  });

  test('a bit of the log', () => {
    const log = readFileSync(`${path}-wal`);
    log[60] = (log[60] ?? 0) ^ 1;
    writeFileSync(`${path}-wal`, log);
    expect(reason()).toBe('its newest command is 41, but 42 was booked');
  });

  test('another command where the mark is', () => {
    expect(reason({ chainEnd: { ...mark, hash: 'a'.repeat(64) } })).toBe(
      'its command 42 is another than the one that was booked',
    );
  });

  test('a changed command among the newest', () => {
    change("UPDATE commands SET answer = '{}' WHERE sequence = 40");
    expect(reason()).toBe('command 40: its answer does not fit its digest');
  });

  test('another history', () => {
    expect(reason({ chainEnd: { ...mark, epoch: 'epoch-9' } })).toMatch('another history');
  });

  test('epochs that descend from each other, or from nothing', () => {
    change("UPDATE epochs SET parent = 'epoch-1'");
    expect(reason()).toBe('its epochs descend from each other');
    change("UPDATE epochs SET parent = 'epoch-0'");
    expect(reason()).toBe('an epoch of its history is missing');
    change("UPDATE ledger SET epoch = 'epoch-0'");
    expect(reason()).toBe('an epoch of its history is missing');
  });
});

test('a database that descends from the marked history is sound, whatever its length', () => {
  const database = openForWriting(path);
  const branch = { epoch: 'epoch-1', sequence: 3, hash: 'b'.repeat(64) };
  beginEpoch(database, { epoch: 'epoch-2', origin: 'restore', branch, at: TEST_START });
  database.close();
  expect(look({ chainEnd: { ...mark, sequence: 900 } }).type).toBe('sound');
});

test('from the future: a newer schema, with tables that this version does not know', () => {
  const database = openForWriting(path);
  database.exec(`CREATE TABLE tomorrow (only INTEGER) STRICT; PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  database.close();
  expect(look()).toEqual({
    type: 'from-future',
    reason: `its schema is ${SCHEMA_VERSION + 1}, this version of Masala knows ${SCHEMA_VERSION}`,
  });
});

test('an older schema is sound: the start brings it to the present one', () => {
  const older = join(inventory.folder, 'older');
  mkdirSync(older);
  const database = openForWriting(join(older, 'masala.db'));
  migrate(database, migrations.slice(0, 1));
  database.close();
  expect(lookAtDatabase({ dataDir: older, bootId: null, lastDeath: null, chainEnd: null }).type).toBe(
    'sound',
  );
});

test('held by another program for too long: it is said, not judged', () => {
  const holder = openForWriting(path);
  holder.pragma('locking_mode = EXCLUSIVE');
  holder.exec('BEGIN EXCLUSIVE');
  expect(() => look()).toThrow(expect.objectContaining({ code: expect.stringMatching(/^SQLITE_BUSY/) }));
  holder.close();
});
