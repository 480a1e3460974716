// The files that sign a browser in, on a real disk.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageFiles } from './page-files.ts';

let dataDir: string;
let files: PageFiles;
let faults: unknown[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-pages-'));
  mkdirSync(join(dataDir, 'run'));
  faults = [];
  files = new PageFiles(dataDir, (error) => void faults.push(error));
});
afterEach(() => {
  files.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('are for this user alone, and gone with their token', () => {
  const [first, second] = [files.write('a', 'A'), files.write('b', 'B')];
  expect(readFileSync(first, 'utf8')).toBe('A');
  if (process.platform !== 'win32') expect(statSync(first).mode & 0o777).toBe(0o600);
  files.remove('a');
  files.remove('a');
  expect([existsSync(first), existsSync(second)]).toEqual([false, true]);
  files.close();
  expect(existsSync(second)).toBe(false);
  expect(faults).toEqual([]);
});

test('those of a killed host are cleared away, and nothing else is', () => {
  const left = join(dataDir, 'run', `dashboard-${'0a'.repeat(8)}.html`);
  const other = join(dataDir, 'run', 'dashboard-notes.html');
  for (const path of [left, other]) writeFileSync(path, '');
  files.clear();
  expect([existsSync(left), existsSync(other)]).toEqual([false, true]);
});

test('what cannot be removed is told, and ends nobody', () => {
  const path = files.write('a', 'A');
  rmSync(path);
  mkdirSync(path);
  files.remove('a');
  files.clear();
  rmSync(join(dataDir, 'run'), { recursive: true });
  files.clear();
  expect(faults).toHaveLength(3);
});
