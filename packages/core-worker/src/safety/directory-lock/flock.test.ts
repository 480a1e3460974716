// The kernel's lock: one holder, freed by whatever ends it, and seen to be worthless when its file is gone.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFile } from './flock.ts';

const folder = mkdtempSync(join(tmpdir(), 'masala-lock-'));
const path = join(folder, 'core.lock');
const module = new URL('./flock.ts', import.meta.url).href;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that locks the file, then starts a child of its own, and stays. */
function holder(): Promise<{ kill: () => Promise<void>; orphan: number }> {
  const source = `
    import { spawn } from 'node:child_process';
    import { lockFile } from ${JSON.stringify(module)};
    if (lockFile(${JSON.stringify(path)}) === undefined) process.exit(1);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
    child.unref();
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return new Promise((resolve, reject) => {
    exited.then(() => reject(new Error('the holder ended')), reject);
    child.stdout.once('data', (chunk: Buffer) => {
      const kill = async () => {
        child.kill('SIGKILL');
        await exited;
      };
      resolve({ kill, orphan: Number(chunk.toString()) });
    });
  });
}

test('a second holder is refused until the first lets go', () => {
  const first = lockFile(path);
  expect(first?.holds()).toBe(true);
  expect(lockFile(path)).toBeUndefined();
  first?.release();
  const second = lockFile(path);
  expect(second?.holds()).toBe(true);
  second?.release();
});

test("kill -9 frees it, though the holder's child lives on", async () => {
  const { kill, orphan } = await holder();
  try {
    expect(lockFile(path)).toBeUndefined();
    await kill();
    const mine = lockFile(path);
    expect(mine).toBeDefined();
    mine?.release();
  } finally {
    process.kill(orphan, 'SIGKILL');
  }
});

test('a lock whose file was deleted or replaced no longer holds', () => {
  const lock = lockFile(path);
  rmSync(path);
  expect(lock?.holds()).toBe(false);
  writeFileSync(path, '');
  expect(lock?.holds()).toBe(false);
  lock?.release();
});
