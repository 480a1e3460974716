// The TLS door: who may connect, how many at once, and the clock that watches every session.

import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { MasalaError, Message, SubscribableEvent } from '@masala/protocol';
import type { ClientTold } from '@masala/protocol/control';
import type { Identity } from '../access/identity.ts';
import type { LogLine } from '../log.ts';
import { connectionRefusal } from './connection-limit.ts';
import type { Dispatch } from './dispatch.ts';
import type { Events } from './events.ts';
import { Session, type SessionHost, type SessionTimeouts } from './session.ts';

/** Connections over the limit that are still told so at once; TLS costs a millisecond each, so beyond it they are cut. */
const REFUSALS_AT_ONCE_MAX = 32;
/** A dead peer's cable is found out in a minute, also where nothing is on its way. */
const KEEP_ALIVE_MS = 30_000;
/** Time-outs are found within a quarter of the shortest, and within 250 ms where they are long. */
const SWEEP_MAX_MS = 250;
const SWEEP_MIN_MS = 5;
/** A flood of refused connections must not become a flood of log lines. */
const REFUSAL_LOG_INTERVAL_MS = 1_000;

export interface ListenerOptions {
  readonly identity: Identity;
  readonly timeouts: SessionTimeouts;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly dispatch: Pick<Dispatch, 'request'>;
  readonly events: Events;
  /** A device has signed in, or gone. */
  readonly onClients: () => void;
  readonly log: LogLine;
}

/** A TCP connection, from its first packet on. */
interface Arrival {
  readonly socket: Socket;
  readonly address: string;
  readonly acceptedAt: number;
  readonly refusal: MasalaError | undefined;
  secured: boolean;
}

