// What becomes of a call: its deadline, its handler's unexpected errors, its order among others, the core's state.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { v7 } from 'uuid';
import { createIdentity } from '../access/identity.ts';
import { Metrics } from '../health/metrics.ts';
import { CoreState } from '../state.ts';
import type { CommandRequest } from '../store/writer.ts';
import { WireClient } from '../testing/wire-client.ts';
import { Dispatch } from './dispatch.ts';
import { Events } from './events.ts';
import type { CallContext, ReadHandlers } from './handlers.ts';
import { Listener } from './listener.ts';
import type { OpenHandlers } from './open-methods.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'masala-dispatch-'));
const state = new CoreState();
const logged: { event: string; fields: Readonly<Record<string, unknown>> | undefined }[] = [];
const submitted: CommandRequest[] = [];
const PATIENT_MS = 600_000;
let slowCall: CallContext | undefined;
let listener: Listener;
let client: WireClient;
let bystander: WireClient;

const openHandlers = {
  'session.hello': (_: unknown, session: Parameters<OpenHandlers['session.hello']>[1]) => {
    session.greet('test');
    const device = { deviceId: v7(), name: 'test', tokenHash: '', pairedAt: 0, revokedAt: null };
    session.signIn({ ...device, role: 'office' });
    return {};
  },
} as unknown as OpenHandlers;

/** Handlers that do what the tests need, under names of the contract. */
const readHandlers = {
  'session.ping': () => ({ serverTime: 1 }),
  'units.list': () => {
    throw new Error('planted');
  },
  'items.list': () => Promise.reject(new Error('planted later')),
  'partners.list': (_: unknown, call: CallContext) => {
    slowCall = call;
    return new Promise(() => undefined);
  },
} as unknown as ReadHandlers;

beforeAll(async () => {
  state.enter('running');
  const log = (event: string, fields?: Readonly<Record<string, unknown>>) =>
    void logged.push({ event, fields });
  const events = new Events();
  const dispatch = new Dispatch({
    state,
    openHandlers,
    readHandlers,
    submit: (command) => {
      submitted.push(command);
      return command.refusal === null
        ? Promise.reject(new MasalaError('INTERNAL'))
        : Promise.reject(MasalaError.fromWire(command.refusal));
    },
    requestTimeoutMs: 300,
    now: Date.now,
    metrics: new Metrics(),
    log,
    onStorageFault: () => undefined,
    incidentPrefix: 'test',
  });
  listener = new Listener({
    identity: await createIdentity(dataDir),
    timeouts: { handshakeMs: PATIENT_MS, frameMs: PATIENT_MS, writeMs: PATIENT_MS, idleMs: PATIENT_MS },
    connectionsMax: 10,
    connectionsPerAddressMax: 10,
    dispatch,
    events,
    onClients: () => undefined,
    log,
  });
  const port = await listener.listen('127.0.0.1', 0);
  client = await WireClient.connect(port);
  bystander = await WireClient.connect(port);
  await client.hello();
  await bystander.hello();
});
afterEach(async () => {
  state.enter('running');
  state.flag('read-only', false);
  expect(await client.codeOf('session.ping', {})).toBeNull();
  expect(await bystander.codeOf('session.ping', {})).toBeNull();
});
afterAll(async () => {
  client.close();
  bystander.close();
  listener.stopAccepting();
  listener.closeSessions(new MasalaError('SERVER_STOPPING'));
  await listener.closed();
  rmSync(dataDir, { recursive: true, force: true });
});

test.each(['units.list', 'items.list'])(
  'an unexpected error of %s is INTERNAL with the incident of the log',
  async (method) => {
    const { error } = await client.request(method, {});
    expect(error).toMatchObject({ code: 'INTERNAL', incidentId: expect.stringMatching(/^test-\d+$/) });
    expect(JSON.stringify(error)).not.toContain('planted');
    const line = logged.find(({ fields }) => fields?.incidentId === error?.incidentId);
    expect(line).toMatchObject({ event: 'rpc.request.failed', fields: { method } });
    expect(line?.fields?.error).toMatchObject({ stack: expect.stringContaining('planted') });
  },
);

test('an unexpected error of the writer has an incident too', async () => {
  const { error } = await client.request('units.create', { commandId: v7(), code: 'x', name: 'x' });
  expect(error).toMatchObject({ code: 'INTERNAL', incidentId: expect.stringMatching(/^test-\d+$/) });
});

test('a read that takes too long is answered, told to stop, and logged; later calls are answered before it', async () => {
  const slow = client.request('partners.list', {});
  const { signal } = await whenCalled();
  expect(signal.aborted).toBe(false);
  expect(await client.codeOf('session.ping', {})).toBeNull();
  expect((await slow).error).toMatchObject({ code: 'DEADLINE_EXCEEDED', data: { method: 'partners.list' } });
  expect(signal.aborted).toBe(true);
  expect(logged).toContainEqual({
    event: 'rpc.request.slow',
    fields: expect.objectContaining({ method: 'partners.list' }),
  });
});

test('a read whose connection goes is told to stop', async () => {
  const own = await WireClient.connect(client.socket.remotePort ?? 0);
  await own.hello();
  slowCall = undefined;
  const unanswered = own.request('partners.list', {}).catch((error: unknown) => error);
  const { signal } = await whenCalled();
  own.close();
  await unanswered;
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('while it stops nothing is taken on but questions about itself', async () => {
  state.enter('draining');
  expect(await client.codeOf('units.list', {})).toBe('SERVER_STOPPING');
  expect(await client.codeOf('session.ping', {})).toBeNull();
});

test('a write is given to the writer with what the state says against it, so that a replay is found first', async () => {
  state.flag('read-only', true);
  expect(await client.codeOf('units.create', { commandId: v7(), code: 'x', name: 'x' })).toBe('READ_ONLY');
  expect(submitted.at(-1)?.refusal).toMatchObject({ code: 'READ_ONLY' });
  expect(await client.codeOf('imports.run', { importId: v7() })).toBe('READ_ONLY');
});

async function whenCalled(): Promise<CallContext> {
  while (slowCall === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  return slowCall;
}
