// A database that may be read but not written to is told apart from a damaged one, whoever runs the test.

import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../store/open.ts';

const program = fileURLToPath(new URL('./start-check.ts', import.meta.url));
/** Debian's "nobody": owns nothing. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-read-only-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  openStore(join(dataDir, 'masala.db'), 5, () => 'epoch-1').database.close();
});
afterEach(() => {
  chmodSync(dataDir, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

/** For root no file is closed, so the look is made by a child that is nobody. */
function look(): unknown {
  const script = `
    import { lookAtDatabase } from ${JSON.stringify(program)};
    if (process.getuid?.() === 0) { process.setgid(${NOBODY}); process.setuid(${NOBODY}); }
    const parts = { dataDir: ${JSON.stringify(dataDir)}, bootId: null, lastDeath: null, chainEnd: null };
    process.stdout.write(JSON.stringify(lookAtDatabase(parts)));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return stdout === '' ? stderr : JSON.parse(stdout);
}

function give(mode: { folder: number; file: number }): void {
  if (isRoot) {
    chownSync(dataDir, NOBODY, NOBODY);
    chownSync(join(dataDir, 'masala.db'), NOBODY, NOBODY);
  }
  chmodSync(join(dataDir, 'masala.db'), mode.file);
  chmodSync(dataDir, mode.folder);
}

test('the file', () => {
  give({ folder: 0o755, file: 0o444 });
  expect(look()).toEqual({
    type: 'read-only',
    reason: expect.stringContaining('masala.db cannot be written to'),
  });
});

test('the folder', () => {
  give({ folder: 0o555, file: 0o644 });
  expect(look()).toEqual({ type: 'read-only', reason: expect.stringContaining('data cannot be written to') });
});

test('neither of them', () => {
  give({ folder: 0o755, file: 0o644 });
  expect(look()).toEqual({ type: 'sound', quickCheckDue: null });
});
