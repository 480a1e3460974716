// Bytes to frames and back: a frame is a 4-byte big-endian length and as many bytes of body.

import { MasalaError } from '../errors.ts';

export const FRAME_HEADER_BYTES = 4;

/** Puts the length before a body. */
export function frame(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER_BYTES + body.length);
  framed.writeUInt32BE(body.length, 0);
  framed.set(body, FRAME_HEADER_BYTES);
  return framed;
}

/**
 * Cuts a stream of chunks into frame bodies. A body that lies whole in a chunk is handed out without a copy; what is
 * incomplete waits in one buffer that grows by doubling, so that a peer that drips single bytes costs no more memory
 * than the frame itself. The limit is checked against the declared length, before a byte of the body is kept.
 */
export class FrameReader {
  #limitBytes: number;
  #pending = Buffer.alloc(0);
  #pendingBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Another limit for the frames to come (it grows once a peer is authenticated). */
  set limitBytes(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Whether a frame has begun whose end has not arrived. */
  get partial(): boolean {
    return this.#pendingBytes > 0;
  }

  /**
   * Takes a chunk as it came from the socket and hands out each body that is complete. A body is only valid until
   * `onBody` returns. Throws FRAME_TOO_LARGE; the reader is then of no use any more, and its connection has to be
   * closed.
   */
  push(chunk: Buffer, onBody: (body: Buffer) => void): void {
    const input = this.#pendingBytes === 0 ? chunk : this.#append(chunk);
    let at = 0;
    while (input.length - at >= FRAME_HEADER_BYTES) {
      const declaredBytes = input.readUInt32BE(at);
      if (declaredBytes > this.#limitBytes) {
        throw new MasalaError('FRAME_TOO_LARGE', { declaredBytes, limitBytes: this.#limitBytes });
      }
      const end = at + FRAME_HEADER_BYTES + declaredBytes;
      if (end > input.length) break;
      onBody(input.subarray(at + FRAME_HEADER_BYTES, end));
      at = end;
    }
    this.#keep(input, at);
  }

  #append(chunk: Buffer): Buffer {
    const neededBytes = this.#pendingBytes + chunk.length;
    if (neededBytes > this.#pending.length) {
      const grown = Buffer.allocUnsafe(Math.max(neededBytes, 2 * this.#pending.length));
      this.#pending.copy(grown, 0, 0, this.#pendingBytes);
      this.#pending = grown;
    }
    chunk.copy(this.#pending, this.#pendingBytes);
    this.#pendingBytes = neededBytes;
    return this.#pending.subarray(0, neededBytes);
  }

  #keep(input: Buffer, from: number): void {
    const restBytes = input.length - from;
    const inPending = this.#pendingBytes > 0;
    if (restBytes === 0) {
      this.#pending = Buffer.alloc(0);
      this.#pendingBytes = 0;
    } else if (!inPending || from > 0) {
      this.#pending = Buffer.from(input.subarray(from));
      this.#pendingBytes = restBytes;
    }
  }
}
