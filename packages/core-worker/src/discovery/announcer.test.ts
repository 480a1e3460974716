// Being found: a query is answered with a beacon that proves itself, and nobody can make the server shout.

import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Beacon, encodeQuery, limits, readBeacon } from '@masala/protocol';
import { createIdentity } from '../access/identity.ts';
import { announce } from './announcer.ts';
import { AnswerBudget } from './answer-budget.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'masala-announcer-'));
const end = new AbortController();
const logged: string[] = [];
let serverId: string;
let port: number;
let running: Promise<void>;
let listening: Socket;
const heard: Beacon[] = [];

async function socketOn(boundPort: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(boundPort, '0.0.0.0', resolve));
  return socket;
}

beforeAll(async () => {
  const identity = await createIdentity(dataDir);
  serverId = identity.serverId;
  listening = await socketOn(0);
  port = listening.address().port;
  listening.on('message', (datagram) => {
    const beacon = readBeacon(datagram);
    if (beacon !== undefined) heard.push(beacon);
  });
  const describe = () => ({
    serverId,
    certificate: identity.certificateDer,
    name: 'Test',
    port: 4_711,
    state: 'running' as const,
    bootSequence: 3,
  });
  const log = (event: string) => void logged.push(event);
  running = announce({ port, intervalMs: 100, key: identity.key, describe, log }, end.signal);
});
afterAll(async () => {
  end.abort();
  await running;
  listening.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Asks on the broadcast address of loopback; the first answer, or undefined after a while where none comes. */
async function ask(datagram: Buffer, socket: Socket): Promise<Beacon | undefined> {
  const answered = new Promise<Beacon | undefined>((resolve) =>
    socket.once('message', (message) => resolve(readBeacon(message))),
  );
  socket.send(datagram, port, '127.255.255.255');
  return await answered;
}

test('announcements reach other programs on the port, signed and without a nonce', async () => {
  while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard[0]).toMatchObject({ serverId, name: 'Test', port: 4_711, state: 'running', bootSequence: 3 });
  expect(heard[0]?.nonce).toHaveLength(0);
  expect(logged).toContain('discovery.announcing');
});

test("a query is answered with the asker's nonce", async () => {
  const socket = await socketOn(0);
  socket.setBroadcast(true);
  const nonce = randomBytes(16);
  const beacon = await ask(encodeQuery(nonce), socket);
  expect(beacon?.serverId).toBe(serverId);
  expect(Buffer.from(beacon?.nonce ?? [])).toEqual(nonce);
  socket.close();
});

test('garbage is not answered, and does not keep the next query from being answered', async () => {
  const socket = await socketOn(0);
  socket.setBroadcast(true);
  for (const garbage of [
    Buffer.alloc(0),
    randomBytes(40),
    randomBytes(9_000),
    encodeQuery(randomBytes(15)),
  ]) {
    socket.send(garbage, port, '127.0.0.1');
  }
  const nonce = randomBytes(16);
  expect(Buffer.from((await ask(encodeQuery(nonce), socket))?.nonce ?? [])).toEqual(nonce);
  socket.close();
});

test('answers are bounded for each address and in all, by the second', () => {
  const budget = new AnswerBudget();
  const taken = (address: string, now: number) => budget.take(address, now);
  const one = Array.from({ length: 20 }, () => taken('10.0.0.1', 0)).filter(Boolean);
  expect(one).toHaveLength(limits.beaconAnswersPerAddressPerSecond);
  const many = Array.from({ length: 500 }, (_, index) => taken(`10.1.${index >> 8}.${index & 255}`, 999));
  expect(many.filter(Boolean)).toHaveLength(limits.beaconAnswersPerSecond - one.length);
  expect(taken('10.0.0.1', 1_000)).toBe(true);
});

test('a port that another program holds for itself is told to the guard', async () => {
  const holder = createSocket('udp4');
  await new Promise<void>((resolve) => holder.bind(0, '0.0.0.0', resolve));
  const { key } = await createIdentity(mkdtempSync(join(dataDir, 'other-')));
  const describe = () => {
    throw new Error('nothing may be announced');
  };
  const options = { port: holder.address().port, intervalMs: 100, key, describe, log: () => undefined };
  await expect(announce(options, new AbortController().signal)).rejects.toThrow('EADDRINUSE');
  holder.close();
});
