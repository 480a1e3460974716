// A peer that does not read its events: they are dropped, it is told how many, and the server's memory is spared.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, MasalaError, type SubscribableEvent } from '@masala/protocol';
import { v7 } from 'uuid';
import { createIdentity } from '../access/identity.ts';
import { WireClient } from '../testing/wire-client.ts';
import { Events } from './events.ts';
import { Listener } from './listener.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'masala-lag-'));
const events = new Events();
const logged: { event: string; dropped: unknown }[] = [];
const PATIENT_MS = 600_000;
const wanted: ReadonlySet<SubscribableEvent> = new Set(['stock.changed']);
/** As large as events get: a list of the most item ids that one may name. */
const params = { itemIds: Array.from({ length: limits.eventItemIdsMax }, () => v7()), reload: false };

let listener: Listener;
let port: number;
beforeAll(async () => {
  listener = new Listener({
    identity: await createIdentity(dataDir),
    timeouts: { handshakeMs: PATIENT_MS, frameMs: PATIENT_MS, writeMs: PATIENT_MS, idleMs: PATIENT_MS },
    connectionsMax: 10,
    connectionsPerAddressMax: 10,
    dispatch: {
      // Whoever asks is signed in and subscribed; another call is only answered.
      request(session, id) {
        const device = { deviceId: v7(), name: 'test', tokenHash: '', pairedAt: 0, revokedAt: null };
        session.signIn({ ...device, role: 'viewer' });
        session.subscribe(wanted);
        session.reply(id, {});
      },
    },
    events,
    onClients: () => undefined,
    log: (event, fields) => logged.push({ event, dropped: fields?.dropped }),
  });
  port = await listener.listen('127.0.0.1', 0);
});
afterAll(async () => {
  listener.stopAccepting();
  listener.closeSessions(new MasalaError('SERVER_STOPPING'));
  await listener.closed();
  rmSync(dataDir, { recursive: true, force: true });
});

async function subscriber(): Promise<WireClient> {
  const client = await WireClient.connect(port);
  await client.call('session.subscribe', {});
  return client;
}

test('what it does not read is dropped beyond the bounds, and it is told to reload', async () => {
  const client = await subscriber();
  const published = 2_000;
  events.publish(Array.from({ length: published }, () => ({ event: 'stock.changed' as const, params })));
  const { dropped } = (await client.event('session.lagged')).params as { dropped: number };
  const received = client.events.filter(({ event }) => event === 'stock.changed').length;
  expect(received + dropped).toBe(published);
  // What was kept for it: the send buffer, the queue, and no more.
  const eventBytes = limits.eventItemIdsMax * 38;
  const keptMax = limits.sendBufferPerSessionMaxBytes / eventBytes + limits.eventsQueuedPerSessionMax + 2;
  expect(received).toBeLessThanOrEqual(keptMax);
  expect(logged).toContainEqual({ event: 'rpc.events.lagged', dropped });
  // From here on it gets them again.
  events.publish([{ event: 'stock.changed', params: { itemIds: [], reload: true } }]);
  await client.call('session.ping', {});
  expect(client.events.at(-1)).toMatchObject({ params: { reload: true } });
  client.close();
});

test('who keeps up misses nothing while another sleeps', async () => {
  const [reader, sleeper] = [await subscriber(), await subscriber()];
  sleeper.socket.pause();
  const rounds = 60;
  for (let round = 0; round < rounds; round++) {
    events.publish(Array.from({ length: 50 }, () => ({ event: 'stock.changed' as const, params })));
    await reader.call('session.ping', {});
  }
  expect(reader.events).toHaveLength(rounds * 50);
  sleeper.socket.resume();
  expect((await sleeper.event('session.lagged')).params).toMatchObject({ dropped: expect.any(Number) });
  reader.close();
  sleeper.close();
});
