// The three messages of a connection, after MessagePack-RPC: request, response, event.

import { MasalaError, type WireError } from '../errors.ts';
import { decode, encode } from './codec.ts';
import { frame } from './framing.ts';

const REQUEST = 0;
const RESPONSE = 1;
const EVENT = 2;

/** Request ids are the client's choice; 32 bits, so that every language has a type for them. */
export const REQUEST_ID_MAX = 0xffff_ffff;

/** Method and event names are `area.name`; a longer one is garbage that must not reach a log. */
const NAME_MAX_LENGTH = 64;

export type Message =
  | { readonly type: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | {
      readonly type: 'response';
      readonly id: number;
      readonly error: WireError | null;
      readonly result: unknown;
    }
  | { readonly type: 'event'; readonly event: string; readonly params: unknown };

/** `[0, id, method, params]`, framed. */
export function requestFrame(id: number, method: string, params: unknown): Buffer {
  return frame(encode([REQUEST, id, method, params]));
}

/** `[1, id, null, result]`, framed. */
export function resultFrame(id: number, result: unknown): Buffer {
  return frame(encode([RESPONSE, id, null, result]));
}

/** `[1, id, error, null]`, framed. */
export function errorFrame(id: number, error: WireError): Buffer {
  return frame(encode([RESPONSE, id, error, null]));
}

/** `[2, event, params]`, framed. */
export function eventFrame(event: string, params: unknown): Buffer {
  return frame(encode([EVENT, event, params]));
}

/** Reads a frame's body. Throws FRAME_MALFORMED; params and results are not checked here but by their schemas. */
export function readMessage(body: Buffer): Message {
  const value = decode(body);
  if (!Array.isArray(value)) return malformed('the message is not an array');
  const [type, second, third, fourth] = value as unknown[];
  if (type === REQUEST && value.length === 4) {
    return { type: 'request', id: requestId(second, 1), method: name(third), params: fourth };
  }
  if (type === RESPONSE && value.length === 4) {
    return { type: 'response', id: requestId(second, 0), error: wireError(third), result: fourth };
  }
  if (type === EVENT && value.length === 3) return { type: 'event', event: name(second), params: third };
  return malformed('neither request, response nor event');
}

/** A request counts from 1: a response with id 0 concerns the connection itself. */
function requestId(value: unknown, minimum: 0 | 1): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= REQUEST_ID_MAX)
    return value;
  return malformed('the id is not an integer of 32 bits');
}

function name(value: unknown): string {
  if (typeof value === 'string' && value.length <= NAME_MAX_LENGTH) return value;
  return malformed('the name is not a short string');
}

function wireError(value: unknown): WireError | null {
  if (value === null) return null;
  if (typeof value === 'object' && 'code' in value && typeof value.code === 'string')
    return value as WireError;
  return malformed('the error is not an object with a code');
}

function malformed(reason: string): never {
  throw new MasalaError('FRAME_MALFORMED', { reason });
}
