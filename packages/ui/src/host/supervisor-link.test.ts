import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlHandlers,
  type ControlServer,
  controlToken,
  endpointToServe,
  type ServerStatus,
  type SupervisorControl,
  serveControl,
  supervisorControl,
} from '@masala/protocol/control';
import { statusWith } from '../bridge/testing-status.ts';
import { SupervisorLink } from './supervisor-link.ts';

let dataDir: string;
let server: ControlServer | undefined;
let link: SupervisorLink | undefined;
let told: (string | null)[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-link-'));
  controlToken(dataDir);
  told = [];
});
afterEach(async () => {
  link?.close();
  await server?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const statusOf = (name: string): ServerStatus => statusWith({ name });

/** A supervisor of which only what the link asks is there; `watch` may hang. */
async function serve(name: string, watch: () => Promise<void> = async () => undefined): Promise<void> {
  const handlers = {
    status: () => statusOf(name),
    watch: async (_params: unknown, peer: Parameters<ControlHandlers<SupervisorControl>['watch']>[1]) => {
      await watch();
      peer.emit('work.progress', { id: 'w1', work: 'backup', phase: 'copy', done: 1, total: 2 });
      return statusOf(name);
    },
    pair: () => ({ offerId: '1', code: name, expiresAt: 0 }),
  } as unknown as ControlHandlers<SupervisorControl>;
  server = await serveControl({
    endpoint: endpointToServe(dataDir, supervisorControl),
    token: controlToken(dataDir),
    log: () => undefined,
    handlers,
  });
}

function open(): SupervisorLink {
  link = new SupervisorLink({
    dataDir,
    onStatus: (status) => {
      const name = status?.name ?? null;
      if (told.at(-1) !== name) told.push(name);
    },
    onWorkProgress: () => undefined,
  });
  return link;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('finds a supervisor that starts later, loses it, and finds the one after it', async () => {
  const opened = open();
  await expect(opened.call('pair', {})).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
  await serve('first');
  await until(() => told.at(-1) === 'first');
  expect((await opened.call('pair', {})).code).toBe('first');
  await server?.close();
  await until(() => told.at(-1) === null);
  const waiting = opened.call('pair', {});
  await serve('second');
  expect((await waiting).code).toBe('second');
  await until(() => told.at(-1) === 'second');
  expect(told).toEqual([null, 'first', null, 'second']);
});

test('tells that a supervisor hangs, and that it came back, over the same connection', async () => {
  let waking = Promise.withResolvers<void>();
  waking.resolve();
  await serve('sleeper', () => waking.promise);
  open();
  await until(() => told.at(-1) === 'sleeper');
  waking = Promise.withResolvers();
  await until(() => told.at(-1) === null);
  waking.resolve();
  await until(() => told.at(-1) === 'sleeper');
  expect(told).toEqual(['sleeper', null, 'sleeper']);
});
