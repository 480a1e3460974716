// A real core in a process of its own, with a data directory of its own, for tests.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJoinCode } from '@masala/protocol';
import {
  type ControlConnection,
  type CoreControl,
  type CoreStatus,
  connectControl,
  coreControl,
  endpointToCall,
  readControlToken,
} from '@masala/protocol/control';
import { WireClient, within } from './wire-client.ts';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));
const LOOK_MS = 20;
/** Shared by all tests: each of them has a new data directory, in which nothing is compiled yet. */
const compileCache = fileURLToPath(new URL('../../../../node_modules/.cache/masala-test', import.meta.url));

export interface CoreStart {
  /** Settings as NAME=VALUE. */
  readonly set?: readonly string[];
  readonly args?: readonly string[];
  /** Kept after the test's own core has ended: for a second start. */
  readonly dataDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export function temporaryDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'masala-core-'));
}

/** Starts the program without waiting for anything. */
export function spawnCore(dataDir: string, start: CoreStart = {}): CoreProcess {
  const set = ['supervisor.revivedByService=true', ...(start.set ?? [])].flatMap((value) => ['--set', value]);
  const args = start.args ?? ['--host', '127.0.0.1', '--port', '0', '--discovery-port', '0'];
  const child = spawn(process.execPath, [program, '--data-dir', dataDir, ...args, ...set], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...start.environment },
  });
  return new CoreProcess(child, dataDir);
}

/** Starts a core and waits until it serves, or waits for a recovery. */
export async function startCore(start: CoreStart = {}): Promise<CoreUnderTest> {
  const dataDir = start.dataDir ?? temporaryDataDir();
  const core = spawnCore(dataDir, start);
  const ended = core.exited.then((code) => {
    throw new Error(`the core ended with ${code}: ${core.stderr}`);
  });
  const control = await within('the core', Promise.race([serving(dataDir, core.pid), ended]));
  ended.catch(() => undefined); // it ends with every test
  return new CoreUnderTest(core, control.connection, control.status);
}

export class CoreProcess {
  readonly child: ChildProcess;
  readonly dataDir: string;
  readonly exited: Promise<number | null>;
  stderr = '';

  constructor(child: ChildProcess, dataDir: string) {
    this.child = child;
    this.dataDir = dataDir;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.exited = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** The exit code, once it has ended. */
  exitCode(): Promise<number | null> {
    return within('the end of the core', this.exited);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export class CoreUnderTest {
  readonly process: CoreProcess;
  readonly control: ControlConnection<CoreControl>;
  readonly port: number;
  readonly dataDir: string;
  readonly #clients: WireClient[] = [];

  constructor(core: CoreProcess, control: ControlConnection<CoreControl>, status: CoreStatus) {
    this.process = core;
    this.control = control;
    this.port = status.port ?? 0;
    this.dataDir = core.dataDir;
  }

  /** A connection on which nothing has been said yet. */
  async connect(host?: string, localAddress?: string): Promise<WireClient> {
    const client = await WireClient.connect(this.port, host, localAddress);
    this.#clients.push(client);
    return client;
  }

  /** A connection after hello. */
  async greeted(): Promise<WireClient> {
    const client = await this.connect();
    await client.hello();
    return client;
  }

  /** A paired, signed-in device. */
  async device(role: 'admin' | 'office' | 'viewer' = 'office'): Promise<TestDevice> {
    const client = await this.greeted();
    const token = newToken();
    const { code } = await this.control.call('pair', { role });
    const { deviceId } = await client.call('session.pair', {
      secret: secretOf(code),
      token,
      deviceName: 'a test',
    });
    await client.call('session.authenticate', { token });
    return { client, token, deviceId: String(deviceId) };
  }

  /** A further connection of a device. */
  async signIn(token: string): Promise<WireClient> {
    const client = await this.greeted();
    await client.call('session.authenticate', { token });
    return client;
  }

  /** Lines of logs/core.log with this event, once there are any. */
  async logged(event: string): Promise<Record<string, unknown>[]> {
    const path = join(this.dataDir, 'logs', 'core.log');
    const look = async () => {
      for (;;) {
        const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
        const found = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        const named = found.filter((line) => line.event === event);
        if (named.length > 0) return named;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    };
    return await within(`${event} in the log`, look());
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.control.close();
    await this.process.kill();
    this.process.remove();
  }
}

export interface TestDevice {
  readonly client: WireClient;
  readonly token: string;
  readonly deviceId: string;
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function secretOf(code: string): string {
  const secret = readJoinCode(code)?.secret;
  if (secret === undefined) throw new Error(`${code} is not a join code`);
  return secret;
}

/** A control connection to the core of this pid, once it serves. */
async function serving(
  dataDir: string,
  pid: number,
): Promise<{ connection: ControlConnection<CoreControl>; status: CoreStatus }> {
  for (;;) {
    const found = await tryControl(dataDir, pid);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function tryControl(dataDir: string, pid: number) {
  const token = readControlToken(dataDir);
  if (token === null) return undefined;
  try {
    const connection = await connectControl({ endpoint: endpointToCall(dataDir, coreControl), token });
    const status = await connection.call('status', {});
    if (status.pid === pid && ['running', 'recovery'].includes(status.state)) return { connection, status };
    connection.close();
  } catch {
    // not listening yet
  }
  return undefined;
}
