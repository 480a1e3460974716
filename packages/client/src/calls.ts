// Typed calls over connections that come and go: reads end by their deadline, writes only by an answer or their caller.

import {
  definitionOf,
  limits,
  MasalaError,
  type MethodName,
  type Params,
  type ReadName,
  type Result,
  type WriteName,
} from '@masala/protocol';
import type { Answer, Channel } from './channel.ts';
import type { Clock } from './clock.ts';
import { checkParams } from './params-check.ts';
import { callRetryDelayMs } from './retry-delay.ts';

export type CallName = ReadName | WriteName;

/** A write's params without its command id, which is made where it is not given. */
export type CallParams<Name extends CallName> = Name extends WriteName
  ? Omit<Params<Name>, 'commandId'> & { readonly commandId?: string }
  : Params<Name>;

export interface Late {
  readonly method: CallName;
  readonly commandId: string;
  readonly waitedMs: number;
  /** Why it is not booked yet, as far as that is known. */
  readonly reason: MasalaError | undefined;
}

export interface CallOptions {
  /** Ends the call with CANCELLED. A write that was sent may have been booked all the same. */
  readonly signal?: AbortSignal;
  /** Reads only: instead of the method's own. */
  readonly deadlineMs?: number;
  /** Writes only: told once, when there is no answer after ten seconds. */
  readonly onLate?: (late: Late) => void;
  /** Sent once, on one connection: a loss or a retryable refusal ends the call. For calls that belong to a connection. */
  readonly once?: boolean;
  /** Asked before each try to send it: an error ends the call instead. For calls that mean one history of the server. */
  readonly unless?: () => MasalaError | undefined;
}

/** `Client.call` of a method that is known only when it runs: commands that were kept name their own. */
export type NamedCall = (method: CallName, params: object, options?: CallOptions) => Promise<unknown>;

export interface CallsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newCommandId: () => string;
  /** Why no calls can be sent at the moment. */
  readonly reason: () => MasalaError | undefined;
  /** Writes an answered write down before its caller hears of it, and calls `written` later in the same turn. */
  readonly keep?: (answered: AnsweredWrite, written: () => void) => void;
}

export interface AnsweredWrite {
  readonly method: WriteName;
  /** With its `commandId`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}

/** A write without an answer for so long is told to the person who waits for it: as long as a read may take. */
export const LATE_AFTER_MS = 10_000;

/** Two places stay free for pings and subscriptions, so that a full pipe never looks like a dead one. */
const IN_FLIGHT_MAX = limits.requestsInFlightPerSessionMax - 2;

interface Pending {
  readonly order: number;
  readonly method: CallName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly once: boolean;
  readonly unless: CallOptions['unless'];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: MasalaError) => void;
  readonly stop: (() => void)[];
  /** Forgets the retry that is due. */
  stopRetry: () => void;
  settled: boolean;
  /** Nothing else was in flight beside it: what the server says of an unreadable frame is said of it. */
  alone: boolean;
  failures: number;
  lastError: MasalaError | undefined;
}

export class Calls {
  readonly #options: CallsOptions;
  readonly #all = new Set<Pending>();
  #queue = new Set<Pending>();
  readonly #inFlight = new Set<Pending>();
  /** In flight together when the server could not read a frame: sent one by one, until the guilty one is known. */
  readonly #suspects = new Set<Pending>();
  #channel: Channel | undefined;
  #ended: MasalaError | undefined;
  #orders = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** Calls without an answer yet. */
  get pendingCount(): number {
    return this.#all.size;
  }

  /**
   * Calls a method. Rejects with a MasalaError: the server's refusal, PARAMS_INVALID before anything is sent,
   * CANCELLED, and for reads DEADLINE_EXCEEDED or the reason why the server cannot be reached.
   */
  call<Name extends CallName>(
    method: Name,
    params: CallParams<Name>,
    options?: CallOptions,
  ): Promise<Result<Name>> {
    return this.callNamed(method, params, options) as Promise<Result<Name>>;
  }

