// Values to msgpack bodies and back; the only file that imports msgpackr.

import { Packr, Unpackr } from 'msgpackr';
import { MasalaError } from '../errors.ts';
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

/** A value of nil, booleans, numbers, strings, Uint8Arrays, arrays and plain objects as a msgpack body. */
export function encode(value: unknown): Buffer {
  return packer.pack(value);
}

/** A body from the network as a value. Throws FRAME_MALFORMED for everything that the protocol does not use. */
export function decode(body: Buffer): unknown {
  guardBody(body);
  try {
    return unpacker.unpack(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MasalaError('FRAME_MALFORMED', { reason }, { cause: error });
  }
}
