// The instance lock between real processes: one holder, and none after its kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import { takeInstanceLock } from './instance-lock.ts';

let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-lock-'));
  mkdirSync(join(dataDir, 'run'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** A process that takes the lock, says so, and starts a child of its own that outlives it. */
async function holder(): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const program = `
    import { spawn } from 'node:child_process';
    import { takeInstanceLock } from '${join(import.meta.dirname, 'instance-lock.ts')}';
    const lock = takeInstanceLock(process.argv[1], '/elsewhere');
    if (lock === null) console.log('taken');
    else {
      const heir = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { detached: true, stdio: 'ignore' });
      heir.unref();
      console.log('held ' + heir.pid);
      setInterval(() => lock.holds(), 1000);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: String(chunk).trim() };
}

describeIf(linux, 'the instance lock', () => {
  test('keeps a second process out, and is free after kill -9 though a child of the holder lives on', async () => {
    const first = await holder();
    expect(first.said).toMatch(/^held \d+$/);
    const heirPid = Number(first.said.split(' ')[1]);
    try {
      expect((await holder()).said).toBe('taken');
      expect(takeInstanceLock(dataDir, '/elsewhere')).toBeNull();
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      const lock = takeInstanceLock(dataDir, '/elsewhere');
      expect(lock?.holds()).toBe(true);
      lock?.release();
      expect((await holder()).said).toMatch(/^held/);
    } finally {
      process.kill(heirPid, 'SIGKILL');
    }
  });

  test('notices that its file was removed or replaced', () => {
    const lock = takeInstanceLock(dataDir, '/elsewhere');
    rmSync(join(dataDir, 'run', 'supervisor.lock'));
    expect(lock?.holds()).toBe(false);
    const successor = takeInstanceLock(dataDir, '/elsewhere');
    expect(successor?.holds()).toBe(true);
    expect(lock?.holds()).toBe(false);
    lock?.release();
    successor?.release();
  });
});