export class Listener implements SessionHost {
  readonly timeouts: SessionTimeouts;
  readonly log: LogLine;
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #arrivals = new Map<string, Arrival>();
  readonly #perAddress = new Map<string, number>();
  readonly #sessions = new Set<Session>();
  #sweeper: NodeJS.Timeout | undefined;
  #refusals = 0;
  #nextSession = 1;
  #refusedUnlogged = 0;
  #refusalLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.timeouts = options.timeouts;
    this.log = options.log;
    this.#server = createServer(
      {
        key: options.identity.keyPem,
        cert: options.identity.certificatePem,
        minVersion: 'TLSv1.3',
        maxVersion: 'TLSv1.3',
        handshakeTimeout: options.timeouts.handshakeMs,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      },
      (socket) => this.#secured(socket),
    );
    this.#server.on('connection', (socket: Socket) => this.#arrived(socket));
    // Not TLS, or not ours: the socket is closed by node.
    this.#server.on('tlsClientError', (error, socket) => {
      this.#logRefusal(error.message, socket.remoteAddress ?? 'unknown');
    });
  }

  /** Signed-in devices that are connected. */
  get clients(): number {
    let clients = 0;
    for (const session of this.#sessions) if (isClient(session)) clients += 1;
    return clients;
  }

  /** The signed-in devices that are connected, in the order of their coming. */
  get clientsTold(): ClientTold[] {
    return [...this.#sessions].flatMap((session) => toldOf(session) ?? []);
  }

  /** Requests of all sessions that are not answered yet. */
  get callsInFlight(): number {
    let calls = 0;
    for (const session of this.#sessions) calls += session.calls.size;
    return calls;
  }

  isConnected(deviceId: string): boolean {
    for (const session of this.#sessions) if (session.device?.deviceId === deviceId) return true;
    return false;
  }

  /** Begins to listen; resolves with the port, and rejects with the system's error (EADDRINUSE, EADDRNOTAVAIL …). */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        // An accept that fails (no descriptors left) concerns that connection alone.
        this.#server.on('error', (error) => this.#logRefusal(error.message, host));
        this.#sweeper = setInterval(() => this.#sweep(performance.now()), this.#sweepMs());
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no new connections; those that stand go on. */
  stopAccepting(): void {
    this.#server.close();
  }

  /** Answers imports and checks, which may take an hour, with the reason of the stop. */
  endLongCalls(error: MasalaError): void {
    for (const session of this.#sessions) for (const call of session.calls) call.endIfLong(error);
  }

  /** Ends every connection in order, telling those that listen why. */
  closeSessions(error: MasalaError): void {
    for (const session of this.#sessions) session.close('stopping', error);
    // Who has not even finished TLS cannot be told anything.
    for (const arrival of this.#arrivals.values()) if (!arrival.secured) arrival.socket.destroy();
  }

  /** Resolves when no connection is left. */
  async closed(): Promise<void> {
    while (this.#arrivals.size > 0) await new Promise((resolve) => setTimeout(resolve, SWEEP_MIN_MS));
    clearInterval(this.#sweeper);
  }

  /** Cuts the connections of a device, telling it why. */
  disconnect(deviceId: string, error: MasalaError): void {
    for (const session of this.#sessions) {
      if (session.device?.deviceId === deviceId) session.close(error.code, error);
    }
  }

  onRequest(session: Session, request: Extract<Message, { type: 'request' }>): void {
    this.#options.dispatch.request(session, request.id, request.method, request.params);
  }

  onSubscribed(session: Session, events: ReadonlySet<SubscribableEvent>): void {
    this.#options.events.subscribe(session, events);
  }

  onReady(_session: Session): void {
    this.#options.onClients();
  }

  onEnded(session: Session): void {
    this.#sessions.delete(session);
    this.#options.events.forget(session);
    if (session.device !== undefined) this.#options.onClients();
  }

  #arrived(socket: Socket): void {
    const address = socket.remoteAddress;
    // It has gone before we looked.
    if (address === undefined) return void socket.destroy();
    const counts = {
      inAll: this.#arrivals.size - this.#refusals,
      ofAddress: this.#perAddress.get(address) ?? 0,
    };
    const refusal = connectionRefusal(address, counts, this.#options);
    if (refusal !== undefined) {
      this.#logRefusal(refusal.code, address);
      if (this.#refusals >= REFUSALS_AT_ONCE_MAX) return void socket.destroy();
      this.#refusals += 1;
    }
    const key = keyOf(socket);
    this.#arrivals.set(key, { socket, address, acceptedAt: performance.now(), refusal, secured: false });
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    socket.once('close', () => this.#left(key, address, refusal !== undefined));
  }

  #left(key: string, address: string, refused: boolean): void {
    this.#arrivals.delete(key);
    if (refused) this.#refusals -= 1;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  #secured(socket: TLSSocket): void {
    const arrival = this.#arrivals.get(keyOf(socket));
    if (arrival === undefined) return void socket.destroy();
    arrival.secured = true;
    const session = new Session(socket, this, `s${this.#nextSession++}`, arrival.acceptedAt);
    this.#sessions.add(session);
    if (arrival.refusal !== undefined) session.close(arrival.refusal.code, arrival.refusal);
  }

  #sweepMs(): number {
    const shortestMs = Math.min(...Object.values(this.timeouts));
    return Math.min(SWEEP_MAX_MS, Math.max(SWEEP_MIN_MS, Math.floor(shortestMs / 4)));
  }

  #sweep(now: number): void {
    for (const session of this.#sessions) session.sweep(now);
    for (const arrival of this.#arrivals.values()) {
      if (arrival.secured || now - arrival.acceptedAt <= this.timeouts.handshakeMs) continue;
      this.log('rpc.peer.slow', { phase: 'handshake', address: arrival.address });
      arrival.socket.destroy();
    }
  }

  #logRefusal(code: string, address: string): void {
    this.#refusedUnlogged += 1;
    const now = performance.now();
    if (now - this.#refusalLoggedAt < REFUSAL_LOG_INTERVAL_MS) return;
    this.log('rpc.connection.refused', { code, address, count: this.#refusedUnlogged });
    this.#refusalLoggedAt = now;
    this.#refusedUnlogged = 0;
  }
}

/** Also as an IPv6 socket writes it. */
const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;

/** The dashboard on this PC is none: who stops the server by it is not to be warned of themselves. */
function isClient({ phase, clientVersion, address }: Session): boolean {
  const isDashboard = clientVersion.startsWith('masala-dashboard') && LOOPBACK.test(address);
  return phase === 'ready' && !isDashboard;
}

function toldOf(session: Session): ClientTold | undefined {
  const { device, clientVersion, address, readyAt, saves, lastSaveAt } = session;
  if (!isClient(session) || device === undefined) return undefined;
  return {
    deviceId: device.deviceId,
    device: device.name,
    role: device.role,
    program: clientVersion,
    // An IPv4 address on a socket for both kinds.
    address: address.replace(/^::ffff:/, ''),
    since: readyAt,
    lastSaveAt,
    saves,
  };
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
