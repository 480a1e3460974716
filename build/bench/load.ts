// The load of a bench, in a process of its own: keeps so many requests in flight on so many connections, and counts.
//
// All peers get the same thin client: no retries, no checks, as little work as the protocol allows.

import { Agent, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { encode, FrameReader, frame, limits } from '@masala/protocol';
import { unpack } from 'msgpackr';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';

export interface LoadInput {
  readonly protocol: 'masala' | 'bare' | 'wss' | 'https';
  readonly port: number;
  /** A paired device's token; for `masala` only. */
  readonly token?: string;
  readonly work: 'save' | 'read';
  /** The items that are read, or the one that is received. */
  readonly itemIds: readonly string[];
  readonly connections: number;
  readonly inFlightPerConnection: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface LoadOutput {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** Sends one request; the promise settles with its answer. */
type Ask = (method: string, params: unknown) => Promise<unknown>;

const input = JSON.parse(process.argv[2] ?? '{}') as LoadInput;
const output = await run();
process.stdout.write(`${JSON.stringify(output)}\n`);
process.exit(0);

async function run(): Promise<LoadOutput> {
  const asks = await Promise.all(Array.from({ length: input.connections }, () => open()));
  const latenciesMs: number[] = [];
  let failed = 0;
  const beganAt = performance.now();
  const measureFrom = beganAt + input.warmUpMs;
  const until = measureFrom + input.measureMs;
  const lane = async (ask: Ask) => {
    for (let turn = 0; performance.now() < until; turn++) {
      const sentAt = performance.now();
      try {
        await ask(...nextCall(turn));
      } catch {
        failed += 1;
      }
      if (sentAt >= measureFrom) latenciesMs.push(performance.now() - sentAt);
    }
  };
  const lanes = asks.flatMap((ask) => Array.from({ length: input.inFlightPerConnection }, () => lane(ask)));
  await Promise.all(lanes);
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? Number.NaN;
  const perSecond = (latenciesMs.length * 1000) / input.measureMs;
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99), failed };
}

function nextCall(turn: number): [string, unknown] {
  if (input.work === 'read') {
    const id = input.itemIds[(turn * 7_919 + Math.floor(Math.random() * 1_000)) % input.itemIds.length];
    return ['items.get', { id }];
  }
  const lines = [{ itemId: input.itemIds[0], quantity: 1 + (turn % 9) }];
  return ['receipts.create', { commandId: v7(), reference: `bench ${turn}`, lines }];
}

function open(): Promise<Ask> {
  switch (input.protocol) {
    case 'masala':
    case 'bare':
      return openFramed();
    case 'wss':
      return openWebSocket();
    case 'https':
      return Promise.resolve(openHttps());
  }
}

async function openFramed(): Promise<Ask> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ host: '127.0.0.1', port: input.port, rejectUnauthorized: false }, () =>
      resolve(opened),
    );
    opened.once('error', reject);
  });
  socket.setNoDelay(true);
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const reader = new FrameReader(limits.frameMaxBytes);
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk, (body) => {
      const [, id, error, result] = unpack(body) as [number, number, { code: string } | null, unknown];
      const waiting = pending.get(id);
      pending.delete(id);
      if (error === null) waiting?.resolve(result);
      else waiting?.reject(new Error(error.code));
    });
  });
  let nextId = 1;
  let outgoing: Buffer[] = [];
  const flush = () => {
    socket.write(Buffer.concat(outgoing));
    outgoing = [];
  };
  const ask: Ask = (method, params) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { resolve, reject });
      if (outgoing.length === 0) setImmediate(flush);
      outgoing.push(frame(encode([0, id, method, params])));
    });
  if (input.protocol === 'masala') {
    await ask('session.hello', {
      protocol: { minimum: 1, maximum: 1 },
      client: { name: 'bench', version: '1' },
    });
    await ask('session.authenticate', { token: input.token });
  }
  return ask;
}

async function openWebSocket(): Promise<Ask> {
  const socket = new WebSocket(`wss://127.0.0.1:${input.port}`, { rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const pending = new Map<number, (value: unknown) => void>();
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    pending.get(id)?.(result);
    pending.delete(id);
  });
  let nextId = 1;
  return (method, params) =>
    new Promise((resolve) => {
      const id = nextId++;
      pending.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
}

/** HTTP/1.1 has one request at a time on a connection, so that here each lane has a connection of its own. */
function openHttps(): Ask {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: input.inFlightPerConnection,
    rejectUnauthorized: false,
  });
  return (_, params) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(params);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const options = {
        host: '127.0.0.1',
        port: input.port,
        path: '/receipts',
        method: 'POST',
        agent,
        headers,
      };
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer: unknown = JSON.parse(Buffer.concat(chunks).toString());
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`status ${response.statusCode}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
}
