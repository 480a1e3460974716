// One connection that stands: frames out, answers and events in, a ping when it is quiet. It retries nothing.

import type { Duplex } from 'node:stream';
import {
  FrameReader,
  limits,
  MasalaError,
  type Message,
  REQUEST_ID_MAX,
  readMessage,
  requestFrame,
} from '@masala/protocol';
import type { Clock } from './clock.ts';
import { keepAlive, LOOKS_PER_INTERVAL } from './keep-alive.ts';

/** `lost`: the connection went before an answer came; whether the request was carried out is unknown. */
export type Answer =
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'error'; readonly error: MasalaError }
  | { readonly type: 'lost'; readonly error: MasalaError };

export interface ChannelOptions {
  readonly clock: Clock;
  onEvent(event: string, params: unknown): void;
  /** Once, after every awaited request was told `lost`. */
  onClosed(error: MasalaError): void;
}

export class Channel {
  readonly #socket: Duplex;
  readonly #options: ChannelOptions;
  readonly #reader = new FrameReader(limits.frameMaxBytes);
  readonly #awaited = new Map<number, (answer: Answer) => void>();
  #outgoing: Buffer[] = [];
  #nextId = 1;
  #frameMaxBytes: number = limits.frameBeforeAuthenticationMaxBytes;
  #closed = false;
  /** What the server said of a frame that it could not even read, before it closed. */
  #frameRefusal: MasalaError | undefined;
  #lastSentMs: number;
  #lastReceivedMs: number;
  #awaitingSinceMs: number | null = null;
  #pinging = false;
  #lastLookMs: number;
  #stopLooking: () => void = () => undefined;

  /** Takes over an open stream whose peer is already known to be the right one. */
  constructor(socket: Duplex, options: ChannelOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#lastSentMs = options.clock.nowMs();
    this.#lastReceivedMs = this.#lastSentMs;
    this.#lastLookMs = this.#lastSentMs;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.close(lost(error.code ?? error.message)));
    socket.on('end', () => this.close(lost('closed by the server')));
    socket.on('close', () => this.close(lost('closed by the server')));
  }

  /** Requests without an answer yet, pings included. */
  get awaitedCount(): number {
    return this.#awaited.size;
  }

  /** From here on frames may be as large as the server said, and quiet times are bridged by pings. */
  settle(frameMaxBytes: number, pingIntervalMs: number): void {
    this.#frameMaxBytes = frameMaxBytes;
    const look = () => {
      this.#stopLooking = this.#options.clock.after(pingIntervalMs / LOOKS_PER_INTERVAL, look);
      this.#keepAlive(pingIntervalMs);
    };
    look();
  }

  /** Sends a request; `onAnswer` is called exactly once, later. Throws FRAME_TOO_LARGE, and then nothing was sent. */
  request(method: string, params: unknown, onAnswer: (answer: Answer) => void): void {
    const id = this.#freeId();
    const framed = requestFrame(id, method, params);
    if (framed.length > this.#frameMaxBytes) {
      throw new MasalaError('FRAME_TOO_LARGE', { limitBytes: this.#frameMaxBytes, bytes: framed.length });
    }
    if (this.#closed) {
      queueMicrotask(() => onAnswer({ type: 'lost', error: lost('closed') }));
      return;
    }
    if (this.#awaited.size === 0) this.#awaitingSinceMs = this.#options.clock.nowMs();
    this.#awaited.set(id, onAnswer);
    this.#send(framed);
  }

  /** As `request`, as a promise of the result; rejects with the error of an answer or of the loss. */
  async ask(method: string, params: unknown): Promise<unknown> {
    const answer = await new Promise<Answer>((resolve) => this.request(method, params, resolve));
    if (answer.type === 'result') return answer.result;
    throw answer.error;
  }

  /** Ends the connection; whatever is awaited is told `lost`. */
  close(error: MasalaError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopLooking();
    this.#socket.destroy();
    const reason = this.#frameRefusal ?? error;
    const awaited = [...this.#awaited.values()];
    this.#awaited.clear();
    for (const onAnswer of awaited) onAnswer({ type: 'lost', error: reason });
    this.#options.onClosed(reason);
  }

  /** Everything of one turn of the event loop leaves in one write: with TLS each write costs a record and a system call. */
  #send(framed: Buffer): void {
    this.#outgoing.push(framed);
    if (this.#outgoing.length > 1) return;
    setImmediate(() => {
      const frames = this.#outgoing;
      this.#outgoing = [];
      if (this.#closed) return;
      this.#lastSentMs = this.#options.clock.nowMs();
      this.#socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    this.#lastReceivedMs = this.#options.clock.nowMs();
    try {
      this.#reader.push(chunk, (body) => this.#take(readMessage(body)));
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      this.close(lost(`the server sent what is no message: ${error.message}`));
    }
  }

  #take(message: Message): void {
    if (this.#closed) return;
    if (message.type === 'event') return this.#options.onEvent(message.event, message.params);
    // A server asks nothing; a newer one that does is told nothing.
    if (message.type === 'request') return;
    const error = message.error === null ? undefined : MasalaError.fromWire(message.error);
    const onAnswer = this.#awaited.get(message.id);
    if (onAnswer === undefined) {
      // An answer to nobody: a second one to the same request, or a frame so broken that its id could not be read.
      if (error?.code === 'FRAME_TOO_LARGE' || error?.code === 'FRAME_MALFORMED') this.#frameRefusal = error;
      return;
    }
    this.#awaited.delete(message.id);
    if (this.#awaited.size === 0) this.#awaitingSinceMs = null;
    onAnswer(error === undefined ? { type: 'result', result: message.result } : { type: 'error', error });
  }

  #keepAlive(intervalMs: number): void {
    const decision = keepAlive({
      nowMs: this.#options.clock.nowMs(),
      lastSentMs: this.#lastSentMs,
      lastReceivedMs: this.#lastReceivedMs,
      awaitingSinceMs: this.#awaitingSinceMs,
      pinging: this.#pinging,
      lastLookMs: this.#lastLookMs,
      intervalMs,
    });
    this.#lastLookMs = this.#options.clock.nowMs();
    if (decision === 'drop') this.close(lost('the server is silent'));
    if (decision !== 'ping') return;
    this.#pinging = true;
    this.request('session.ping', {}, () => {
      this.#pinging = false;
    });
  }

  /** Ids start at 1: servers answer a frame whose id cannot be read under 0. */
  #freeId(): number {
    while (this.#awaited.has(this.#nextId)) this.#advanceId();
    const id = this.#nextId;
    this.#advanceId();
    return id;
  }

  #advanceId(): void {
    this.#nextId = this.#nextId >= REQUEST_ID_MAX ? 1 : this.#nextId + 1;
  }
}

function lost(reason: string): MasalaError {
  return new MasalaError('CONNECTION_LOST', { reason });
}