  callNamed(method: CallName, params: object, options: CallOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#begin(method, this.#prepare(method, params), options, resolve, reject);
    });
  }

  /** A connection stands: whatever waits is sent, in the order in which it was called. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.#queue = new Set([...this.#queue].sort((left, right) => left.order - right.order));
    this.#pump();
  }

  detach(): void {
    this.#channel = undefined;
  }

  /** No connection will come any more: every call, present and future, is rejected. */
  end(error: MasalaError): void {
    this.#ended = error;
    for (const call of [...this.#all]) this.#reject(call, error);
  }

  #prepare(method: CallName, params: unknown): Readonly<Record<string, unknown>> {
    const isWrite = isWriteName(method);
    const given = typeof params === 'object' && params !== null ? params : {};
    const complete = isWrite
      ? { commandId: this.#options.newCommandId(), ...withoutUndefined(given) }
      : params;
    checkParams(method, complete);
    // A copy: a caller that goes on changing its object must not change what a retry says under the same command id.
    return structuredClone(complete) as Readonly<Record<string, unknown>>;
  }

  #begin(
    method: CallName,
    params: Readonly<Record<string, unknown>>,
    options: CallOptions,
    resolve: (result: unknown) => void,
    reject: (error: MasalaError) => void,
  ): void {
    if (this.#ended !== undefined) return reject(this.#ended);
    if (options.signal?.aborted === true) return reject(cancelled(params));
    // Those that wait out the pause after a refusal count too: a server that is read-only for long fills up with them.
    if (this.#all.size - this.#inFlight.size >= limits.clientCallsQueuedMax) {
      return reject(new MasalaError('TOO_MANY_REQUESTS', { limit: limits.clientCallsQueuedMax }));
    }
    const call: Pending = {
      order: this.#orders++,
      method,
      params,
      once: options.once === true,
      unless: options.unless,
      resolve,
      reject,
      stop: [],
      stopRetry: () => undefined,
      settled: false,
      alone: false,
      failures: 0,
      lastError: undefined,
    };
    this.#all.add(call);
    this.#watch(call, options);
    if (call.once && this.#channel === undefined) return this.#reject(call, this.#whyNot());
    this.#queue.add(call);
    this.#pump();
  }

  /** What may end or report a call besides its answer. */
  #watch(call: Pending, { signal, deadlineMs, onLate }: CallOptions): void {
    const { clock } = this.#options;
    const definition = definitionOf(call.method);
    if (definition.access === 'write') {
      const tell = () => onLate?.(this.#late(call));
      if (onLate !== undefined) call.stop.push(clock.after(LATE_AFTER_MS, tell));
    } else {
      const limitMs = deadlineMs ?? definition.deadlineMs;
      call.stop.push(clock.after(limitMs, () => this.#reject(call, this.#overdue(call, limitMs))));
    }
    if (signal === undefined) return;
    const onAbort = () => this.#reject(call, cancelled(call.params));
    signal.addEventListener('abort', onAbort, { once: true });
    call.stop.push(() => signal.removeEventListener('abort', onAbort));
  }

  #late(call: Pending): Late {
    const reason = call.lastError ?? (this.#channel === undefined ? this.#whyNot() : undefined);
    return {
      method: call.method,
      commandId: String(call.params['commandId']),
      waitedMs: LATE_AFTER_MS,
      reason,
    };
  }

  /** Asked and not answered, or never even asked: the caller is told which, and why. What refused it last says most. */
  #overdue(call: Pending, deadlineMs: number): MasalaError {
    if (this.#channel === undefined) return this.#whyNot();
    const refused = call.lastError !== undefined && call.lastError.code !== 'CONNECTION_LOST';
    if (call.lastError !== undefined && (refused || !this.#inFlight.has(call))) return call.lastError;
    return new MasalaError('DEADLINE_EXCEEDED', { method: call.method, deadlineMs });
  }

  #whyNot(): MasalaError {
    return this.#options.reason() ?? new MasalaError('CONNECTION_LOST', { reason: 'not connected yet' });
  }

  #pump(): void {
    while (this.#channel !== undefined && this.#channel.awaitedCount < IN_FLIGHT_MAX) {
      if (this.#suspects.size > 0 && this.#inFlight.size > 0) return;
      const call = this.#next();
      if (call === undefined) return;
      this.#sendTo(this.#channel, call);
    }
  }

  #next(): Pending | undefined {
    for (const calls of [this.#suspects, this.#queue]) {
      for (const call of calls) if (this.#queue.delete(call)) return call;
    }
    return undefined;
  }

  #sendTo(channel: Channel, call: Pending): void {
    const objection = call.unless?.();
    if (objection !== undefined) return this.#reject(call, objection);
    call.alone = this.#inFlight.size === 0;
    if (this.#inFlight.size === 1) for (const other of this.#inFlight) other.alone = false;
    this.#inFlight.add(call);
    try {
      channel.request(call.method, call.params, (answer) => this.#answered(call, answer));
    } catch (error) {
      this.#inFlight.delete(call);
      if (!(error instanceof MasalaError)) throw error;
      this.#reject(call, error);
    }
  }

  #answered(call: Pending, answer: Answer): void {
    this.#inFlight.delete(call);
    if (answer.type !== 'lost') this.#suspects.delete(call);
    if (!call.settled) this.#decide(call, answer);
    if (answer.type !== 'lost') this.#pump();
  }

  #decide(call: Pending, answer: Answer): void {
    if (answer.type === 'result') return this.#acknowledge(call, answer.result);
    call.lastError = answer.error;
    if (answer.type === 'lost') {
      if (isFrameRefusal(answer.error)) {
        if (call.alone) return this.#reject(call, answer.error);
        this.#suspects.add(call);
      }
      if (call.once) return this.#reject(call, answer.error);
      this.#queue.add(call);
      return;
    }
    if (call.once || !answer.error.retryable) return this.#reject(call, answer.error);
    call.failures++;
    const delayMs = callRetryDelayMs(call.failures, this.#options.random());
    const again = () => {
      this.#queue.add(call);
      this.#pump();
    };
    call.stopRetry = this.#options.clock.after(delayMs, again);
  }

  #acknowledge(call: Pending, result: unknown): void {
    const { keep } = this.#options;
    const { method, params } = call;
    const tell = () => this.#settle(call, () => call.resolve(result));
    if (keep !== undefined && isWriteName(method)) keep({ method, params, result }, tell);
    else tell();
  }

  #reject(call: Pending, error: MasalaError): void {
    this.#settle(call, () => call.reject(error));
  }

  #settle(call: Pending, tell: () => void): void {
    if (call.settled) return;
    call.settled = true;
    call.stopRetry();
    for (const stop of call.stop) stop();
    this.#all.delete(call);
    this.#suspects.delete(call);
    this.#queue.delete(call);
    tell();
  }
}

function cancelled(params: Readonly<Record<string, unknown>>): MasalaError {
  const { commandId } = params;
  return new MasalaError('CANCELLED', commandId === undefined ? undefined : { commandId });
}

function isFrameRefusal(error: MasalaError): boolean {
  return error.code === 'FRAME_TOO_LARGE' || error.code === 'FRAME_MALFORMED';
}

function withoutUndefined(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function isWriteName(name: MethodName): name is WriteName {
  return definitionOf(name).access === 'write';
}

/** For code that takes a method's name from a person. */
export function isCallName(name: MethodName): name is CallName {
  return definitionOf(name).access !== 'open';
}
