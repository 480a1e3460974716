// The beacon: what a server signed is read, and nothing that anybody changed, forged or made up.

import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { type Beacon, broadcastAddress, encodeBeacon, encodeQuery, readBeacon, readQuery } from './beacon.ts';
import { limits } from './limits.ts';
import { testIdentity } from './testing/identity.ts';
import { decode, encode } from './wire/codec.ts';

const { serverId, certificate, privateKey } = testIdentity;
const nonce = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const beacon: Beacon = {
  serverId,
  certificate,
  name: 'Lager Süd',
  addresses: ['192.168.1.20', 'fe80::1'],
  port: 8090,
  state: 'running',
  bootSequence: 7,
  nonce,
};

/** A datagram around any payload, signed by any key, as an impostor would make it. */
function forge(payload: unknown, key = privateKey, prefix = 'masala beacon 1\0'): Buffer {
  const bytes = Buffer.isBuffer(payload) ? payload : encode(payload);
  const signature = sign('sha256', Buffer.concat([Buffer.from(prefix), bytes]), {
    key,
    dsaEncoding: 'ieee-p1363',
  });
  return encode(['masala', 1, 'beacon', bytes, signature]);
}

test('what was signed is read, with the nonce of the asker', () => {
  const read = readBeacon(encodeBeacon(beacon, privateKey));
  expect(read).toEqual(beacon);
  expect(readBeacon(forge(beacon))).toEqual(beacon);
});

test('an announcement has an empty nonce, and fields of a newer server pass', () => {
  expect(readBeacon(encodeBeacon({ ...beacon, nonce: Buffer.alloc(0) }, privateKey))?.nonce).toHaveLength(0);
  expect(readBeacon(forge({ ...beacon, shelf: 'new' }))).toMatchObject({ name: 'Lager Süd' });
});

test('even the longest names and eight addresses stay within one Ethernet frame', () => {
  const longest = {
    ...beacon,
    name: '漢'.repeat(60),
    addresses: Array(8).fill('2001:0db8:aaaa:bbbb:cccc:dddd:eeee:ffff'),
    bootSequence: Number.MAX_SAFE_INTEGER,
  };
  const datagram = encodeBeacon(longest, privateKey);
  expect(datagram.length).toBeLessThanOrEqual(limits.beaconMaxBytes);
  expect(readBeacon(datagram)).toEqual(longest);
});

test('any single changed byte is noticed', () => {
  const datagram = encodeBeacon(beacon, privateKey);
  for (let at = 0; at < datagram.length; at++) {
    const changed = Buffer.from(datagram);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    expect(readBeacon(changed)).toBeUndefined();
  }
});

test('a cut off or prolonged datagram is none', () => {
  const datagram = encodeBeacon(beacon, privateKey);
  for (let length = 0; length < datagram.length; length++) {
    expect(readBeacon(datagram.subarray(0, length))).toBeUndefined();
  }
  expect(readBeacon(Buffer.concat([datagram, Buffer.from([0])]))).toBeUndefined();
});

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

test.each<[string, () => Buffer]>([
  ['signed by another key', () => forge(beacon, otherKey)],
  ['signed by an RSA key', () => forge(beacon, rsaKey)],
  ['signed for another purpose', () => forge(beacon, privateKey, 'masala beacon 2\0')],
  ['signed without the prefix', () => forge(beacon, privateKey, '')],
  ['with an empty signature', () => encode(['masala', 1, 'beacon', encode(beacon), Buffer.alloc(0)])],
  ['with a signature of zeros', () => encode(['masala', 1, 'beacon', encode(beacon), Buffer.alloc(64)])],
  ['without a signature', () => encode(['masala', 1, 'beacon', encode(beacon)])],
  ['with the id of another server', () => forge({ ...beacon, serverId: 'ab'.repeat(32) })],
  ['with an id in capitals', () => forge({ ...beacon, serverId: serverId.toUpperCase() })],
  ['with a certificate that is none', () => forge({ ...beacon, certificate: Buffer.from('certificate') })],
  ['with an empty certificate', () => forge({ ...beacon, certificate: Buffer.alloc(0) })],
  ['with a port of 70000', () => forge({ ...beacon, port: 70_000 })],
  ['with an unknown state', () => forge({ ...beacon, state: 'dreaming' })],
  ['with nine addresses', () => forge({ ...beacon, addresses: Array(9).fill('10.0.0.1') })],
  ['without a name', () => forge({ ...beacon, name: undefined })],
  ['whose payload is no msgpack', () => forge(Buffer.from('c1', 'hex'))],
  ['whose payload is a bomb', () => forge(Buffer.from('ddffffffff', 'hex'))],
  ['whose payload is no object', () => forge([beacon])],
  ['that is not in a binary', () => encode(['masala', 1, 'beacon', beacon, Buffer.alloc(64)])],
  ['of another version', () => encode(['masala', 2, 'beacon', encode(beacon), Buffer.alloc(64)])],
  ['of another program', () => encode(['curry', 1, 'beacon', encode(beacon), Buffer.alloc(64)])],
  ['that is too large', () => forge({ ...beacon, padding: 'x'.repeat(limits.beaconMaxBytes) })],
])('a beacon %s is none', (_name, make) => {
  expect(readBeacon(make())).toBeUndefined();
});

test('a query is read as its nonce, and is no beacon', () => {
  const query = encodeQuery(nonce);
  expect(readQuery(query)).toEqual(nonce);
  expect(readBeacon(query)).toBeUndefined();
  expect(readQuery(encodeBeacon(beacon, privateKey))).toBeUndefined();
});

test.each<[string, Buffer]>([
  ['a short nonce', encodeQuery(Buffer.alloc(15))],
  ['a long nonce', encodeQuery(Buffer.alloc(17))],
  ['a nonce of text', encode(['masala', 1, 'query', 'x'.repeat(16)])],
  ['no nonce', encode(['masala', 1, 'query'])],
  ['nothing', Buffer.alloc(0)],
  ['an oversized datagram', encode(['masala', 1, 'query', nonce, 'x'.repeat(limits.beaconMaxBytes)])],
])('a query with %s is none', (_name, datagram) => {
  expect(readQuery(datagram)).toBeUndefined();
});

test('random datagrams are neither', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(readQuery(Buffer.from(bytes))).toBeUndefined();
      expect(readBeacon(Buffer.from(bytes))).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test('the layout that docs/protocol.md describes', () => {
  const [magic, version, kind, payload, signature] = decode(encodeBeacon(beacon, privateKey)) as unknown[];
  expect([magic, version, kind]).toEqual(['masala', 1, 'beacon']);
  expect(payload).toBeInstanceOf(Uint8Array);
  expect(signature).toHaveLength(64);
  expect(encodeQuery(nonce).toString('hex')).toBe(
    '94a66d6173616c6101a57175657279c410000102030405060708090a0b0c0d0e0f',
  );
});

test("a network's broadcast address is its last one", () => {
  expect(broadcastAddress('192.168.1.17', '255.255.255.0')).toBe('192.168.1.255');
  expect(broadcastAddress('10.20.30.40', '255.255.240.0')).toBe('10.20.31.255');
  expect(broadcastAddress('172.16.5.4', '255.255.255.252')).toBe('172.16.5.7');
});
