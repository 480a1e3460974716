// A client of one server: puts connection, calls and subscriptions together. The only place of the library that wires.

import { EventEmitter } from 'node:events';
import { type EventName, MasalaError, type Result } from '@masala/protocol';
import { type CallName, type CallOptions, type CallParams, Calls } from './calls.ts';
import { type Clock, systemClock } from './clock.ts';
import { newCommandId } from './command-id.ts';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { discover } from './discovery.ts';
import { type ClientName, type Hello, libraryName } from './hello.ts';
import type { Address } from './pinned-tls.ts';
import { RETRY_DELAY_MS } from './retry-delay.ts';
import { type EventMessage, Subscriptions } from './subscriptions.ts';

/** What a client has to know; a Profile has it all. */
export interface ConnectOptions {
  readonly serverId: string;
  readonly address: string;
  readonly port: number;
  readonly token: string;
  /** UDP, to find a server that moved; 0 or none: it is not looked for. */
  readonly discoveryPort?: number;
  readonly client?: ClientName;
  /** Between two tries to connect, after the first that is made at once. */
  readonly retryDelayMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

interface ClientEvents {
  /** Every change; the state carries the reason. */
  state: [ConnectionState];
  /** Signed in (again): what is shown has to be loaded, since events may have been missed. */
  ready: [Hello];
  /** The server was started anew since the last connection. */
  boot: [{ readonly bootSequence: number; readonly previous: number }];
  /** The server was found at another address: worth keeping. */
  moved: [Address];
}

/** Connects to a paired server and stays connected until it is closed. Returns at once; calls may be made at once. */
export function connect(options: ConnectOptions): Client {
  return new Client(options);
}

export class Client extends EventEmitter<ClientEvents> {
  readonly #connection: Connection;
  readonly #calls: Calls;
  readonly #subscriptions = new Subscriptions();
  #bootSequence: number | undefined;
  #reason: MasalaError | undefined;

  constructor(options: ConnectOptions) {
    super();
    const { serverId, token, address, port, clock = systemClock, random = Math.random } = options;
    this.#calls = new Calls({ clock, random, newCommandId, reason: () => this.#reason });
    this.#connection = new Connection({
      target: { address, port },
      serverId,
      token,
      client: options.client ?? libraryName,
      clock,
      random,
      retryDelayMs: options.retryDelayMs ?? RETRY_DELAY_MS,
      locate: (signal) => locate(serverId, options.discoveryPort ?? 0, signal),
      onState: (state) => this.#changed(state),
      onReady: (channel, hello) => {
        this.#subscriptions.attach(channel);
        this.#calls.attach(channel);
        this.#noteBoot(hello);
        this.#tell('ready', hello);
      },
      onMoved: (found) => this.#tell('moved', found),
      onEvent: (event, params) => this.#subscriptions.deliver(event, params),
    });
    this.#connection.start();
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Why the server is not reached, or was not reached by the last try; undefined while it is. */
  get reason(): MasalaError | undefined {
    return this.#reason;
  }

  /** Calls without an answer yet. */
  get pendingCount(): number {
    return this.#calls.pendingCount;
  }

  /** Calls a method of the contract; `Calls.call` says how it ends. */
  call<Name extends CallName>(
    method: Name,
    params: CallParams<Name>,
    options?: CallOptions,
  ): Promise<Result<Name>> {
    return this.#calls.call(method, params, options);
  }

  /** Hears events, over every reconnect, until the function that it returns is called. */
  subscribe<Name extends EventName>(
    names: readonly Name[],
    listener: (message: EventMessage<Name | 'session.lagged'>) => void,
  ): () => void {
    return this.#subscriptions.add(names, listener);
  }

  /** Ends the connection; calls without an answer are rejected with CANCELLED. */
  close(): void {
    this.#connection.close();
  }

  #changed(state: ConnectionState): void {
    if (state.phase === 'ready') this.#reason = undefined;
    if (state.phase === 'waiting' || state.phase === 'ended') this.#reason = state.reason;
    if (state.phase !== 'ready') {
      this.#calls.detach();
      this.#subscriptions.detach();
    }
    if (state.phase === 'ended') this.#calls.end(state.reason ?? new MasalaError('CANCELLED'));
    this.#tell('state', state);
  }

  /** In a turn of its own: what a listener throws is its fault and harms no connection. */
  #tell<Name extends keyof ClientEvents>(name: Name, ...told: ClientEvents[Name]): void {
    queueMicrotask(() => (this as EventEmitter).emit(name, ...told));
  }

  #noteBoot(hello: Hello): void {
    const previous = this.#bootSequence;
    this.#bootSequence = hello.bootSequence;
    if (previous !== undefined && previous !== hello.bootSequence) {
      this.#tell('boot', { bootSequence: hello.bootSequence, previous });
    }
  }
}

async function locate(serverId: string, port: number, signal: AbortSignal): Promise<Address | undefined> {
  const [found] = await discover({ port, serverId, signal });
  return found && { address: found.address, port: found.port };
}
