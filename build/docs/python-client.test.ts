// The example client, which was written from docs/protocol.md alone, pairs, books and reads at a real server: so the page is
// enough to write one.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeIf, pythonWithMsgpack, pythonWithMsgpackPath } from '../testing/requires.ts';

const root = join(import.meta.dirname, '..', '..');
const core = join(root, 'packages/core-worker/src/main.ts');
const serverProgram = join(root, 'packages/supervisor/src/cli/masala-server.ts');
const clientProgram = join(root, 'docs/examples/python-client/masala_client.py');
const LOOK_MS = 50;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never rejects for its exit code. */
function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A UDP port that nobody uses, so that no other server on this PC answers. */
function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Passes bytes on to the server, and cuts each of the first connections in the middle: each a little later than the last. */
async function cuttingProxy(
  port: number,
  cuts: readonly number[],
): Promise<{ server: Server; port: number }> {
  let connections = 0;
  const server = createServer((near) => {
    const far = connectTcp(port, '127.0.0.1');
    let left = cuts[connections++] ?? Number.POSITIVE_INFINITY;
    far.on('data', (chunk: Buffer) => {
      left -= 1;
      // The server has answered; the answer is lost.
      if (left > 0) near.write(chunk);
      else for (const socket of [near, far]) socket.destroy();
    });
    near.pipe(far);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const satisfies [Socket, Socket][]) {
      // What ends one side ends the other; an error is followed by 'close'.
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describeIf(pythonWithMsgpack, 'the client in Python', () => {
  const python = pythonWithMsgpackPath() ?? '';
  let folder = '';
  let server: ChildProcess;
  let ended: Promise<unknown>;
  let discoveryPort = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'masala-python-'));
    discoveryPort = await freeUdpPort();
    const ports = ['--host', '127.0.0.1', '--port', '0', '--discovery-port', String(discoveryPort)];
    const args = ['--data-dir', folder, ...ports, '--set', 'supervisor.revivedByService=true'];
    server = spawn(process.execPath, [core, ...args], { stdio: 'ignore' });
    ended = new Promise((resolve) => server.once('close', resolve));
    await serverAnswers();
  });

  afterAll(async () => {
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  async function serverAnswers(): Promise<void> {
    const settingsPath = join(folder, 'settings.json');
    for (;;) {
      if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
      if (existsSync(settingsPath)) {
        const status = await run(process.execPath, [serverProgram, 'status', '--data-dir', folder, '--json']);
        if (status.code === 0) return;
      }
      await pause(LOOK_MS);
    }
  }

  const serverPort = (): number =>
    JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))['server.port'];

  async function client(...args: readonly string[]): Promise<Ended> {
    const profile = ['--profile', join(folder, 'python.json'), '--discovery-port', String(discoveryPort)];
    return run(python, [clientProgram, ...profile, ...args]);
  }

  async function joinCode(): Promise<string> {
    const made = await run(process.execPath, [serverProgram, 'pair', '--data-dir', folder, '--json']);
    expect(made.code).toBe(0);
    return JSON.parse(made.stdout).code;
  }

  test('is at most 150 lines long', () => {
    expect(readFileSync(clientProgram, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  test('a mistyped code is noticed before anything is sent', async () => {
    const code = await joinCode();
    const wrong = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
    for (const where of [[], ['--server', `127.0.0.1:${serverPort()}`]]) {
      const refused = await client(...where, 'pair', wrong);
      expect(refused.code).toBe(1);
      expect(refused.stdout).toBe('');
    }
    // The code itself is still good.
    const paired = await client('pair', code.toLowerCase());
    expect([paired.code, paired.stderr]).toEqual([0, '']);
    expect(JSON.parse(paired.stdout)).toMatchObject({ role: 'office' });
  });

  test('finds the server, books, and reads what is there', async () => {
    const booked = await client('book', 'BOLT-8', '100', '30');
    expect([booked.code, booked.stderr]).toEqual([0, '']);
    expect(JSON.parse(booked.stdout)).toEqual({
      receipt: expect.stringMatching(/^GRN-\d{4}-000001$/),
      dispatch: expect.stringMatching(/^DSP-\d{4}-000001$/),
    });
    const stock = await client('stock', 'BOLT-8');
    expect(JSON.parse(stock.stdout)).toMatchObject({ quantity: 70, rows: [{ sku: 'BOLT-8', quantity: 70 }] });
  });

  test('shows the refusal of the server', async () => {
    const refused = await client('book', 'NUT-8', '1', '2');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stderr).error).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      data: { lines: [{ line: 1, sku: 'NUT-8', requested: 2, available: 1 }] },
    });
  });

  test('books once however often its connection is cut', async () => {
    const proxy = await cuttingProxy(serverPort(), [1, 2, 3, 4, 5, 4, 5, 4, 5, 6]);
    try {
      const booked = await client('--server', `127.0.0.1:${proxy.port}`, 'book', 'WASHER-8', '50', '20');
      expect(booked.code).toBe(0);
      // How the answers fall into chunks is the kernel's affair; the first cuts hit in any case.
      expect(booked.stderr.match(/again, since: /g)?.length).toBeGreaterThanOrEqual(5);
      const { receipt, dispatch } = JSON.parse(booked.stdout);
      expect([receipt.slice(-6), dispatch.slice(-6)]).toEqual(['000003', '000002']);
    } finally {
      proxy.server.close();
    }
    const stock = await client('stock', 'WASHER-8');
    expect(JSON.parse(stock.stdout).quantity).toBe(30);
  });
});
