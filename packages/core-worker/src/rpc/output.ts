// What a session sends: the frames of one turn of the event loop leave in one write, and a peer that takes nothing is seen.

import type { Socket } from 'node:net';

/** One write at a time, of at most so much: a peer that takes 256 KiB within the write time-out makes progress. */
const WRITE_MAX_BYTES = 256 * 1024;

export class Output {
  readonly #socket: Socket;
  readonly #onDrain: () => void;
  #frames: Buffer[] = [];
  #waitingBytes = 0;
  #writingBytes = 0;
  #writeBeganAt = 0;
  #scheduled = false;
  #ending = false;

  /** `onDrain` is called after each write that the peer's side took. */
  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    this.#onDrain = onDrain;
  }

  /** Bytes that the kernel has not taken yet. */
  get queuedBytes(): number {
    return this.#waitingBytes + this.#writingBytes;
  }

  /** Since when (monotonic ms) the write under way is not taken; undefined when there is none. */
  get blockedSince(): number | undefined {
    return this.#writingBytes > 0 ? this.#writeBeganAt : undefined;
  }

  write(frame: Buffer): void {
    if (this.#ending) return;
    this.#frames.push(frame);
    this.#waitingBytes += frame.length;
    if (this.#scheduled || this.#writingBytes > 0) return;
    this.#scheduled = true;
    // After all that this turn of the loop has brought: one write for all its replies (twice as fast as one for each).
    setImmediate(this.#flush);
  }

  /** Sends what is queued, then ends the connection. */
  end(): void {
    this.#ending = true;
    this.#flush();
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#socket.destroyed || this.#writingBytes > 0) return;
    if (this.#frames.length === 0) {
      if (this.#ending) this.#socket.end();
      return;
    }
    const bytes = this.#take();
    this.#writingBytes = bytes.length;
    this.#waitingBytes -= bytes.length;
    this.#writeBeganAt = performance.now();
    this.#socket.write(bytes, this.#written);
  };

  readonly #written = (): void => {
    this.#writingBytes = 0;
    this.#onDrain();
    if (this.#frames.length > 0 || this.#ending) this.#flush();
  };

  #take(): Buffer {
    let count = 0;
    let bytes = 0;
    for (const frame of this.#frames) {
      if (count > 0 && bytes + frame.length > WRITE_MAX_BYTES) break;
      bytes += frame.length;
      count += 1;
    }
    const taken = count === this.#frames.length ? this.#frames : this.#frames.splice(0, count);
    if (taken === this.#frames) this.#frames = [];
    const [first] = taken;
    return taken.length === 1 && first !== undefined ? first : Buffer.concat(taken, bytes);
  }
}
