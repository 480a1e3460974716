// The whole server under the bench: `masala-server start` as a process, and a device paired as people do it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Profile, pair } from '@masala/client';
import {
  type ControlConnection,
  connectControl,
  endpointToCall,
  readControlToken,
  supervisorControl,
} from '@masala/protocol/control';

const SERVER_PROGRAM = fileURLToPath(
  new URL('../../packages/supervisor/src/cli/masala-server.ts', import.meta.url),
);
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

export interface SupervisedServer {
  readonly profile: Profile;
  readonly supervisorPid: number;
  corePid(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts supervisor and core with no limit on deaths and no pause after one, since deaths are what is measured. */
export async function startOurSupervisor(dataDirectory: string): Promise<SupervisedServer> {
  const flags = ['--data-dir', dataDirectory, '--host', '127.0.0.1', '--port', '0', '--discovery-port', '0'];
  const deaths = ['--set', 'restart.budget=0', '--set', 'restart.backoffMs=0'];
  const child = spawn(process.execPath, [SERVER_PROGRAM, 'start', ...flags, ...deaths, '--no-tray'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const control = await untilAnswering(dataDirectory);
  const port = await untilRunning(control);
  const { code } = await control.call('pair', { role: 'admin' });
  const profile = await pair({
    code,
    deviceName: 'bench',
    server: { address: '127.0.0.1', port },
    discoveryPort: 0,
  });
  return {
    profile,
    supervisorPid: child.pid ?? 0,
    corePid: async () => {
      const { core } = await control.call('status', {});
      if (core.pid === null) throw new Error('there is no core');
      return core.pid;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      await control.call('stop', {}, STOP_TIMEOUT_MS);
      control.close();
      await ended;
    },
  };
}

async function untilAnswering(dataDirectory: string): Promise<ControlConnection<typeof supervisorControl>> {
  for (const giveUpAt = Date.now() + START_TIMEOUT_MS; Date.now() < giveUpAt; await delay(POLL_MS)) {
    const token = readControlToken(dataDirectory);
    if (token === null) continue;
    const endpoint = endpointToCall(dataDirectory, supervisorControl);
    const control = await connectControl({ endpoint, token }).catch(() => null);
    if (control !== null) return control;
  }
  throw new Error('the supervisor did not start');
}

async function untilRunning(control: ControlConnection<typeof supervisorControl>): Promise<number> {
  for (const giveUpAt = Date.now() + START_TIMEOUT_MS; Date.now() < giveUpAt; await delay(POLL_MS)) {
    const { state, port } = await control.call('status', {});
    if (state === 'running' && port !== null) return port;
  }
  throw new Error('the core did not start');
}
