// Looking for servers by real UDP on loopback, among liars.

import { encode } from '@masala/protocol';
import { DISCOVER_TIMEOUT_MS, discover, queryAddresses } from './discovery.ts';
import { beaconOf, type Responder, respond, signedBeacon } from './testing/beacon-responder.ts';
import { type FixtureIdentity, makeFixtureIdentity } from './testing/certificate.ts';

const TIMEOUT_MS = 600;

let first: FixtureIdentity;
let second: FixtureIdentity;
const responders: Responder[] = [];

beforeAll(async () => {
  first = await makeFixtureIdentity('first');
  second = await makeFixtureIdentity('second');
});

afterEach(async () => {
  for (const responder of responders.splice(0)) await responder.close();
});

async function serve(...[answers, port]: Parameters<typeof respond>): Promise<Responder> {
  const responder = await respond(answers, port);
  responders.push(responder);
  return responder;
}

test('finds every server, each once, by name', async () => {
  const { port } = await serve((nonce) => [
    signedBeacon(second, { name: 'Warehouse', port: 2, state: 'recovery', nonce }),
  ]);
  await serve((nonce) => [signedBeacon(first, { name: 'Factory', port: 1, nonce })], port);
  const found = await discover({ port, timeoutMs: TIMEOUT_MS });
  expect(found).toMatchObject([
    { name: 'Factory', serverId: first.serverId, port: 1, state: 'running' },
    { name: 'Warehouse', serverId: second.serverId, port: 2, state: 'recovery' },
  ]);
  expect(Object.keys(found[0] ?? {}).sort()).toEqual(['address', 'name', 'port', 'serverId', 'state']);
});

test('asks three times, so that one lost datagram hides nobody', async () => {
  let datagrams = 0;
  const responder = await serve((nonce) => (++datagrams < 3 ? [] : [signedBeacon(first, { nonce })]));
  expect(await discover({ port: responder.port, timeoutMs: TIMEOUT_MS })).toHaveLength(1);
});

test('a search for one server ends with its answer and leaves the others out', async () => {
  const { port } = await serve((nonce) => [signedBeacon(second, { nonce }), signedBeacon(first, { nonce })]);
  const found = await discover({ port, serverId: first.serverId, timeoutMs: 60_000 });
  expect(found.map(({ serverId }) => serverId)).toEqual([first.serverId]);
});

test.each<[string, (nonce: Uint8Array) => Buffer]>([
  [
    "signed with another's key",
    (nonce) => signedBeacon({ ...first, privateKey: second.privateKey }, { nonce }),
  ],
  [
    'with an id that is not its certificate',
    (nonce) => signedBeacon(first, { serverId: second.serverId, nonce }),
  ],
  [
    "with another's certificate",
    (nonce) => signedBeacon(first, { certificate: second.certificateDer, nonce }),
  ],
  ['that answers another question', () => signedBeacon(first, { nonce: new Uint8Array(16).fill(7) })],
  ['that answers no question', () => signedBeacon(first, { nonce: new Uint8Array(0) })],
  ['with a flipped bit', (nonce) => flipped(signedBeacon(first, { nonce }))],
  [
    'without a signature',
    (nonce) => encode(['masala', 1, 'beacon', encode(beaconOf(first, { nonce })), new Uint8Array(64)]),
  ],
  ['of random bytes', () => Buffer.from('not a beacon at all')],
  ['that claims gigabytes', () => Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
])('a beacon %s is nobody', async (_, forge) => {
  const { port } = await serve((nonce) => [forge(nonce), signedBeacon(second, { nonce })]);
  const found = await discover({ port, timeoutMs: TIMEOUT_MS });
  expect(found.map(({ serverId }) => serverId)).toEqual([second.serverId]);
});

test('nobody there is an empty list', async () => {
  const responder = await respond(() => []);
  await responder.close();
  expect(await discover({ port: responder.port, timeoutMs: 50 })).toEqual([]);
  expect(await discover({ port: 0 })).toEqual([]);
});

test('a search can be called off', async () => {
  const { port } = await serve(() => []);
  const abort = new AbortController();
  const search = discover({ port, timeoutMs: 100 * DISCOVER_TIMEOUT_MS, signal: abort.signal });
  setImmediate(() => abort.abort());
  expect(await search).toEqual([]);
});

test('asks the broadcast address of each network, loopback, and a named host', () => {
  const card = (address: string, netmask: string) => ({
    address,
    netmask,
    family: 'IPv4' as const,
    mac: '',
    internal: false,
    cidr: null,
  });
  const interfaces = {
    eth0: [card('192.168.1.7', '255.255.255.0')],
    wlan0: [card('10.1.2.3', '255.255.252.0')],
  };
  expect(queryAddresses(interfaces, '10.9.9.9')).toEqual([
    '127.255.255.255',
    '192.168.1.255',
    '10.1.3.255',
    '10.9.9.9',
  ]);
  expect(queryAddresses({}, 'warehouse.local')).toEqual(['127.255.255.255']);
});

function flipped(datagram: Buffer): Buffer {
  const copy = Buffer.from(datagram);
  const at = copy.length - 100;
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
