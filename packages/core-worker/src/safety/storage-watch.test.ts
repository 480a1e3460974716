// What happens to the files of an open database is seen, and what SQLite itself does with them is not mistaken for it.

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openForReading, openForWriting } from '../store/sqlite.ts';
import { StorageWatch } from './storage-watch.ts';

let folder: string;
let path: string;
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-storage-'));
  path = join(folder, 'data', 'masala.db');
  mkdirSync(join(folder, 'data'));
  database = openForWriting(path);
  database.exec('CREATE TABLE t (x)');
  save(100);
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function save(rows: number): void {
  const insert = database.prepare('INSERT INTO t VALUES (randomblob(1000))');
  for (let row = 0; row < rows; row++) insert.run();
}

test('saves, checkpoints of every kind and other readers change nothing', () => {
  const watch = new StorageWatch(path);
  expect(watch.problem()).toBeNull();
  for (const mode of ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE']) {
    save(100);
    expect(watch.problem()).toBeNull();
    database.pragma(`wal_checkpoint(${mode})`);
    expect(watch.problem()).toBeNull();
  }
  const reader = openForReading(path);
  expect(reader.prepare('SELECT count(*) FROM t').pluck().get()).toBe(500);
  reader.close();
  expect(watch.problem()).toBeNull();
});

test('a log that SQLite makes only now is taken for what it is, and watched from then on', () => {
  database.close();
  const watch = new StorageWatch(path);
  database = openForWriting(path);
  save(1);
  expect(watch.problem()).toBeNull();
  unlinkSync(`${path}-wal`);
  expect(watch.problem()).toBe('masala.db-wal was deleted or moved away');
});

const faults: [string, () => void, string][] = [
  ['deleted', () => unlinkSync(path), 'masala.db was deleted or moved away'],
  ['moved', () => renameSync(path, `${path}.old`), 'masala.db was deleted or moved away'],
  [
    'replaced by a copy',
    () => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    },
    'masala.db was replaced by another file',
  ],
  ['cut in place', () => truncateSync(path, 4_096), 'masala.db was cut from'],
  ['robbed of its log', () => unlinkSync(`${path}-wal`), 'masala.db-wal was deleted or moved away'],
  [
    'given another log',
    () => {
      unlinkSync(`${path}-wal`);
      writeFileSync(`${path}-wal`, '');
    },
    'masala.db-wal was replaced by another file',
  ],
  [
    'gone with its folder',
    () => rmSync(join(folder, 'data'), { recursive: true }),
    'masala.db was deleted or moved away',
  ],
  [
    'behind a file that took the place of its folder',
    () => {
      renameSync(join(folder, 'data'), join(folder, 'moved'));
      writeFileSync(join(folder, 'data'), '');
    },
    'masala.db was deleted or moved away',
  ],
];

test.each(faults)('a database %s is seen at the next look, and stays so', (_, harm, problem) => {
  database.pragma('wal_checkpoint(PASSIVE)');
  save(1);
  const watch = new StorageWatch(path);
  expect(watch.problem()).toBeNull();
  harm();
  expect(watch.problem()).toContain(problem);
  // Saves of the open handle go on, into files that nobody would find.
  if (!problem.includes('cut')) save(1);
  expect(watch.problem()).toContain(problem);
});

test('a database that was deleted between its opening and the first look is seen', () => {
  unlinkSync(path);
  expect(new StorageWatch(path).problem()).toBe('masala.db was deleted while it was opened');
});

test('a path that cannot be looked at for a moment is no loss', () => {
  const watch = new StorageWatch(path);
  // A name in a loop of links: stat answers ELOOP, as it answers EIO or EACCES elsewhere.
  renameSync(join(folder, 'data'), join(folder, 'elsewhere'));
  symlinkSync('data', join(folder, 'data'));
  expect(watch.problem()).toBeNull();
  unlinkSync(join(folder, 'data'));
  renameSync(join(folder, 'elsewhere'), join(folder, 'data'));
  expect(watch.problem()).toBeNull();
});
