// A data directory that the server's user may not write to: told by its own exit code, whoever runs the test.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '@masala/protocol';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
/** Debian's "nobody": owns nothing. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-not-writable-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** For root no folder is closed, so the core runs as nobody, from a copy that nobody may read (hard links cost no space). */
function programFor(uid: number | undefined): { program: string; node: string } {
  let root = repository;
  if (uid !== undefined) {
    root = join(folder, 'program');
    mkdirSync(join(root, 'packages'), { recursive: true });
    for (const part of ['node_modules', 'packages/protocol', 'packages/core-worker', 'package.json']) {
      const to = join(root, part);
      const linked = spawnSync('cp', ['-al', join(repository, part), to]);
      if (linked.status !== 0) {
        rmSync(to, { recursive: true, force: true });
        expect(spawnSync('cp', ['-a', join(repository, part), to]).status).toBe(0);
      }
    }
  }
  const node = process.execPath.startsWith(repository)
    ? join(root, process.execPath.slice(repository.length))
    : process.execPath;
  return { program: join(root, 'packages', 'core-worker', 'src', 'main.ts'), node };
}

test('DATA_DIRECTORY_NOT_WRITABLE, with the path and the reason on stderr', async () => {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: isRoot ? 0o755 : 0o500 });
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const { program, node } = programFor(isRoot ? NOBODY : undefined);
  const child = spawn(node, [program, '--data-dir', dataDir], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(stderr).toContain(`${dataDir} cannot be written to`);
  expect(code).toBe(exitCodes.DATA_DIRECTORY_NOT_WRITABLE.code);
});
