// What a recorded frame or datagram means, as JSON: binary is written as { "$binary": hex }.

import { readBeacon, readQuery } from '../beacon.ts';
import { limits } from '../limits.ts';
import { readMessage } from '../wire/envelope.ts';
import { FrameReader } from '../wire/framing.ts';

/** Reads bytes as the program reads them: the datagrams `query` and `beacon`, and for every other name one whole frame. */
export function meaningOf(name: string, bytes: Buffer): unknown {
  if (name === 'query') return asJson(readQuery(bytes));
  if (name === 'beacon') return asJson(readBeacon(bytes));
  const messages: unknown[] = [];
  const reader = new FrameReader(limits.frameMaxBytes);
  reader.push(bytes, (body) => messages.push(readMessage(body)));
  if (messages.length !== 1 || reader.partial) throw new Error(`${name} is not one whole frame`);
  return asJson(messages[0]);
}

/** The same value with binary as an object that JSON can carry. */
function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $binary: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, asJson(field)]));
}

/** The value that `asJson` described. */
export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  if ('$binary' in value) return Buffer.from(String(value.$binary), 'hex');
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, fromJson(field)]));
}
