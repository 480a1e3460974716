// The control channel over real sockets: calls, events, and everybody who must not get in.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { limits } from '../limits.ts';
import { eventFrame, requestFrame } from '../wire/envelope.ts';
import { frame } from '../wire/framing.ts';
import { type ControlEndpoint, endpointToCall, endpointToServe } from './addresses.ts';
import { connectControl } from './connect.ts';
import {
  type ControlHandlers,
  type ControlPeer,
  type CoreControl,
  coreControl,
  supervisorControl,
} from './contract.ts';
import { proofOf } from './proof.ts';
import { type ControlServer, serveControl } from './serve.ts';
import { controlToken } from './token.ts';

const pong = {
  sequence: 0,
  pid: process.pid,
  startedAt: 1,
  state: 'running',
  flags: ['degraded'],
  clients: 2,
  queueDepth: 0,
  eventLoopLagMs: 1,
  oldestCommandMs: 0,
  progress: 9,
} as const;

let dataDir: string;
let token: Buffer;
let endpoint: ControlEndpoint<CoreControl>;
let server: ControlServer | undefined;
let logged: string[];
let peers: ControlPeer<CoreControl>[];
const cleanUps: (() => void)[] = [];

const handlers: ControlHandlers<CoreControl> = {
  ping: ({ sequence }) => ({ ...pong, flags: [...pong.flags], sequence }),
  status: () => {
    throw new Error('a broken invariant');
  },
  stop: () => new Promise(() => undefined),
  pair: ({ role }) => ({ offerId: 'offer', code: `CODE-${role ?? 'office'}`, expiresAt: 5 }),
  'devices.list': () => ({ devices: [], openOffers: [] }),
  'devices.revoke': ({ deviceId }) => ({ deviceId, revokedAt: 6 }),
  'clients.list': () => ({ clients: [] }),
  'metrics.read': () => ({ stepMs: 1, points: [] }),
  'disks.read': () => ({
    data: { folder: '/', freeBytes: 1, totalBytes: 2 },
    ...{ second: null, databaseBytes: 0, lowBytes: 0, criticalBytes: 0 },
  }),
  'settings.inForce': () => ({ settings: [] }),
  'backup.checkFolder': ({ folder }) => ({ folder, problem: null, sameDisk: false, freeBytes: null }),
  'backup.preview': () => ({ comparable: false, undoneCommands: 0, undoneDocuments: 0, documents: [] }),
  'backup.list': () => ({ points: [], unreachable: [], journal: null }),
  'backup.now': () => new Promise(() => undefined),
  'backup.verify': () => ({ points: [] }),
  'recovery.restore': () => ({ started: true }),
  'recovery.salvage': () => ({ started: true }),
  'recovery.fresh': () => ({ started: true }),
  attach: (_params, peer) => {
    peers.push(peer);
    return { pid: process.pid, startedAt: 1 };
  },
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-control-'));
  token = controlToken(dataDir);
  endpoint = endpointToServe(dataDir, coreControl);
  logged = [];
  peers = [];
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  await server?.close();
  server = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function serve(): Promise<void> {
  server = await serveControl({ endpoint, token, handlers, log: (event) => void logged.push(event) });
}

async function connect(options: { readonly token?: Uint8Array; readonly timeoutMs?: number } = {}) {
  const connection = await connectControl({
    endpoint: endpointToCall(dataDir, coreControl),
    token,
    ...options,
  });
  cleanUps.push(() => connection.close());
  return connection;
}

/** A bare socket that speaks whatever the test says. */
async function bareSocket(): Promise<Socket> {
  const socket = createConnection(endpoint.address);
  socket.on('error', () => undefined);
  socket.resume(); // a socket that nobody reads never tells that it was closed
  cleanUps.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function listenBare(onConnection: (socket: Socket) => void): Promise<Server> {
  const squatter = createServer((socket) => {
    socket.on('error', () => undefined);
    cleanUps.push(() => socket.destroy());
    onConnection(socket);
  });
  cleanUps.push(() => squatter.close());
  squatter.listen(endpoint.address);
  await once(squatter, 'listening');
  return squatter;
}

describe('calls', () => {
  test('params go out and results come back, many at once', async () => {
    await serve();
    const connection = await connect();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, sequence) => connection.call('ping', { sequence })),
    );
    expect(answers.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await connection.call('pair', { role: 'viewer' })).toEqual({
      offerId: 'offer',
      code: 'CODE-viewer',
      expiresAt: 5,
    });
  });

  test('params that do not fit, unknown methods and faults are coded errors, and the connection goes on', async () => {
    await serve();
    const connection = await connect();
    await expect(connection.call('ping', { sequence: 'x' } as never)).rejects.toMatchObject({
      code: 'PARAMS_INVALID',
    });
    await expect(connection.call('nothing' as never, {} as never)).rejects.toMatchObject({
      code: 'METHOD_UNKNOWN',
    });
    await expect(connection.call('__proto__' as never, {} as never)).rejects.toMatchObject({
      code: 'METHOD_UNKNOWN',
    });
    const fault = await connection.call('status', {}).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'INTERNAL' });
    expect(JSON.stringify(fault)).not.toContain('invariant');
    expect(logged).toEqual(['rpc.request.failed']);
    expect(await connection.call('ping', { sequence: 1 })).toMatchObject({ progress: 9 });
  });

  test('a call that is not answered ends at its deadline, or with the connection', async () => {
    await serve();
    const connection = await connect();
    await expect(connection.call('stop', {}, 20)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    const pending = connection.call('stop', {});
    pending.catch(() => undefined);
    await server?.close();
    await expect(pending).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(connection.call('ping', { sequence: 1 })).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  test('more calls in flight than a connection may have are refused one by one', async () => {
    await serve();
    const connection = await connect();
    const calls = Array.from({ length: 40 }, () =>
      connection.call('stop', {}, 300).catch((error) => error.code),
    );
    const codes = await Promise.all(calls);
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(8);
  });

  test('events reach the peer that asked for them, and the server learns when it is gone', async () => {
    await serve();
    const connection = await connect();
    const told = new Promise((resolve) => {
      connection.onEvent('state.changed', resolve);
    });
    await connection.call('attach', { supervisorPid: 1, startedAt: 1 });
    peers[0]?.emit('state.changed', { state: 'draining', flags: [], progress: 3 });
    expect(await told).toEqual({ state: 'draining', flags: [], progress: 3 });
    connection.close();
    await peers[0]?.closed;
  });
});

describe('who may not come in', () => {
  test('a wrong token is refused on both ends, and nothing is called', async () => {
    await serve();
    await expect(connect({ token: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'CONTROL_REFUSED' });
    expect(logged).toEqual(['control.refused']);
  });

  test('a squatter that has not the token is found out, and never sees it', async () => {
    const seen: Buffer[] = [];
    await listenBare((socket) => {
      socket.on('data', (chunk) => seen.push(chunk));
      socket.write(eventFrame('challenge', { nonce: Buffer.alloc(32, 1) }));
      // It answers with what it has: the client's own proof.
      socket.once('data', () => socket.write(frame(Buffer.from([0x94, 1, 1, 0xc0, 0x80]))));
    });
    await expect(connect()).rejects.toMatchObject({ code: 'CONTROL_REFUSED' });
    expect(Buffer.concat(seen).includes(token)).toBe(false);
  });

  test('a squatter that says nothing costs the time-out only', async () => {
    await listenBare(() => undefined);
    await expect(connect({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
  });

  test('a proof for another endpoint, another side or another nonce is worth nothing', () => {
    const challenge = {
      serverNonce: Buffer.alloc(32, 1),
      clientNonce: Buffer.alloc(32, 2),
      endpoint: 'core',
    } as const;
    const proofs = [
      proofOf(token, 'client', challenge),
      proofOf(token, 'server', challenge),
      proofOf(token, 'client', { ...challenge, endpoint: supervisorControl.name }),
      proofOf(token, 'client', { ...challenge, serverNonce: Buffer.alloc(32, 3) }),
      proofOf(token, 'client', { ...challenge, clientNonce: Buffer.alloc(32, 3) }),
    ].map((proof) => proof.toString('hex'));
    expect(new Set(proofs).size).toBe(proofs.length);
  });

  test('a call before the proof closes the connection', async () => {
    await serve();
    const socket = await bareSocket();
    socket.write(requestFrame(1, 'pair', {}));
    await once(socket, 'close');
    expect(logged).toEqual(['control.refused']);
  });

  test.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a body that is no msgpack', frame(Buffer.from([0xc1]))],
    ['a frame over the limit', Buffer.from([0x00, 0x20, 0x00, 0x00])],
    ['a bomb', frame(Buffer.from('ddffffffff', 'hex'))],
    ["what kills node-ipc's own parser", Buffer.from('null\f')],
  ])('%s closes its connection, and others are served', async (_name, bytes) => {
    await serve();
    const connection = await connect();
    const socket = await bareSocket();
    socket.write(bytes);
    // `null\f` reads as the beginning of a frame of 1.8 GB.
    await once(socket, 'close');
    expect(await connection.call('ping', { sequence: 1 })).toMatchObject({ sequence: 1 });
  });

  test('a proved peer that sends a frame over the limit is closed', async () => {
    await serve();
    const connection = await connect();
    const other = await connect();
    const tooLong = { deviceId: 'x'.repeat(limits.controlFrameMaxBytes) };
    await expect(other.call('devices.revoke', tooLong)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(await connection.call('ping', { sequence: 1 })).toMatchObject({ sequence: 1 });
  });

  test('beyond the limit of connections a new one is closed, and a place is free again later', async () => {
    await serve();
    const sockets = await Promise.all(Array.from({ length: limits.controlConnectionsMax }, bareSocket));
    await expect(connect()).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
    const [first] = sockets;
    first?.destroy();
    for (;;) {
      const connection = await connect().catch(() => null);
      if (connection !== null) break;
    }
  });
});

/** What a process that was killed leaves behind: the name of a socket on which nobody listens. */
async function leaveDeadSocket(): Promise<void> {
  const owner = createServer().listen(`${endpoint.address}.x`);
  await once(owner, 'listening');
  linkSync(`${endpoint.address}.x`, endpoint.address);
  owner.close();
  await once(owner, 'close');
}

describe('the socket', () => {
  test('of a killed owner is taken over; of a living one it is not', async () => {
    const owner = spawn(
      process.execPath,
      [
        '-e',
        `require('net').createServer().listen(${JSON.stringify(endpoint.address)}, () => console.log('up'))`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(owner.stdout, 'data');
    await expect(serve()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(existsSync(endpoint.address)).toBe(true);
    await serve();
    expect(await (await connect()).call('ping', { sequence: 4 })).toMatchObject({ sequence: 4 });
  });

  test('of a killed owner goes to one of those who come at the same time, and is never taken from it', async () => {
    for (let turn = 0; turn < 10; turn++) {
      await leaveDeadSocket();
      const begun = await Promise.allSettled(
        Array.from({ length: 4 }, () =>
          serveControl({ endpoint, token, handlers, log: (event) => void logged.push(event) }),
        ),
      );
      const served = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const refused = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
      expect([served.length, refused]).toEqual([1, ['EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE']]);
      expect(served[0]?.stands()).toBe(true);
      expect(await (await connect()).call('ping', { sequence: turn })).toMatchObject({ sequence: turn });
      await served[0]?.close();
      expect(readdirSync(dirname(endpoint.address))).toEqual(['control.token']);
    }
  });

  test("that was taken away and given to another stays that one's", async () => {
    await serve();
    const first = server;
    rmSync(endpoint.address);
    expect(first?.stands()).toBe(false);
    await serve();
    expect([first?.stands(), server?.stands()]).toEqual([false, true]);
    await first?.close();
    expect(await (await connect()).call('ping', { sequence: 6 })).toMatchObject({ sequence: 6 });
  });

  test('what is no socket is left alone', async () => {
    writeFileSync(endpoint.address, 'a letter');
    await expect(serve()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(readFileSync(endpoint.address, 'utf8')).toBe('a letter');
  });

  test('nobody there is told as such', async () => {
    await expect(connect()).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
  });

  test('works from a folder whose path is too long for a socket', async () => {
    dataDir = join(dataDir, 'a'.repeat(80), 'b'.repeat(80));
    token = controlToken(dataDir);
    endpoint = endpointToServe(dataDir, coreControl);
    await serve();
    expect(await (await connect()).call('ping', { sequence: 5 })).toMatchObject({ sequence: 5 });
  });
});
