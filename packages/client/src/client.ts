// A client of one server: puts connection, calls and subscriptions together. The only place of the library that wires.

import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { type EventName, MasalaError, type Result } from '@masala/protocol';
import { type AnsweredWrite, type CallName, type CallOptions, type CallParams, Calls } from './calls.ts';
import { type Clock, systemClock } from './clock.ts';
import { newCommandId } from './command-id.ts';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { discover } from './discovery.ts';
import { type ClientName, type Hello, libraryName } from './hello.ts';
import { asTrouble, type Branched, BranchWatch } from './kept/branch-watch.ts';
import { HistoryNote } from './kept/history-note.ts';
import { type KeptCommand, KeptCommands } from './kept/kept-commands.ts';
import type { ResendOptions } from './kept/resend.ts';
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
  /** The profile's folder: the last acknowledged writes are kept there, to be sent again after a restore of the server. */
  readonly keepIn?: string;
  /** The time of day, UTC milliseconds, under which they are kept. */
  readonly now?: () => number;
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
  /** The server's history is not the one that was known here (with `keepIn`); again at each sign-in until it is settled. */
  branched: [Branched];
  /** Something could not be kept or compared: PROFILE_UNUSABLE, or what the server said. Booked writes stay booked. */
  keepingFailed: [MasalaError];
}

/** As many digits of a server's id as tell the servers of a lifetime apart. */
const FOLDER_DIGITS = 16;

/** Connects to a paired server and stays connected until it is closed. Returns at once; calls may be made at once. */
export function connect(options: ConnectOptions): Client {
  return new Client(options);
}

export class Client extends EventEmitter<ClientEvents> {
  readonly #connection: Connection;
  readonly #calls: Calls;
  readonly #subscriptions = new Subscriptions();
  readonly #kept: KeptCommands | undefined;
  readonly #branchWatch: BranchWatch | undefined;
  readonly #now: () => number;
  #epoch = '';
  #bootSequence: number | undefined;
  #reason: MasalaError | undefined;

  constructor(options: ConnectOptions) {
    super();
    const { serverId, token, address, port, clock = systemClock, random = Math.random } = options;
    this.#now = options.now ?? Date.now;
    if (options.keepIn !== undefined) {
      // What one server acknowledged is never offered to another one.
      const directory = join(options.keepIn, 'kept', serverId.slice(0, FOLDER_DIGITS));
      const onTrouble = (error: unknown) => this.#tell('keepingFailed', asTrouble(error));
      this.#kept = new KeptCommands({ directory, clock, onTrouble });
      this.#branchWatch = new BranchWatch({
        kept: this.#kept,
        note: new HistoryNote(directory),
        call: (method, params, callOptions) => this.#calls.callNamed(method, params, callOptions),
        onBranched: (branched) => this.#tell('branched', branched),
        onTrouble,
      });
    }
    const keep = (answered: AnsweredWrite, written: () => void) => this.#keep(answered, written);
    const keeping = this.#kept === undefined ? {} : { keep };
    this.#calls = new Calls({ clock, random, newCommandId, reason: () => this.#reason, ...keeping });
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
        this.#epoch = hello.epoch;
        this.#subscriptions.attach(channel);
        this.#branchWatch?.ready(hello);
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

  /**
   * The acknowledged writes of this PC that the server's present history lacks, once this connection (or the next one)
   * has been compared; undefined where none is, or without `keepIn`. Rejects when the client ends or cannot compare.
   */
  comparison(): Promise<Branched | undefined> {
    return this.#branchWatch?.compared ?? Promise.resolve(undefined);
  }

  /**
   * Sends what is gone again, in its order and under its own command ids: whatever is repeated is booked once. Those
   * refused are let go: a person has to enter them by hand. When nothing is left of `comparison`, the present
   * history is the known one. Rejects with CANCELLED, or HISTORY_BRANCHED when the server was restored yet again: then
   * nothing is settled, and the next comparison offers it again.
   */
  resend(commands: readonly KeptCommand[], options: ResendOptions = {}): Promise<void> {
    return this.#branchWatch?.resend(commands, options) ?? Promise.resolve();
  }

  /** Lets what is gone go: it is never offered again. Throws PROFILE_UNUSABLE where that cannot be kept. */
  dismissBranch(): void {
    this.#branchWatch?.dismiss();
  }

  /** Ends the connection; calls without an answer are rejected with CANCELLED. */
  close(): void {
    this.#connection.close();
    this.#kept?.close();
  }

  #changed(state: ConnectionState): void {
    if (state.phase === 'ready') this.#reason = undefined;
    if (state.phase === 'waiting' || state.phase === 'ended') this.#reason = state.reason;
    if (state.phase !== 'ready') {
      this.#calls.detach();
      this.#subscriptions.detach();
      this.#branchWatch?.lost();
    }
    if (state.phase === 'ended') {
      const reason = state.reason ?? new MasalaError('CANCELLED');
      this.#calls.end(reason);
      this.#branchWatch?.end(reason);
    }
    this.#tell('state', state);
  }

  #keep({ method, params: { commandId, ...params }, result }: AnsweredWrite, written: () => void): void {
    const acknowledged = { commandId: String(commandId), method, params, result };
    this.#kept?.add({ ...acknowledged, acknowledgedAt: this.#now(), epoch: this.#epoch }, written);
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
