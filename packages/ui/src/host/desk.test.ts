// What the desk takes for the end of the server, with a supervisor of which only what the desk asks is there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlHandlers,
  type ControlServer,
  controlToken,
  endpointToServe,
  processStartOf,
  removeRunFile,
  type SupervisorControl,
  serveControl,
  supervisorControl,
  writeRunFile,
} from '@masala/protocol/control';
import { statusWith } from '../bridge/testing-status.ts';
import { Desk } from './desk.ts';

let dataDir: string;
let desk: Desk;
let supervisor: ControlServer;
let state: 'running' | 'stopped';
let answering: Promise<unknown>;
let coreEnded: PromiseWithResolvers<void>;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-desk-'));
  state = 'running';
  answering = Promise.resolve();
  coreEnded = Promise.withResolvers();
  await startSupervisor();
  desk = new Desk({ dataDir });
  await until(() => desk.links.status !== null);
});
afterEach(async () => {
  desk.close();
  await supervisor.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function startSupervisor(): Promise<void> {
  want('running');
  const handlers = {
    watch: async () => {
      await answering;
      return statusWith({ state });
    },
    status: () => new Promise(() => undefined),
    stop: async () => {
      want('stopped');
      await coreEnded.promise;
      state = 'stopped';
      return { forced: false };
    },
  } as unknown as ControlHandlers<SupervisorControl>;
  const endpoint = endpointToServe(dataDir, supervisorControl);
  supervisor = await serveControl({
    endpoint,
    token: controlToken(dataDir),
    log: () => undefined,
    handlers,
  });
  const { pid } = process;
  const processStart = processStartOf(pid);
  writeRunFile(dataDir, 'supervisor.json', { pid, startedAt: 1, processStart, control: endpoint.address });
}

function want(wanted: 'running' | 'stopped'): void {
  const flags = { host: null, port: null, discoveryPort: null, set: [] };
  writeRunFile(dataDir, 'wanted.json', { wanted, flags, deaths: [], lastDeath: null, supervisorStarts: [] });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('a supervisor that was asked to stop and hangs is not the end; one that answered and went is', async () => {
  const stopped = desk.ask('control:stop', {});
  answering = coreEnded.promise;
  await until(() => desk.links.status === null);
  expect(desk.isServerStopped()).toBe(false);
  coreEnded.resolve();
  await stopped;
  await until(() => desk.links.status?.state === 'stopped');
  expect(desk.isServerStopped()).toBe(false);
  await supervisor.close();
  await until(() => desk.links.status === null);
  expect(desk.isServerStopped()).toBe(true);
  await until(() => desk.links.hasEnded === true);
  state = 'running';
  await startSupervisor();
  await until(() => desk.links.status !== null);
  expect(desk.links.hasEnded).toBe(false);
  want('stopped');
  answering = new Promise(() => undefined);
  await until(() => desk.links.status === null);
  expect(desk.isServerStopped()).toBe(false);
}, 60_000);

test('a stop that somebody else asked for is over when nobody listens and no process is left', async () => {
  want('stopped');
  await supervisor.close();
  await until(() => desk.links.status === null);
  // It closes its socket before it ends.
  expect(desk.isServerStopped()).toBe(false);
  removeRunFile(dataDir, 'supervisor.json');
  await until(() => desk.links.hasEnded === true);
  want('running');
  expect(desk.isServerStopped()).toBe(false);
}, 60_000);
