// One connection of a device: bytes to requests, replies and events to bytes, and the bounds that each peer has to keep.

import type { TLSSocket } from 'node:tls';
import {
  type EventName,
  type EventParams,
  errorFrame,
  eventFrame,
  FrameReader,
  limits,
  MasalaError,
  type Message,
  readMessage,
  resultFrame,
  type SubscribableEvent,
} from '@masala/protocol';
import type { Device } from '../access/devices.ts';
import type { LogLine } from '../log.ts';
import type { Call } from './call.ts';
import { Output } from './output.ts';

export interface SessionTimeouts {
  readonly handshakeMs: number;
  readonly frameMs: number;
  readonly writeMs: number;
  readonly idleMs: number;
}

export interface SessionHost {
  readonly timeouts: SessionTimeouts;
  readonly log: LogLine;
  onRequest(session: Session, request: Extract<Message, { type: 'request' }>): void;
  onSubscribed(session: Session, events: ReadonlySet<SubscribableEvent>): void;
  /** A device has signed in. */
  onReady(session: Session): void;
  onEnded(session: Session): void;
}

/** greeting: nothing said yet · greeted: session.hello was answered · ready: a device has signed in · closed. */
export type Phase = 'greeting' | 'greeted' | 'ready' | 'closing' | 'closed';

/** A peer that was told why it is disconnected has so long to read it. */
const FAREWELL_MS = 1_000;

export class Session {
  readonly sessionId: string;
  readonly address: string;
  phase: Phase = 'greeting';
  device: Device | undefined;
  clientVersion = '';
  /** UTC ms of the sign-in. */
  readyAt = 0;
  /** Saves on this connection, and when the last was answered (UTC ms). */
  saves = 0;
  lastSaveAt: number | null = null;
  subscriptions: ReadonlySet<SubscribableEvent> = new Set();
  /** Requests that are not answered yet. */
  readonly calls = new Set<Call>();
  readonly #socket: TLSSocket;
  readonly #host: SessionHost;
  readonly #reader = new FrameReader(limits.frameBeforeAuthenticationMaxBytes);
  readonly #output: Output;
  readonly #acceptedAt: number;
  readonly #onEnd = new Set<() => void>();
  #heardAt: number;
  #frameBeganAt = 0;
  #closingAt = 0;
  #requests = 0;
  #events: Buffer[] = [];
  #eventsDropped = 0;
  #closeReason = 'peer';

