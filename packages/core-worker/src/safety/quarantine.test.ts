// Quarantine keeps what it is given, whole and apart, whatever is killed in between.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moveToQuarantine, quarantinedDatabase } from './quarantine.ts';

const AT = Date.UTC(2026, 10, 21, 14, 35, 9, 80);
const FILES = ['masala.db', 'masala.db-wal', 'masala.db-shm'];
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-quarantine-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function write(content: string, files = FILES): void {
  for (const file of files) writeFileSync(join(dataDir, file), `${content} ${file}`);
}

function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
}

test('the files move together into a folder that says when and why', () => {
  write('first');
  writeFileSync(join(dataDir, 'settings.json'), '{}');
  const folder = moveToQuarantine(dataDir, 'The file is cut: page 7!', AT);
  expect(folder).toBe(join(dataDir, 'quarantine', '20261121-143509-the-file-is-cut-page-7'));
  expect(contentOf(folder)).toEqual({
    'masala.db': 'first masala.db',
    'masala.db-wal': 'first masala.db-wal',
    'masala.db-shm': 'first masala.db-shm',
    'reason.json': `${JSON.stringify({ reason: 'The file is cut: page 7!', at: AT })}\n`,
  });
  expect(readdirSync(dataDir).sort()).toEqual(['quarantine', 'settings.json']);
});

test.each([0, 1, 2, 3])('killed after %i renames, the rest goes to the same folder', (renames) => {
  write('first');
  const folder = moveToQuarantine(dataDir, 'damaged', AT);
  for (const file of FILES.slice(renames)) renameSync(join(folder, file), join(dataDir, file));
  expect(moveToQuarantine(dataDir, 'damaged', AT)).toBe(folder);
  expect(Object.keys(contentOf(folder)).sort()).toEqual([...FILES, 'reason.json'].sort());
});

test('killed before the reason was written, the folder is used', () => {
  write('first');
  const folder = join(dataDir, 'quarantine', '20261121-143509-damaged');
  mkdirSync(folder, { recursive: true });
  expect(moveToQuarantine(dataDir, 'damaged', AT)).toBe(folder);
  expect(contentOf(folder)['reason.json']).toBe(`${JSON.stringify({ reason: 'damaged', at: AT })}\n`);
});

test('another incident never touches the files of an earlier one', () => {
  const folders = ['first', 'second', 'third'].map((content, index) => {
    write(content);
    return moveToQuarantine(dataDir, 'damaged', index === 2 ? AT + 1 : AT);
  });
  expect(new Set(folders).size).toBe(3);
  expect(folders.map((folder) => contentOf(folder)['masala.db'])).toEqual([
    'first masala.db',
    'second masala.db',
    'third masala.db',
  ]);
  expect(existsSync(join(dataDir, 'masala.db'))).toBe(false);
});

test('a log alone is kept too', () => {
  write('left over', ['masala.db-wal']);
  expect(Object.keys(contentOf(moveToQuarantine(dataDir, 'log-without-database', AT))).sort()).toEqual([
    'masala.db-wal',
    'reason.json',
  ]);
});

test('what was moved already is found again by its incident', () => {
  expect(quarantinedDatabase(dataDir, 'damaged', AT)).toBeNull();
  write('first');
  const first = moveToQuarantine(dataDir, 'damaged', AT);
  expect(quarantinedDatabase(dataDir, 'damaged', AT)).toBe(join(first, 'masala.db'));
  expect(quarantinedDatabase(dataDir, 'damaged', AT + 1)).toBeNull();
  expect(quarantinedDatabase(dataDir, 'lost', AT)).toBeNull();
  write('second');
  const second = moveToQuarantine(dataDir, 'damaged', AT);
  expect(quarantinedDatabase(dataDir, 'damaged', AT)).toBe(join(second, 'masala.db'));
});
