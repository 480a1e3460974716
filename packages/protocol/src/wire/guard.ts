// Looks through a msgpack body before anything is decoded: a few bytes may claim gigabytes, and this costs only a walk.
//
// It knows the whole of msgpack (https://github.com/msgpack/msgpack/blob/master/spec.md) and lets through what the
// protocol uses: nil, booleans, integers, floats, UTF-8 strings, binary, arrays, and maps with string keys.

import { isUtf8 } from 'node:buffer';
import { MasalaError } from '../errors.ts';
import { limits } from '../limits.ts';

/** Throws FRAME_MALFORMED unless the body is exactly one msgpack value within the limits of depth and number. */
export function guardBody(body: Buffer): void {
  const walk = new Walk(body);
  walk.value(0);
  if (walk.at !== body.length) malformed('bytes follow the message', walk.at);
}

class Walk {
  at = 0;
  #values = 0;
  readonly #body: Buffer;

  constructor(body: Buffer) {
    this.#body = body;
  }

  value(depth: number): void {
    if (depth > limits.messageDepthMax) malformed('nested too deep', this.at);
    if (++this.#values > limits.messageValuesMax) malformed('too many values', this.at);
    const tag = this.#unsigned(1);
    if (tag <= 0x7f || tag >= 0xe0) return;
    if (tag <= 0x8f) return this.#map(tag & 0x0f, depth);
    if (tag <= 0x9f) return this.#array(tag & 0x0f, depth);
    if (tag <= 0xbf) return this.#text(tag & 0x1f);
    switch (tag) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return;
      case 0xc4:
        return this.#skip(this.#unsigned(1));
      case 0xc5:
        return this.#skip(this.#unsigned(2));
      case 0xc6:
        return this.#skip(this.#unsigned(4));
      case 0xcc:
      case 0xd0:
        return this.#skip(1);
      case 0xcd:
      case 0xd1:
        return this.#skip(2);
      case 0xca:
      case 0xce:
      case 0xd2:
        return this.#skip(4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.#skip(8);
      case 0xd9:
        return this.#text(this.#unsigned(1));
      case 0xda:
        return this.#text(this.#unsigned(2));
      case 0xdb:
        return this.#text(this.#unsigned(4));
      case 0xdc:
        return this.#array(this.#unsigned(2), depth);
      case 0xdd:
        return this.#array(this.#unsigned(4), depth);
      case 0xde:
        return this.#map(this.#unsigned(2), depth);
      case 0xdf:
        return this.#map(this.#unsigned(4), depth);
      default:
        malformed('a type that the protocol does not use', this.at - 1);
    }
  }

  #array(length: number, depth: number): void {
    // Each element takes a byte at least: a length beyond what is left is a lie.
    if (length > this.#body.length - this.at) malformed('an array longer than its frame', this.at);
    for (let index = 0; index < length; index++) this.value(depth + 1);
  }

  #map(length: number, depth: number): void {
    if (2 * length > this.#body.length - this.at) malformed('a map longer than its frame', this.at);
    for (let index = 0; index < length; index++) {
      const tag = this.#body[this.at] ?? 0;
      const isText = (tag >= 0xa0 && tag <= 0xbf) || (tag >= 0xd9 && tag <= 0xdb);
      if (!isText) malformed('a map key that is not a string', this.at);
      this.value(depth + 1);
      this.value(depth + 1);
    }
  }

  #text(bytes: number): void {
    const start = this.at;
    this.#skip(bytes);
    // ASCII, nearly all there is, is settled by a loop that is cheaper than a call for so short a text.
    for (let index = start; index < this.at; index++) {
      if ((this.#body[index] ?? 0) >= 0x80) {
        if (!isUtf8(this.#body.subarray(start, this.at))) malformed('a string that is not UTF-8', start);
        return;
      }
    }
  }

  #skip(bytes: number): void {
    if (bytes > this.#body.length - this.at) malformed('a value longer than its frame', this.at);
    this.at += bytes;
  }

  #unsigned(bytes: 1 | 2 | 4): number {
    const start = this.at;
    this.#skip(bytes);
    if (bytes === 1) return this.#body[start] ?? 0;
    return bytes === 2 ? this.#body.readUInt16BE(start) : this.#body.readUInt32BE(start);
  }
}

function malformed(reason: string, offset: number): never {
  throw new MasalaError('FRAME_MALFORMED', { reason, offset });
}
