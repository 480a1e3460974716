// The beacon: a UDP datagram by which a server is found. It is only a hint; the TLS certificate decides.
//
// A datagram is the msgpack array `[magic, version, kind, ...]`: a query `['masala', 1, 'query', nonce]` and a beacon
// `['masala', 1, 'beacon', payload, signature]`. The payload is msgpack in a binary, so that exactly the signed bytes travel;
// the signature is ECDSA P-256 with SHA-256 over the text `masala beacon 1`, a zero byte, and those bytes (IEEE P1363 form,
// 64 bytes), by the key of the certificate in the payload. So anyone can check it.

import { createHash, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { ServerState } from './contract/session.ts';
import { answer, bytes, integer, Sha256, text } from './contract/shapes.ts';
import { limits } from './limits.ts';
import { decode, encode } from './wire/codec.ts';

const MAGIC = 'masala';
const BEACON_VERSION = 1;
const SIGNED_PREFIX = Buffer.from('masala beacon 1\0');
const NONCE_BYTES = 16;

/** Reaches every program of this PC, also where only loopback is up (255.255.255.255 gives ENETUNREACH there). */
export const LOOPBACK_BROADCAST = '127.255.255.255';

const Payload = answer({
  serverId: Sha256,
  /** The certificate in DER: a P-256 one is about 400 bytes, which keeps the datagram in one Ethernet frame. */
  certificate: bytes(900),
  name: Type.String({ maxLength: 60 }),
  addresses: Type.Array(text(45), { maxItems: 8 }),
  port: integer(1, 65_535),
  state: ServerState,
  bootSequence: integer(0),
  /** The asker's nonce in an answer; empty in an announcement. */
  nonce: bytes(NONCE_BYTES),
});

/** What a server says of itself; `serverId` is checked against the certificate's SHA-256. */
export type Beacon = Static<typeof Payload>;

/** A question that every server on the network answers. `nonce`: 16 random bytes, which the answers repeat. */
export function encodeQuery(nonce: Uint8Array): Buffer {
  return encode([MAGIC, BEACON_VERSION, 'query', nonce]);
}

/** The nonce of a query; undefined for any other datagram. */
export function readQuery(datagram: Buffer): Uint8Array | undefined {
  const message = readDatagram(datagram);
  const nonce = message?.[3];
  if (message?.[2] !== 'query' || !(nonce instanceof Uint8Array) || nonce.length !== NONCE_BYTES)
    return undefined;
  return nonce;
}

/** A signed datagram. */
export function encodeBeacon(beacon: Beacon, privateKey: KeyObject): Buffer {
  const payload = encode(beacon);
  const signature = sign('sha256', Buffer.concat([SIGNED_PREFIX, payload]), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return encode([MAGIC, BEACON_VERSION, 'beacon', payload, signature]);
}

/** The beacon of a datagram whose signature and server id fit its certificate; undefined for any other. */
export function readBeacon(datagram: Buffer): Beacon | undefined {
  const message = readDatagram(datagram);
  const [, , kind, payload, signature] = message ?? [];
  if (kind !== 'beacon' || !(payload instanceof Uint8Array) || !(signature instanceof Uint8Array))
    return undefined;
  try {
    const beacon = decode(Buffer.from(payload));
    if (!Check(Payload, beacon)) return undefined;
    if (createHash('sha256').update(beacon.certificate).digest('hex') !== beacon.serverId) return undefined;
    const key = new X509Certificate(beacon.certificate).publicKey;
    const signed = Buffer.concat([SIGNED_PREFIX, payload]);
    return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature) ? beacon : undefined;
  } catch {
    // Whatever is wrong with a stranger's datagram, it is not a beacon.
    return undefined;
  }
}

function readDatagram(datagram: Buffer): unknown[] | undefined {
  if (datagram.length > limits.beaconMaxBytes) return undefined;
  try {
    const message = decode(datagram);
    return Array.isArray(message) && message[0] === MAGIC && message[1] === BEACON_VERSION
      ? message
      : undefined;
  } catch {
    // The port is open to everybody: what does not decode is somebody else's.
    return undefined;
  }
}

/** A network's broadcast address, its last one: 192.168.1.7 with 255.255.255.0 gives 192.168.1.255. IPv4. */
export function broadcastAddress(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  return address
    .split('.')
    .map((part, index) => Number(part) | (~(mask[index] ?? 255) & 255))
    .join('.');
}
