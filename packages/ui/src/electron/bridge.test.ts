// The bridge in Electron from end to end, preload's half and main's, over a channel that copies like Electron's.
import { MasalaError } from '@masala/protocol/tables';
import type { BridgeEvent } from '../bridge/bridge.ts';
import { clientDoors, controlDoors } from '../bridge/bridge.ts';
import { channels, FACTS_ARGUMENT } from './channels.ts';
import { PAGE_URL, type Sender } from './decisions.ts';
import { factsFrom, makeBridge, type PageIpc } from './preload-bridge.ts';
import { type AskedDesk, BridgeServer } from './serve-bridge.ts';

const facts = { kind: 'electron', platform: 'linux', version: '1.2.3' } as const;
const links: BridgeEvent = { type: 'links', links: { status: null, client: 'connecting' } };

/** What stands behind the bridge: notes what it is asked, and tells when it is told to. */
class NotingDesk implements AskedDesk {
  readonly asked: [string, unknown][] = [];
  readonly listeners = new Set<(event: BridgeEvent) => void>();
  answer: (name: string, params: unknown) => unknown = (name) => ({ answered: name });

  async ask(name: string, params: unknown): Promise<unknown> {
    this.asked.push([name, params]);
    return this.answer(name, params);
  }

  listen(listener: (event: BridgeEvent) => void): () => void {
    this.listeners.add(listener);
    listener(links);
    return () => void this.listeners.delete(listener);
  }
}

/** Electron's channel: what passes is copied. */
function makeWorld(sender: Sender | null = { address: PAGE_URL, isTopFrame: true, isOwnWindow: true }) {
  const desk = new NotingDesk();
  const logged: [string, Readonly<Record<string, unknown>>][] = [];
  const server = new BridgeServer(desk, (event, fields) => logged.push([event, fields]));
  const openPage = () => {
    let hear: (event: BridgeEvent) => void = () => undefined;
    const ipc: PageIpc = {
      ask: async (_channel, message) =>
        structuredClone(await server.answer(sender, structuredClone(message))),
      send: () => server.listen(sender, (event) => hear(structuredClone(event))),
      hear: (channel, listener) => {
        expect(channel).toBe(channels.event);
        hear = listener;
      },
    };
    return makeBridge(ipc, facts);
  };
  return { desk, server, logged, openPage };
}

test('a request reaches the desk under its door, and its result comes back', async () => {
  const { desk, openPage } = makeWorld();
  const bridge = openPage();
  expect(await bridge.control('devices.revoke', { deviceId: 'd' })).toEqual({
    answered: 'control:devices.revoke',
  });
  await bridge.client('items.get', { id: 'i' });
  await bridge.host('logs.read', { text: 'x' });
  expect(desk.asked).toEqual([
    ['control:devices.revoke', { deviceId: 'd' }],
    ['client:items.get', { id: 'i' }],
    ['host:logs.read', { text: 'x' }],
  ]);
});

test('every door of the bridge is passed on, whatever the table grows to', async () => {
  const { desk, server } = makeWorld();
  const sender = { address: PAGE_URL, isTopFrame: true, isOwnWindow: true };
  const names = [
    ...controlDoors.map((door) => `control:${door}`),
    ...clientDoors.map((door) => `client:${door}`),
  ];
  for (const name of names) await server.answer(sender, { name, params: {} });
  expect(desk.asked.map(([name]) => name)).toEqual(names);
});

test('a refusal rejects with its row of the table, with data and without a stack', async () => {
  const { desk, openPage } = makeWorld();
  desk.answer = () => {
    throw new MasalaError('SKU_TAKEN', { itemId: 'x' });
  };
  const error: unknown = await openPage()
    .control('status', {})
    .catch((refused: unknown) => refused);
  expect(error).toMatchObject({ code: 'SKU_TAKEN', data: { itemId: 'x' }, hint: expect.any(String) });
  expect(error).not.toHaveProperty('stack');
});

test('a fault of ours is told as INTERNAL with its incident, which the log explains', async () => {
  const { desk, logged, openPage } = makeWorld();
  desk.answer = () => {
    throw new Error('secret path');
  };
  const error: unknown = await openPage()
    .control('status', {})
    .catch((refused: unknown) => refused);
  expect(error).toMatchObject({ code: 'INTERNAL', incidentId: expect.any(String) });
  expect(JSON.stringify(error)).not.toContain('secret');
  expect(logged).toEqual([
    [
      'dashboard.fault',
      expect.objectContaining(
        error instanceof Object && 'incidentId' in error ? { incidentId: error.incidentId } : {},
      ),
    ],
  ]);
});

test.each([null, 'text', 7, {}, { name: 'control:status' }, { name: 7, params: {} }, []])(
  'the message %j is no request',
  async (message) => {
    const { desk, server } = makeWorld();
    const sender = { address: PAGE_URL, isTopFrame: true, isOwnWindow: true };
    expect(await server.answer(sender, message)).toMatchObject({ error: { code: 'METHOD_UNKNOWN' } });
    expect(desk.asked).toEqual([]);
  },
);

test.each([
  null,
  { address: 'https://evil.example/', isTopFrame: true, isOwnWindow: true },
  { address: PAGE_URL, isTopFrame: false, isOwnWindow: true },
  { address: PAGE_URL, isTopFrame: true, isOwnWindow: false },
])('the sender %j gets no answer and hears nothing', async (sender) => {
  const { desk, logged, openPage } = makeWorld(sender);
  const bridge = openPage();
  await expect(bridge.control('status', {})).rejects.toThrow('refused');
  expect(desk.asked).toEqual([]);
  expect(desk.listeners.size).toBe(0);
  expect(logged.map(([event]) => event)).toEqual(['dashboard.request.refused', 'dashboard.request.refused']);
});

test('listeners hear the present links at once and events until they leave', () => {
  const { desk, openPage } = makeWorld();
  const bridge = openPage();
  const heard: BridgeEvent[] = [];
  const leave = bridge.listen((event) => heard.push(event));
  expect(heard).toEqual([links]);
  const progress: BridgeEvent = {
    type: 'work.progress',
    progress: { id: 'w1', work: 'backup', phase: 'copy', done: 1, total: 2 },
  };
  for (const listener of desk.listeners) listener(progress);
  expect(heard).toEqual([links, progress]);
  leave();
  for (const listener of desk.listeners) listener(progress);
  expect(heard).toHaveLength(2);
});

test('a page that was loaded again takes the place of the one before; a page that is gone leaves nothing behind', () => {
  const { desk, server, openPage } = makeWorld();
  openPage();
  openPage();
  expect(desk.listeners.size).toBe(1);
  server.leave();
  expect(desk.listeners.size).toBe(0);
});

test('the facts reach the page by an argument of its process', () => {
  expect(factsFrom(['electron', '--type=renderer', `${FACTS_ARGUMENT}${JSON.stringify(facts)}`])).toEqual(
    facts,
  );
  expect(() => factsFrom(['electron'])).toThrow('without the facts');
  expect(makeWorld().openPage().facts).toEqual(facts);
});

test('the page gets exactly what a Bridge is', () => {
  expect(Object.keys(makeWorld().openPage()).sort()).toEqual([
    'client',
    'control',
    'facts',
    'host',
    'listen',
  ]);
});