  /** `acceptedAt`: monotonic ms at which the TCP connection came in; the handshake's time runs from there. */
  constructor(socket: TLSSocket, host: SessionHost, sessionId: string, acceptedAt: number) {
    this.sessionId = sessionId;
    this.address = socket.remoteAddress ?? 'unknown';
    this.#socket = socket;
    this.#host = host;
    this.#acceptedAt = acceptedAt;
    this.#heardAt = performance.now();
    this.#output = new Output(socket, () => this.#drained());
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    // A reset connection: what follows is 'close'.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#closeReason = error.code ?? 'error';
    });
    socket.on('close', () => this.#ended());
  }

  /** The peer has said what it is: it may pair or sign in now. */
  greet(clientVersion: string): void {
    this.clientVersion = clientVersion;
    if (this.phase === 'greeting') this.phase = 'greeted';
  }

  /** The device has proved who it is: larger frames, and all methods of its role. */
  signIn(device: Device): void {
    const first = this.phase !== 'ready';
    this.device = device;
    this.phase = 'ready';
    this.#reader.limitBytes = limits.frameMaxBytes;
    if (!first) return;
    this.readyAt = Date.now();
    this.#host.onReady(this);
    const { deviceId, name } = device;
    const { address, clientVersion } = this;
    this.#host.log('rpc.connection.opened', { deviceId, deviceName: name, address, clientVersion });
  }

  subscribe(events: ReadonlySet<SubscribableEvent>): void {
    this.#host.onSubscribed(this, events);
    this.subscriptions = events;
  }

  noteSave(at: number): void {
    this.saves += 1;
    this.lastSaveAt = at;
  }

  reply(id: number, result: unknown): void {
    this.#send(resultFrame(id, result));
  }

  refuse(id: number, error: MasalaError, incidentId?: string): void {
    this.#send(errorFrame(id, error.toWire(incidentId)));
  }

  /** Sends an event to this session alone. */
  sendEvent<Name extends EventName>(event: Name, params: EventParams<Name>): void {
    this.sendEventFrame(eventFrame(event, params));
  }

  /** Sends an event, which may be shared by many sessions; while the peer does not read, a bounded number waits. */
  sendEventFrame(frame: Buffer): void {
    if (this.phase !== 'ready') return;
    if (this.#events.length === 0 && !this.#full) this.#output.write(frame);
    else if (this.#events.length < limits.eventsQueuedPerSessionMax) this.#events.push(frame);
    else this.#eventsDropped += 1;
  }

  onEnd(listener: () => void): void {
    if (this.phase === 'closed') listener();
    else this.#onEnd.add(listener);
  }

  /**
   * Ends the connection. With an error the peer is told why first: a response with id 0, which belongs to no request (an error
   * with id 0 concerns the connection).
   */
  close(reason: string, error?: MasalaError): void {
    if (this.phase === 'closing' || this.phase === 'closed') return;
    if (error !== undefined) this.#send(errorFrame(0, error.toWire()));
    this.#closeReason = reason;
    this.phase = 'closing';
    this.#closingAt = performance.now();
    // What still comes is read and dropped: unread bytes would turn our end into a reset, and the last word be lost.
    this.#socket.resume();
    this.#output.end();
  }

  destroy(reason: string): void {
    this.#closeReason = reason;
    this.#socket.destroy();
  }

  /** Looks at the clock for this session: every time-out of a peer is found here, within one sweep of being due. */
  sweep(now: number): void {
    const { timeouts } = this.#host;
    if (this.phase === 'closing') {
      if (now - this.#closingAt > FAREWELL_MS) this.#socket.destroy();
      return;
    }
    const blockedSince = this.#output.blockedSince;
    if (this.phase !== 'ready' && now - this.#acceptedAt > timeouts.handshakeMs)
      return this.#slow('handshake');
    // A peer that takes nothing cannot be told anything either.
    if (blockedSince !== undefined && now - blockedSince > timeouts.writeMs) return this.#slow('write');
    // Who is not read from cannot be heard, nor end its frame.
    if (!this.#socket.isPaused()) {
      if (this.#frameBeganAt !== 0 && now - this.#frameBeganAt > timeouts.frameMs) return this.#slow('frame');
      // Who waits for an answer is not idle.
      if (this.calls.size === 0 && now - this.#heardAt > timeouts.idleMs) return this.#slow('idle');
    }
    for (const call of this.calls) call.sweep(now);
  }

  get #full(): boolean {
    return this.#output.queuedBytes > limits.sendBufferPerSessionMaxBytes;
  }

  #send(frame: Buffer): void {
    if (this.phase === 'closing' || this.phase === 'closed') return;
    this.#output.write(frame);
    // It asks faster than it reads the answers: until it has read them it is not read from either.
    if (this.#full && !this.#socket.isPaused()) this.#socket.pause();
  }

  #take(chunk: Buffer): void {
    if (this.phase === 'closing') return;
    const now = performance.now();
    this.#heardAt = now;
    let completed = false;
    try {
      this.#reader.push(chunk, (body) => {
        completed = true;
        this.#takeBody(body);
      });
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      return this.#reject(error);
    }
    // The time of a frame runs from its first byte: dripping more of them does not extend it.
    if (!this.#reader.partial) this.#frameBeganAt = 0;
    else if (completed || this.#frameBeganAt === 0) this.#frameBeganAt = now;
  }

  #takeBody(body: Buffer): void {
    if (this.phase === 'closing') return;
    const message = readMessage(body);
    if (message.type !== 'request') throw new MasalaError('FRAME_MALFORMED', { reason: 'not a request' });
    this.#requests += 1;
    this.#host.onRequest(this, message);
  }

  #reject(error: MasalaError): void {
    const { code, data } = error;
    this.#host.log('rpc.frame.rejected', { ...data, code, address: this.address });
    this.close(code, error);
  }

  #slow(phase: 'handshake' | 'frame' | 'write' | 'idle'): void {
    this.#host.log('rpc.peer.slow', { phase, address: this.address, deviceId: this.device?.deviceId });
    if (phase === 'write') this.destroy(phase);
    else this.close(phase, new MasalaError('DEADLINE_EXCEEDED', { phase }));
  }

  #drained(): void {
    if (this.#full) return;
    if (this.#socket.isPaused()) {
      this.#socket.resume();
      if (this.#frameBeganAt !== 0) this.#frameBeganAt = performance.now();
    }
    while (this.#events.length > 0 && !this.#full) this.#output.write(this.#events.shift() as Buffer);
    if (this.#events.length > 0 || this.#eventsDropped === 0) return;
    const dropped = this.#eventsDropped;
    this.#eventsDropped = 0;
    this.#host.log('rpc.events.lagged', { dropped, deviceId: this.device?.deviceId });
    this.sendEvent('session.lagged', { dropped });
  }

  #ended(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.#events = [];
    for (const call of this.calls) call.abandon();
    for (const listener of this.#onEnd) listener();
    this.#onEnd.clear();
    this.#host.onEnded(this);
    if (this.device === undefined) return;
    this.#host.log('rpc.connection.closed', {
      deviceId: this.device.deviceId,
      address: this.address,
      reason: this.#closeReason,
      requests: this.#requests,
    });
  }
}
