// The client over real TLS against a server that misbehaves in every way a network or a server can.

import { once } from 'node:events';
import { createServer, type Socket as NetSocket } from 'node:net';
import { type EventName, errorFrame, eventFrame, limits, MasalaError, resultFrame } from '@masala/protocol';
import { Client, type ConnectOptions } from './client.ts';
import type { EventMessage } from './subscriptions.ts';
import { respond, signedBeacon } from './testing/beacon-responder.ts';
import { type FixtureIdentity, makeFixtureIdentity } from './testing/certificate.ts';
import { FIXTURE_ID, FixtureServer, refuse, SILENCE } from './testing/fixture-server.ts';

const TOKEN = 't'.repeat(43);
const ITEM = { sku: 'A-1', name: 'Bolt', unit: 'pcs' };

let identity: FixtureIdentity;
let server: FixtureServer;
const clients: Client[] = [];

beforeAll(async () => {
  identity = await makeFixtureIdentity();
});

beforeEach(async () => {
  server = await serve();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
});

async function serve(port = 0): Promise<FixtureServer> {
  const fixture = new FixtureServer(identity);
  fixture.tokens.add(TOKEN);
  return fixture.listen(port);
}

/** A client of the present server that retries quickly. */
function client(changes: Partial<ConnectOptions> = {}): Client {
  const made = new Client({
    serverId: identity.serverId,
    address: '127.0.0.1',
    port: server.port,
    token: TOKEN,
    retryDelayMs: 20,
    ...changes,
  });
  clients.push(made);
  return made;
}

/** A client that is connected: a short deadline then measures the call and not the way to the server. */
async function signedIn(): Promise<Client> {
  const made = client();
  await until(() => made.state.phase === 'ready');
  return made;
}

/** The error that a call is rejected with. */
async function refusal(call: Promise<unknown>): Promise<MasalaError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof MasalaError) return error;
    throw error;
  }
  throw new Error('the call was answered');
}

