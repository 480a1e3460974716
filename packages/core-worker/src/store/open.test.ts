// A database is made, migrated and counted; one from the future or of another program is left exactly as it is.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GENESIS_HASH } from './chain.ts';
import { migrations, SCHEMA_VERSION } from './migrations/index.ts';
import { ForeignDatabaseError, migrate, openStore } from './open.ts';
import { openForWriting } from './sqlite.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-open-'));
  path = join(folder, 'masala.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the first start makes an epoch, the next ones only count', () => {
  const first = openStore(path, 5, () => 'epoch-1');
  expect(first.opened).toEqual({
    created: true,
    schemaVersionBefore: 0,
    schemaVersion: SCHEMA_VERSION,
    epoch: 'epoch-1',
    lineage: [
      {
        epoch: 'epoch-1',
        parent: null,
        branchSequence: 0,
        branchHash: GENESIS_HASH,
        origin: 'first',
        beganAt: 5,
      },
    ],
    bootSequence: 1,
    lastSequence: 0,
    lastHash: GENESIS_HASH,
  });
  first.database.close();
  const second = openStore(path, 6, () => 'never asked for');
  expect(second.opened).toMatchObject({ created: false, epoch: 'epoch-1', bootSequence: 2 });
  second.database.close();
});

test('a first start that was killed after the migrations is made whole by the next', () => {
  const halfMade = openForWriting(path);
  migrate(halfMade, migrations);
  halfMade.close();
  const { database, opened } = openStore(path, 5, () => 'epoch-1');
  expect(opened).toMatchObject({ created: true, epoch: 'epoch-1', bootSequence: 1, lastSequence: 0 });
  database.close();
});

test('the lineage is told newest first', () => {
  const { database } = openStore(path, 5, () => 'epoch-1');
  database
    .prepare("INSERT INTO epochs VALUES (?, ?, 7, ?, 9, 'restore')")
    .run('epoch-2', 'epoch-1', 'a'.repeat(64));
  database.prepare('UPDATE ledger SET epoch = ?').run('epoch-2');
  database.close();
  const { opened, database: again } = openStore(path, 6, () => 'never asked for');
  expect(opened.lineage.map((branch) => branch.epoch)).toEqual(['epoch-2', 'epoch-1']);
  again.close();
});

test.each([
  ['from the future', 'PRAGMA user_version = 99; CREATE TABLE more (x)'],
  ['of another program', 'CREATE TABLE other (x)'],
])('a database %s is refused and not changed', (_, sql) => {
  const foreign = openForWriting(path);
  foreign.exec(sql);
  foreign.close();
  const before = readFileSync(path);
  expect(() => openStore(path, 5, () => 'never asked for')).toThrow(ForeignDatabaseError);
  expect(readFileSync(path)).toEqual(before);
});

test('every write connection syncs each commit', () => {
  const { database } = openStore(path, 5, () => 'epoch-1');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  database.close();
});
