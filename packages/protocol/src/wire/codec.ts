// Values to msgpack bodies and back; the only file that imports msgpackr.

import { Packr, Unpackr } from 'msgpackr';
import { MasalaError } from '../errors.ts';
import { reasonOf } from '../reason.ts';
import { guardBody } from './guard.ts';

// No records and no extensions: any msgpack library of any language reads what we write. A field that is undefined
// is left out, as JSON does it.
// (An object of its own, since msgpackr's types do not know `skipValues`.)
const packing = { useRecords: false, skipValues: [undefined], encodeUndefinedAsNil: true };
const packer = new Packr(packing);

// 64-bit integers become numbers: beyond 2^53 they are no longer exact, and every schema refuses them by its range.
// Binary is copied, since a body is only lent by the frame reader.
const unpacker = new Unpackr({
  useRecords: false,
  mapsAsObjects: true,
  int64AsType: 'number',
  copyBuffers: true,
});

/**
 * A value of nil, booleans, numbers, strings, Uint8Arrays, arrays and plain objects as a msgpack body. Half a character (a
 * lone surrogate, which UTF-8 cannot write) becomes U+FFFD: the peer would have to refuse the whole message for it.
 */
export function encode(value: unknown): Buffer {
  const body = packer.pack(value);
  return mayHoldSurrogate(body) ? packer.pack(wellFormed(value)) : body;
}

/** msgpackr writes a lone surrogate as the bytes ED A0..BF, which UTF-8 never has; a search is cheaper than a walk. */
function mayHoldSurrogate(body: Buffer): boolean {
  for (let at = body.indexOf(0xed); at !== -1; at = body.indexOf(0xed, at + 1)) {
    if ((body[at + 1] ?? 0) >= 0xa0) return true;
  }
  return false;
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key.toWellFormed(), wellFormed(field)]),
  );
}

/** A body from the network as a value. Throws FRAME_MALFORMED for everything that the protocol does not use. */
export function decode(body: Buffer): unknown {
  guardBody(body);
  try {
    return unpacker.unpack(body);
  } catch (error) {
    const reason = reasonOf(error);
    throw new MasalaError('FRAME_MALFORMED', { reason }, { cause: error });
  }
}
