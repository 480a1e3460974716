// Masala itself under the bench: a data directory with items in it, a core that serves it, and a paired device.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import {
  canonicalJson,
  FrameReader,
  limits,
  readJoinCode,
  readMessage,
  requestFrame,
} from '@masala/protocol';
import {
  type ControlConnection,
  connectControl,
  coreControl,
  endpointToCall,
  readControlToken,
} from '@masala/protocol/control';
import { accessCommands } from '../../packages/core-worker/src/access/commands.ts';
import { inventoryCommands } from '../../packages/core-worker/src/inventory/commands.ts';
import type { CommandHandlers } from '../../packages/core-worker/src/store/command.ts';
import { GroupCommit } from '../../packages/core-worker/src/store/group-commit.ts';
import { openStore } from '../../packages/core-worker/src/store/open.ts';
import { timeOrderedIds } from '../../packages/core-worker/src/store/time-ordered-ids.ts';
import { end, type Served } from './processes.ts';

const CORE_PROGRAM = fileURLToPath(new URL('../../packages/core-worker/src/main.ts', import.meta.url));
/** A cold start takes a fifth of a second; a minute is for a machine that does ten other things. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

export interface OurServer extends Served {
  readonly token: string;
}

/** Puts items into a new database by the real rules; gives their ids. */
export function makeDatabase(dataDirectory: string, itemCount: number): string[] {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const newId = timeOrderedIds(Date.now);
  const { database } = openStore(join(dataDirectory, 'masala.db'), Date.now(), newId);
  const handlers: CommandHandlers = { ...inventoryCommands(database), ...accessCommands(database) };
  const groupCommit = new GroupCommit(database, handlers, Date.now, newId);
  const ids: string[] = [];
  for (let from = 0; from < itemCount; from += limits.groupCommandsMax) {
    const size = Math.min(limits.groupCommandsMax, itemCount - from);
    const commands = Array.from({ length: size }, (_, offset) => ({
      commandId: newId(),
      deviceId: newId(),
      bound: true,
      method: 'items.create' as const,
      body: canonicalJson({
        sku: `BENCH-${from + offset}`,
        name: `Bench item ${from + offset}`,
        unit: 'pcs',
      }),
      refusal: null,
    }));
    for (const answer of groupCommit.run(commands).answers) {
      if (answer.outcome !== 'done') throw new Error(`an item was not booked: ${JSON.stringify(answer)}`);
      ids.push((JSON.parse(answer.answer) as { id: string }).id);
    }
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return ids;
}

/** Starts a core alone (no supervisor), with settings as NAME=VALUE, and pairs a device with it. */
export async function startOurCore(
  dataDirectory: string,
  settings: readonly string[] = [],
): Promise<OurServer> {
  const flags = ['--data-dir', dataDirectory, '--host', '127.0.0.1', '--port', '0', '--discovery-port', '0'];
  const set = ['supervisor.revivedByService=true', ...settings].flatMap((setting) => ['--set', setting]);
  const child = spawn(process.execPath, [CORE_PROGRAM, ...flags, ...set], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const port = await untilRunning(dataDirectory, child);
  const token = await pairDevice(dataDirectory, port);
  return { port, pid: child.pid ?? 0, token, stop: () => end(child) };
}

async function untilRunning(dataDirectory: string, child: ChildProcess): Promise<number> {
  for (const giveUpAt = Date.now() + START_TIMEOUT_MS; Date.now() < giveUpAt; await delay(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`the core ended with ${child.exitCode}`);
    const port = await withControl(dataDirectory, async (control) => {
      const status = await control.call('status', {});
      return status.state === 'running' ? status.port : null;
    }).catch(() => null);
    if (port !== null) return port;
  }
  throw new Error('the core did not start');
}

/** Asks a running core over its control channel. */
export async function withControl<Result>(
  dataDirectory: string,
  use: (control: ControlConnection<typeof coreControl>) => Promise<Result>,
): Promise<Result> {
  const token = readControlToken(dataDirectory);
  if (token === null) throw new Error('the core has not made its control token yet');
  const control = await connectControl({ endpoint: endpointToCall(dataDirectory, coreControl), token });
  try {
    return await use(control);
  } finally {
    control.close();
  }
}

/** Pairs as any device does: a join code from the control channel, its secret over TLS. */
export async function pairDevice(dataDirectory: string, port: number): Promise<string> {
  const { code } = await withControl(dataDirectory, (control) => control.call('pair', { role: 'admin' }));
  const token = randomBytes(32).toString('base64url');
  const secret = readJoinCode(code)?.secret;
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(opened));
    opened.once('error', reject);
  });
  const client = { name: 'bench', version: '1' };
  await ask(socket, 'session.hello', { protocol: { minimum: 1, maximum: 1 }, client });
  await ask(socket, 'session.pair', { secret, token, deviceName: 'bench' });
  socket.destroy();
  return token;
}

function ask(socket: TLSSocket, method: string, params: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader(limits.frameMaxBytes);
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk, (body) => {
        const message = readMessage(body);
        if (message.type !== 'response') return;
        if (message.error === null) resolve(message.result);
        else reject(new Error(`${method}: ${message.error.code}`));
      });
    });
    socket.once('error', reject);
    socket.write(requestFrame(1, method, params));
  });
}