async function until(condition: () => boolean): Promise<void> {
  // Ends, so that a test that fails does not keep its file running for ever.
  for (let turns = 0; !condition(); turns++) {
    if (turns > 10_000) throw new Error(`not yet: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('connecting', () => {
  test('a certificate that is not the pinned one is sent nothing', async () => {
    const stranger = client({ serverId: 'ab'.repeat(32) });
    await until(() => stranger.state.phase === 'waiting' && stranger.state.failures >= 3);
    expect(server.applicationBytes).toBe(0);
    expect(server.requests).toEqual([]);
    const error = await refusal(stranger.call('session.whoami', {}, { deadlineMs: 100 }));
    expect(error.code).toBe('SERVER_IDENTITY_MISMATCH');
  });

  test('greets, signs in, and answers a call', async () => {
    const answer = await client().call('session.whoami', {});
    expect(answer.deviceName).toBe('desk');
    expect(server.requests.map(({ method }) => method)).toEqual([
      'session.hello',
      'session.authenticate',
      'session.whoami',
    ]);
  });

  test('an unknown device ends the connection and every call, writes included', async () => {
    const stranger = client({ token: 'x'.repeat(43) });
    expect((await refusal(stranger.call('items.create', ITEM))).code).toBe('DEVICE_UNKNOWN');
    expect((await refusal(stranger.call('session.whoami', {}))).code).toBe('DEVICE_UNKNOWN');
    expect(stranger.state.phase).toBe('ended');
  });

  test('a server in recovery is asked again until it runs', async () => {
    server.onFirst('session.authenticate', 2, refuse('SERVER_IN_RECOVERY'));
    const phases: string[] = [];
    const patient = client();
    patient.on('state', (state) => phases.push(state.phase === 'waiting' ? state.reason.code : state.phase));
    await patient.call('items.create', ITEM);
    expect(phases.filter((phase) => phase === 'SERVER_IN_RECOVERY')).toHaveLength(2);
  });

  test('a server that speaks another protocol is never asked twice', async () => {
    server.on(
      'session.hello',
      refuse('PROTOCOL_VERSION_UNSUPPORTED', { server: { minimum: 2, maximum: 3 } }),
    );
    const old = client();
    expect((await refusal(old.call('items.create', ITEM))).code).toBe('PROTOCOL_VERSION_UNSUPPORTED');
    expect(server.connectionsAccepted).toBe(1);
  });

  test('a hello that is none is a failed attempt', async () => {
    server.onFirst('session.hello', 1, () => ({ protocol: 'one' }));
    await client().call('session.whoami', {});
    expect(server.paramsOf('session.hello')).toHaveLength(2);
  });

  test('bytes that are no frames are a lost connection', async () => {
    server.onFirst('session.authenticate', 1, ({ connection }) => {
      connection.send(Buffer.from([0xff, 0xff, 0xff, 0xff, 0]));
      return SILENCE;
    });
    server.onFirst('session.hello', 1, ({ connection }) => {
      connection.send(Buffer.from([0, 0, 0, 1, 0xc1]));
      return SILENCE;
    });
    await client().call('session.whoami', {});
  });

  test('a restart is noticed by the boot sequence', async () => {
    const watcher = client();
    await watcher.call('session.whoami', {});
    const boots: unknown[] = [];
    watcher.on('boot', (boot) => boots.push(boot));
    const { port } = server;
    await server.stop();
    server = new FixtureServer(identity);
    server.tokens.add(TOKEN);
    server.bootSequence = 9;
    await server.listen(port);
    await watcher.call('session.whoami', {});
    expect(boots).toEqual([{ bootSequence: 9, previous: 1 }]);
  });

  test('a server that moved to another port is found again', async () => {
    const responder = await respond((nonce) => [signedBeacon(identity, { port: server.port, nonce })]);
    try {
      const watcher = client({ discoveryPort: responder.port });
      await watcher.call('session.whoami', {});
      const moved = new Promise((resolve) => watcher.once('moved', resolve));
      const oldPort = server.port;
      await server.stop();
      // Something else took the port: it accepts and says nothing that TLS would understand.
      const squatter = createServer(
        (socket: NetSocket) => void socket.on('error', () => undefined).end('hello\n'),
      );
      await once(squatter.listen(oldPort, '127.0.0.1'), 'listening');
      server = await serve();
      await watcher.call('items.create', ITEM);
      expect(await moved).toMatchObject({ port: server.port });
      squatter.close();
    } finally {
      await responder.close();
    }
  });

  test('a silent server is left, and its writes are answered by the next connection', async () => {
    server.pingIntervalMs = 40;
    server.onFirst('items.create', 1, () => {
      // From here on nothing is answered on this connection, pings included.
      server.onFirst('session.ping', 100, () => SILENCE);
      for (const connection of server.connections)
        connection.socket.once('close', () => server.on('session.ping', () => ({ serverTime: 0 })));
      return SILENCE;
    });
    await client().call('items.create', ITEM);
    expect(server.paramsOf('session.hello')).toHaveLength(2);
    expect(server.paramsOf('session.ping').length).toBeGreaterThan(0);
  });

  test('a long call is no silence as long as pings are answered', async () => {
    server.pingIntervalMs = 100;
    server.on(
      'ledger.verify',
      () => new Promise((resolve) => setTimeout(() => resolve({ consistent: true }), 800)),
    );
    await client().call('ledger.verify', {});
    expect(server.paramsOf('session.hello')).toHaveLength(1);
    expect(server.paramsOf('ledger.verify')).toHaveLength(1);
  });
});

describe('writes', () => {
  test('survive connections that drop between question and answer, and are booked once', async () => {
    server.onFirst('items.create', 3, (request) => {
      server.book(request);
      request.connection.drop();
      return SILENCE;
    });
    const result = await client().call('items.create', ITEM);
    expect(result.version).toBe(1);
    const ids = server.paramsOf('items.create').map((params) => params['commandId']);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
    expect([...server.booked.values()].map(({ times }) => times)).toEqual([4]);
  });

  test('survive a server that is away, and arrive in the order in which they were called', async () => {
    const patient = client();
    await patient.call('session.whoami', {});
    const { port } = server;
    await server.stop();
    const answers = ['A', 'B', 'C'].map((sku) => patient.call('items.create', { ...ITEM, sku }));
    await until(() => patient.state.phase === 'waiting' && patient.state.failures > 2);
    server = await serve(port);
    await Promise.all(answers);
    expect(server.paramsOf('items.create').map((params) => params['sku'])).toEqual(['A', 'B', 'C']);
  });

  test.each([
    'SERVER_BUSY',
    'DISK_FULL',
    'SERVER_STOPPING',
    'READ_ONLY',
    'TOO_MANY_REQUESTS',
    'DEADLINE_EXCEEDED',
  ] as const)('are not ended by %s', async (code) => {
    server.onFirst('items.create', 3, refuse(code));
    await client().call('items.create', ITEM);
    const ids = server.paramsOf('items.create').map((params) => params['commandId']);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
  });

  test.each(['SKU_TAKEN', 'FORBIDDEN', 'COMMAND_ID_REUSED', 'CONFLICT', 'INTERNAL'] as const)(
    'end by %s',
    async (code) => {
      server.on('items.create', refuse(code, { itemId: 'x' }, { incidentId: 'i-7' }));
      const error = await refusal(client().call('items.create', ITEM));
      expect(error).toMatchObject({ code, data: { itemId: 'x' }, incidentId: 'i-7' });
      expect(server.paramsOf('items.create')).toHaveLength(1);
    },
  );

  test('a code that only a newer server knows ends them too', async () => {
    server.on('items.create', ({ id, connection }) => {
      connection.send(errorFrame(id, { code: 'FULL_MOON' as 'INTERNAL', message: 'wait' }));
      return SILENCE;
    });
    expect(await refusal(client().call('items.create', ITEM))).toMatchObject({
      code: 'INTERNAL',
      data: { code: 'FULL_MOON' },
    });
  });

  test('end by their caller, who is told the command id', async () => {
    server.on('items.create', () => SILENCE);
    const abort = new AbortController();
    const call = client().call('items.create', ITEM, { signal: abort.signal });
    await until(() => server.paramsOf('items.create').length === 1);
    abort.abort();
    const error = await refusal(call);
    expect(error.code).toBe('CANCELLED');
    expect(error.data).toEqual({ commandId: server.paramsOf('items.create')[0]?.['commandId'] });
  });

  test('a cancelled one is not sent again', async () => {
    const { port } = server;
    server.on('items.create', () => SILENCE);
    const abort = new AbortController();
    const one = client();
    const call = one.call('items.create', ITEM, { signal: abort.signal });
    await until(() => server.paramsOf('items.create').length === 1);
    await server.stop();
    abort.abort();
    expect((await refusal(call)).code).toBe('CANCELLED');
    server = await serve(port);
    await one.call('session.whoami', {});
    expect(server.paramsOf('items.create')).toEqual([]);
    expect(one.pendingCount).toBe(0);
  });

  test('keep what they were called with, though the caller goes on to change it', async () => {
    server.on('receipts.create', (request) => server.book(request));
    server.onFirst('receipts.create', 2, ({ connection }) => {
      connection.drop();
      return SILENCE;
    });
    const line = { itemId: FIXTURE_ID, quantity: 1 };
    const call = client().call('receipts.create', { lines: [line] });
    line.quantity = 2;
    await call;
    const quantities = server
      .paramsOf('receipts.create')
      .map(({ lines }) => (lines as (typeof line)[])[0]?.quantity);
    expect(quantities).toEqual([1, 1, 1]);
  });

  test('a given command id is the one that is sent', async () => {
    const commandId = '0190a5b4-0000-7000-8000-00000000abcd';
    await client().call('items.create', { ...ITEM, commandId });
    expect([...server.booked.keys()]).toEqual([commandId]);
  });

  test('are answered once, whatever is answered twice or to nobody', async () => {
    server.onFirst('items.create', 1, (request) => {
      const result = server.book(request);
      const { connection, id } = request;
      connection.send(resultFrame(4_000_000, { id: 'nobody' }));
      connection.send(resultFrame(id, result));
      connection.send(resultFrame(id, { id: 'twice' }));
      return SILENCE;
    });
    const one = client();
    expect(await one.call('items.create', ITEM)).toMatchObject({ version: 1 });
    await one.call('session.whoami', {});
    expect(server.paramsOf('session.hello')).toHaveLength(1);
  });
});

describe('frames that the server cannot read', () => {
  test('too large a call is refused without being sent', async () => {
    const lines = Array.from({ length: limits.documentLinesMax }, () => ({
      itemId: '0190a5b4-0000-7000-8000-000000000001',
      quantity: 1,
      reason: 'ä'.repeat(limits.nameMaxLength),
    }));
    server.on('session.hello', () => ({ ...server.hello(), frameMaxBytes: 10_000 }));
    const one = client();
    const error = await refusal(one.call('receipts.create', { lines }));
    expect(error.code).toBe('FRAME_TOO_LARGE');
    expect(server.paramsOf('receipts.create')).toEqual([]);
    await one.call('session.whoami', {});
    expect(server.connectionsAccepted).toBe(1);
  });

  test('the one that the server cannot read is rejected, and its neighbours are booked', async () => {
    server.on('items.create', (request) => {
      if (request.params['sku'] !== 'EVIL') return server.book(request);
      request.connection.send(errorFrame(0, new MasalaError('FRAME_MALFORMED').toWire()));
      request.connection.socket.end();
      return SILENCE;
    });
    const one = client();
    await one.call('session.whoami', {});
    const calls = ['A', 'EVIL', 'B'].map((sku) => one.call('items.create', { ...ITEM, sku }));
    const [first, evil, last] = await Promise.allSettled(calls);
    expect([first?.status, evil?.status, last?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(evil).toMatchObject({ reason: { code: 'FRAME_MALFORMED' } });
    expect(server.booked.size).toBe(2);
    expect(server.paramsOf('items.create').filter(({ sku }) => sku === 'EVIL').length).toBeLessThanOrEqual(2);
  });
});

describe('reads', () => {
  test('are retried over connections and retryable refusals within their deadline', async () => {
    server.onFirst('items.get', 3, refuse('SERVER_BUSY'));
    server.onFirst('items.get', 1, ({ connection }) => {
      connection.drop();
      return SILENCE;
    });
    expect(await client().call('items.get', { sku: 'A' })).toMatchObject({ sku: 'A' });
    expect(server.paramsOf('items.get')).toHaveLength(5);
  });

  test('end by their deadline', async () => {
    server.on('items.get', () => SILENCE);
    const one = await signedIn();
    const error = await refusal(one.call('items.get', { sku: 'A' }, { deadlineMs: 100 }));
    expect(error).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      data: { method: 'items.get', deadlineMs: 100 },
    });
  });

  test('end by their deadline with the reason of a refusal that lasted', async () => {
    server.on('items.get', refuse('SERVER_BUSY'));
    const one = await signedIn();
    // Long enough for one refusal to be heard on the busiest machine.
    const error = await refusal(one.call('items.get', { sku: 'A' }, { deadlineMs: 3_000 }));
    expect(error.code).toBe('SERVER_BUSY');
  });

  test('end by their deadline while the server is away', async () => {
    await server.stop();
    const error = await refusal(client().call('items.get', { sku: 'A' }, { deadlineMs: 200 }));
    expect(error.code).toBe('CONNECTION_LOST');
  });

  test('more than the server takes at once wait in the client', async () => {
    let open = 0;
    let most = 0;
    server.on('items.get', async ({ params }) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open--;
      return { sku: params['sku'] };
    });
    const one = client();
    const skus = Array.from({ length: 1_000 }, (_, index) => `S${index}`);
    const answers = await Promise.all(
      skus.map((sku) => one.call('items.get', { sku }, { deadlineMs: 60_000 })),
    );
    expect(answers.map(({ sku }) => sku)).toEqual(skus);
    expect(most).toBeLessThanOrEqual(limits.requestsInFlightPerSessionMax);
    expect(most).toBeGreaterThan(100);
  });
});

describe('bad values', () => {
  test.each([
    ['a lone surrogate', { ...ITEM, name: '\ud800' }],
    ['NaN', { ...ITEM, decimals: Number.NaN }],
    ['a huge integer', { ...ITEM, decimals: 1e300 }],
  ])('%s never leaves the client', async (_, params) => {
    const one = client();
    expect((await refusal(one.call('items.create', params))).code).toBe('PARAMS_INVALID');
    await one.call('session.whoami', {});
    expect(server.paramsOf('items.create')).toEqual([]);
  });
});

describe('events', () => {
  const posted = {
    id: '0190a5b4-0000-7000-8000-000000000001',
    kind: 'receipt',
    status: 'posted',
    number: 'GRN-1',
  };

  test('reach those who asked for them, over a reconnect as well', async () => {
    const one = client();
    const heard: EventMessage[] = [];
    const stop = one.subscribe(['document.posted'], (message) => void heard.push(message));
    await one.call('session.whoami', {});
    server.broadcast('document.posted', posted);
    server.broadcast('stock.changed', { itemIds: [], reload: true });
    await until(() => heard.length === 1);

    for (const connection of server.connections) connection.drop();
    await until(() => server.paramsOf('session.subscribe').length === 2);
    await one.call('session.whoami', {});
    server.broadcast('document.posted', posted);
    await until(() => heard.length === 2);
    expect(heard.every(({ event }) => event === 'document.posted')).toBe(true);

    stop();
    await one.call('session.whoami', {});
    expect(server.paramsOf('session.subscribe').map(({ events }) => events)).toEqual([
      ['document.posted'],
      ['document.posted'],
      [],
    ]);
  });

  test('a listener that lagged is told, whatever it asked for', async () => {
    const one = client();
    const heard: EventName[] = [];
    one.subscribe(['stock.changed'], ({ event }) => void heard.push(event));
    await one.call('session.whoami', {});
    server.broadcast('session.lagged', { dropped: 12 });
    server.broadcast('future.event', {});
    await one.call('session.whoami', {});
    expect(heard).toEqual(['session.lagged']);
  });

  test('a refused subscription is tried again on a new connection', async () => {
    server.onFirst('session.subscribe', 1, refuse('SERVER_BUSY'));
    const one = client();
    const heard: unknown[] = [];
    one.subscribe(['document.posted'], (message) => void heard.push(message));
    await until(() => server.paramsOf('session.subscribe').length === 2);
    for (const connection of server.connections) connection.send(eventFrame('document.posted', posted));
    await until(() => heard.length === 1);
  });
});

test('closing rejects what is pending and leaves nothing behind', async () => {
  server.on('items.create', () => SILENCE);
  const one = client();
  const call = one.call('items.create', ITEM);
  await until(() => server.paramsOf('items.create').length === 1);
  one.close();
  expect((await refusal(call)).code).toBe('CANCELLED');
  expect((await refusal(one.call('session.whoami', {}))).code).toBe('CANCELLED');
  await until(() => server.connections.size === 0);
});
