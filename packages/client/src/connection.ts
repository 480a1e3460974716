// Carries out what connection-state.ts decides: opens channels, signs in, waits, looks for a server that moved.

import type { TLSSocket } from 'node:tls';
import { MasalaError, reasonOf } from '@masala/protocol';
import { Channel } from './channel.ts';
import type { Clock } from './clock.ts';
import {
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  initialState,
  step,
} from './connection-state.ts';
import { type ClientName, greet, type Hello } from './hello.ts';
import { type Address, CONNECT_TIMEOUT_MS, connectTls, pinnedTo } from './pinned-tls.ts';

/** A core is back after 150 to 300 ms; a refused knock costs both PCs some microseconds. */
const KNOCK_PAUSE_MS = 25;

export interface ConnectionOptions {
  readonly target: Address;
  readonly serverId: string;
  readonly token: string;
  readonly client: ClientName;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryDelayMs: number;
  /** Looks for the server on the network; undefined where it was not found. */
  readonly locate: (signal: AbortSignal) => Promise<Address | undefined>;
  onState(state: ConnectionState): void;
  onReady(channel: Channel, hello: Hello): void;
  onMoved(address: Address): void;
  onEvent(event: string, params: unknown): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = initialState;
  #target: Address;
  #channel: Channel | undefined;
  #stopWaiting: () => void = () => undefined;
  #abort = new AbortController();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#target = options.target;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    this.#dispatch({ type: 'start' });
  }

  /** Ends for good; nothing of it keeps the process alive afterwards. */
  close(): void {
    this.#dispatch({ type: 'close' });
  }

  #dispatch(event: ConnectionEvent): void {
    const before = this.#state;
    const { state, effects } = step(before, event, {
      nowMs: this.#options.clock.nowMs(),
      chance: this.#options.random(),
      retryDelayMs: this.#options.retryDelayMs,
    });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state !== before) this.#options.onState(state);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'connect':
        this.#stopWaiting();
        this.#abort.abort();
        this.#abort = new AbortController();
        return this.#connect(this.#state.attempt, this.#abort.signal);
      case 'wait':
        return this.#wait(this.#state.attempt, effect.delayMs);
      case 'drop':
        this.#stopWaiting();
        this.#abort.abort();
        this.#channel?.close(new MasalaError('CONNECTION_LOST', { reason: 'closed by the client' }));
        this.#channel = undefined;
    }
  }

  #connect(attempt: number, signal: AbortSignal): void {
    const stopTimeout = this.#options.clock.after(CONNECT_TIMEOUT_MS, () => {
      this.#fail(
        attempt,
        new MasalaError('CONNECTION_LOST', { reason: 'no answer in time', ...this.#target }),
      );
    });
    this.#establish(attempt, signal)
      .catch((error: unknown) => this.#fail(attempt, asMasalaError(error)))
      .finally(stopTimeout);
  }

  async #establish(attempt: number, signal: AbortSignal): Promise<void> {
    const { token, client, clock } = this.#options;
    const socket = await this.#dial(signal);
    const channel = new Channel(socket, {
      clock,
      onEvent: this.#options.onEvent,
      onClosed: (error) => this.#fail(attempt, error),
    });
    if (signal.aborted) return channel.close(new MasalaError('CONNECTION_LOST', { reason: 'too late' }));
    this.#channel = channel;
    this.#dispatch({ type: 'connected', attempt });
    const hello = await greet(channel, client);
    this.#dispatch({ type: 'greeted', attempt });
    await channel.ask('session.authenticate', { token });
    if (signal.aborted) return;
    channel.settle(hello.frameMaxBytes, hello.pingIntervalMs);
    this.#dispatch({ type: 'authenticated', attempt });
    if (this.#state.phase === 'ready') this.#options.onReady(channel, hello);
  }

  /**
   * The retry right after a loss is a patient one: a PC that refuses has no core at the moment, and the supervisor is
   * starting one. Instead of missing it by a moment and waiting out a whole pause, it knocks as long as that pause.
   */
  async #dial(signal: AbortSignal): Promise<TLSSocket> {
    const { serverId, clock, retryDelayMs } = this.#options;
    const { state } = this;
    const patienceMs = 'failures' in state && state.failures === 1 ? retryDelayMs : 0;
    for (const untilMs = clock.nowMs() + patienceMs; ; ) {
      try {
        return await connectTls(this.#target, pinnedTo(serverId), signal);
      } catch (error) {
        const isRefused = error instanceof MasalaError && error.data?.reason === 'ECONNREFUSED';
        if (!isRefused || signal.aborted || clock.nowMs() >= untilMs) throw error;
        await new Promise<void>((resolve) => void clock.after(KNOCK_PAUSE_MS, resolve));
      }
    }
  }

  #fail(attempt: number, error: MasalaError): void {
    this.#dispatch({ type: 'failed', attempt, error });
  }

  #wait(attempt: number, delayMs: number): void {
    this.#stopWaiting = this.#options.clock.after(delayMs, () => this.#dispatch({ type: 'due', attempt }));
    // Before an immediate retry there is no time to look; a server that only restarted is where it was.
    if (delayMs > 0) this.#relocate(attempt);
  }

  #relocate(attempt: number): void {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#options.locate(signal).then(
      (found) => {
        if (signal.aborted || found === undefined) return;
        if (found.address === this.#target.address && found.port === this.#target.port) return;
        this.#target = found;
        this.#options.onMoved(found);
        this.#dispatch({ type: 'found', attempt });
      },
      // Looking is a favour: without a network it fails, and the next try of the old address says so.
      () => undefined,
    );
  }
}

/** What a connection can fail of, in the terms of the table: anything else is a fault of ours and stays one. */
function asMasalaError(error: unknown): MasalaError {
  if (error instanceof MasalaError) return error;
  const reason = reasonOf(error);
  return new MasalaError('INTERNAL', { reason }, { cause: error });
}
