// The files of the run folder: written durably, read with distrust, and the processes that they name.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import { endpointToCall, endpointToServe } from './addresses.ts';
import { coreControl, supervisorControl } from './contract.ts';
import { processLives, processStartOf } from './process-identity.ts';
import { SUPERVISOR_STARTS_MAX, SUPERVISOR_WINDOW_MS, supervisorRevivalAt } from './revival-budget.ts';
import { readRunFile, removeRunFile, runFolder, writeRunFile } from './run-files.ts';
import { controlToken, readControlToken } from './token.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-run-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('run files', () => {
  const content = { pid: 7, at: 1, code: 21, reason: 'PORT_TAKEN', message: 'Port 8090 is taken.' };

  test('what was written is read, and nothing else is left behind', () => {
    writeRunFile(dataDir, 'exit-reason.json', content);
    expect(readRunFile(dataDir, 'exit-reason.json')).toEqual(content);
    expect(readdirSync(runFolder(dataDir))).toEqual(['exit-reason.json']);
    removeRunFile(dataDir, 'exit-reason.json');
    removeRunFile(dataDir, 'exit-reason.json');
    expect(readRunFile(dataDir, 'exit-reason.json')).toBeNull();
  });

  test.each(['', '{', '[]', '{"pid":"7"}', JSON.stringify({ ...content, code: null })])(
    'a damaged file reads as null: %s',
    (damaged) => {
      mkdirSync(runFolder(dataDir), { recursive: true });
      writeFileSync(join(runFolder(dataDir), 'exit-reason.json'), damaged);
      expect(readRunFile(dataDir, 'exit-reason.json')).toBeNull();
    },
  );
});

describe('the control token', () => {
  test('is made once, for its user alone', () => {
    expect(readControlToken(dataDir)).toBeNull();
    const token = controlToken(dataDir);
    expect(token).toHaveLength(32);
    expect(controlToken(dataDir)).toEqual(token);
    expect(statSync(join(runFolder(dataDir), 'control.token')).mode & 0o777).toBe(0o600);
    expect(readdirSync(runFolder(dataDir))).toEqual(['control.token']);
  });

  test('of another length is no token and is replaced', () => {
    mkdirSync(runFolder(dataDir), { recursive: true });
    writeFileSync(join(runFolder(dataDir), 'control.token'), 'short');
    expect(readControlToken(dataDir)).toBeNull();
    expect(controlToken(dataDir)).toHaveLength(32);
  });

  test('made by several processes at once is the same for all', async () => {
    const program = `import { controlToken } from '${join(import.meta.dirname, 'token.ts')}';
      process.stdout.write(controlToken(process.argv[1]).toString('hex'));`;
    const makers = Array.from({ length: 4 }, async () => {
      const maker = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      maker.stdout.on('data', (chunk) => {
        printed += String(chunk);
      });
      await once(maker, 'close');
      return printed;
    });
    const tokens = new Set(await Promise.all(makers));
    expect(tokens).toEqual(new Set([controlToken(dataDir).toString('hex')]));
  });
});

describe('addresses', () => {
  test('a socket lies in the run folder, and the folder is private', () => {
    const { address } = endpointToServe(dataDir, coreControl);
    expect(address).toBe(join(dataDir, 'run', 'core.sock'));
    expect(statSync(runFolder(dataDir)).mode & 0o777).toBe(0o700);
    expect(endpointToServe(dataDir, supervisorControl).address).toBe(join(dataDir, 'run', 'supervisor.sock'));
  });

  test('a long path moves to a short one, and the run file tells where', () => {
    const deep = join(dataDir, 'a'.repeat(60), 'b'.repeat(60));
    const { address } = endpointToServe(deep, coreControl);
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(100);
    expect(statSync(join(address, '..')).mode & 0o777).toBe(0o700);
    expect(endpointToCall(deep, coreControl).address).toBe(address);
    const control = join(dataDir, 'elsewhere.sock');
    writeRunFile(deep, 'core.json', { pid: 1, startedAt: 1, processStart: null, control });
    expect(endpointToCall(deep, coreControl).address).toBe(control);
  });
});

describeIf(linux, 'the identity of a process', () => {
  test('is the same as long as it runs, and null afterwards', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    const start = processStartOf(pid);
    expect(start).toMatch(/^[0-9a-f-]{36}:\d+$/);
    expect(processLives(pid, start)).toBe(true);
    expect(processLives(pid, processStartOf(process.pid))).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processStartOf(pid)).toBeNull();
    expect(processLives(pid, start)).toBe(false);
    expect(processLives(pid, null)).toBe(false);
  });
});

describe('the revival of supervisors', () => {
  test('five in ten minutes, then one in each ten', () => {
    const starts = [0, 1_000, 2_000, 3_000];
    expect(supervisorRevivalAt(starts, 4_000)).toBe(4_000);
    expect(supervisorRevivalAt([...starts, 4_000], 5_000)).toBe(4_000 + SUPERVISOR_WINDOW_MS);
  });

  test('never more than the budget in any window, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(SUPERVISOR_WINDOW_MS), { maxLength: 60 }), (gaps) => {
        const starts: number[] = [];
        let now = 1_000_000;
        for (const gap of gaps) {
          now += gap;
          const at = supervisorRevivalAt(starts.slice(-SUPERVISOR_STARTS_MAX), now);
          expect(at).toBeGreaterThanOrEqual(now);
          now = at;
          starts.push(now);
        }
        for (const [index, at] of starts.entries()) {
          const sixth = starts[index + SUPERVISOR_STARTS_MAX];
          if (sixth !== undefined) expect(sixth - at).toBeGreaterThanOrEqual(SUPERVISOR_WINDOW_MS);
        }
      }),
    );
  });
});
