// A small but real server for the client's tests: TLS, the wire format and the contract's first methods, and every
// misbehaviour that a network or a server is capable of.

import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import {
  errorFrame,
  eventFrame,
  FrameReader,
  limits,
  MasalaError,
  readMessage,
  resultFrame,
} from '@masala/protocol';
import type { Hello } from '../hello.ts';
import type { FixtureIdentity } from './certificate.ts';

/** Returned by a handler that answers nothing. */
export const SILENCE = Symbol('silence');

export interface FixtureConnection {
  readonly socket: TLSSocket;
  /** Cuts it off as a killed server would. */
  drop(): void;
  send(framed: Buffer): void;
}

export interface FixtureRequest {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly connection: FixtureConnection;
}

export type FixtureHandler = (request: FixtureRequest) => unknown;

export const FIXTURE_ID = '0190a5b4-0000-7000-8000-000000000001';
export const NO_HASH = '0'.repeat(64);

export type FixtureEpoch = Hello['lineage'][number];

export class FixtureServer {
  readonly identity: FixtureIdentity;
  /** Every request that came, over all connections. */
  readonly requests: FixtureRequest[] = [];
  readonly connections = new Set<FixtureConnection>();
  readonly #handlers = new Map<string, FixtureHandler>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;
  /** What came through TLS: must be zero where the client did not trust the certificate. */
  applicationBytes = 0;
  connectionsAccepted = 0;
  bootSequence = 1;
  /** Newest first. */
  lineage: FixtureEpoch[] = [{ epoch: FIXTURE_ID, parent: null, branchSequence: 0, branchHash: NO_HASH }];
  pingIntervalMs = 20_000;
  tokens = new Set<string>();
  secrets = new Map<string, string | undefined>();
  /** Commands by their id, booked once however often they come. */
  readonly booked = new Map<string, { readonly result: unknown; times: number }>();

  constructor(identity: FixtureIdentity) {
    this.identity = identity;
    this.#addDefaults();
  }

  /** Listens on 127.0.0.1. */
  async listen(port = 0): Promise<this> {
    const { privateKeyPem: key, certificatePem: cert } = this.identity;
    const server = createServer({ key, cert, minVersion: 'TLSv1.3' }, (socket) => this.#accept(socket));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    this.#server = server;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    return this;
  }

  /** As a killed server: the port closes and every connection is cut. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Answers a method otherwise from now on. A handler that throws a MasalaError refuses with it. */
  on(method: string, handler: FixtureHandler): this {
    this.#handlers.set(method, handler);
    return this;
  }

  /** Lets the first `times` calls of a method run into `first`, the others into what was there before. */
  onFirst(method: string, times: number, first: FixtureHandler): this {
    const usual = this.#handlers.get(method) ?? unknownMethod;
    let left = times;
    return this.on(method, (request) => (left-- > 0 ? first(request) : usual(request)));
  }

  /** The params of every request of a method. */
  paramsOf(method: string): Readonly<Record<string, unknown>>[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  broadcast(event: string, params: unknown): void {
    for (const connection of this.connections) connection.send(eventFrame(event, params));
  }

  /** Books a command once, as the real writer does; a handler that then keeps silent has lost the answer only. */
  book(request: FixtureRequest): unknown {
    const commandId = String(request.params['commandId']);
    const known = this.booked.get(commandId);
    if (known !== undefined) {
      known.times++;
      return known.result;
    }
    const result = { id: FIXTURE_ID, version: 1, defaultLotId: FIXTURE_ID };
    this.booked.set(commandId, { result, times: 1 });
    return result;
  }

  hello(): object {
    return {
      protocol: 1,
      serverId: this.identity.serverId,
      name: 'Fixture',
      version: '0.1.0',
      state: 'running',
      flags: [],
      epoch: this.lineage[0]?.epoch,
      lineage: this.lineage,
      bootSequence: this.bootSequence,
      serverTime: 0,
      frameMaxBytes: limits.frameMaxBytes,
      pingIntervalMs: this.pingIntervalMs,
    };
  }

  #addDefaults(): void {
    this.on('session.hello', () => this.hello());
    this.on('session.authenticate', ({ params }) => {
      if (!this.tokens.has(String(params['token']))) throw new MasalaError('DEVICE_UNKNOWN');
      return { deviceId: FIXTURE_ID, deviceName: 'desk', role: 'office' };
    });
    this.on('session.pair', ({ params }) => this.#pair(String(params['secret']), String(params['token'])));
    this.on('session.ping', () => ({ serverTime: 0 }));
    this.on('session.subscribe', ({ params }) => ({ events: params['events'] }));
    this.on('session.whoami', () => ({
      deviceId: FIXTURE_ID,
      deviceName: 'desk',
      role: 'office',
      serverId: this.identity.serverId,
      epoch: FIXTURE_ID,
    }));
    this.on('items.create', (request) => this.book(request));
    this.on('items.get', ({ params }) => ({ id: FIXTURE_ID, sku: params['sku'], quantity: 7 }));
  }

  #pair(secret: string, token: string): unknown {
    if (!this.secrets.has(secret) || (this.secrets.get(secret) ?? token) !== token) {
      throw new MasalaError('JOIN_CODE_INVALID');
    }
    this.secrets.set(secret, token);
    this.tokens.add(token);
    return { deviceId: FIXTURE_ID, role: 'office', serverId: this.identity.serverId };
  }

  #accept(socket: TLSSocket): void {
    this.connectionsAccepted++;
    const connection: FixtureConnection = {
      socket,
      drop: () => socket.destroy(),
      send: (framed) => void (socket.writable && socket.write(framed)),
    };
    this.connections.add(connection);
    const reader = new FrameReader(limits.frameMaxBytes);
    socket.on('error', () => undefined);
    socket.on('close', () => this.connections.delete(connection));
    socket.on('data', (chunk: Buffer) => {
      this.applicationBytes += chunk.length;
      reader.push(chunk, (body) => this.#receive(body, connection));
    });
  }

  #receive(body: Buffer, connection: FixtureConnection): void {
    const message = readMessage(body);
    if (message.type !== 'request') throw new Error('the client sent what is no request');
    const { id, method } = message;
    const request = { id, method, params: message.params as FixtureRequest['params'], connection };
    this.requests.push(request);
    const handler = this.#handlers.get(method) ?? unknownMethod;
    Promise.resolve()
      .then(() => handler(request))
      .then(
        (result) => {
          if (result !== SILENCE) connection.send(resultFrame(id, result));
        },
        (error: unknown) => {
          const known =
            error instanceof MasalaError ? error : new MasalaError('INTERNAL', { reason: String(error) });
          connection.send(errorFrame(id, known.toWire()));
        },
      );
  }
}

function unknownMethod({ method }: FixtureRequest): never {
  throw new MasalaError('METHOD_UNKNOWN', { method });
}

/** A handler that refuses. */
export function refuse(...error: ConstructorParameters<typeof MasalaError>): FixtureHandler {
  return () => {
    throw new MasalaError(...error);
  };
}
