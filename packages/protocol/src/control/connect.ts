// The calling end of the control channel: proves itself, demands the server's proof, then makes typed calls.

import { randomBytes } from 'node:crypto';
import { MasalaError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type Message, requestFrame } from '../wire/envelope.ts';
import type { ControlEndpoint } from './addresses.ts';
import type { ControlContract, EventName, EventOf, MethodName, ParamsOf, ResultOf } from './contract.ts';
import { type ByteConnection, dial } from './endpoint.ts';
import { CHALLENGE_EVENT, fieldOf, PROVE_METHOD, readMessages } from './messages.ts';
import { NONCE_BYTES, proofOf, proves } from './proof.ts';
import { misfit, type Schema } from './schema.ts';

/** Nothing on this channel works longer than this before its answer, save a supervisor's stop, which says so. */
const CALL_TIMEOUT_MS = 10_000;

export interface ConnectControlOptions<C extends ControlContract> {
  readonly endpoint: ControlEndpoint<C>;
  /** From `readControlToken(dataDir)`. */
  readonly token: Uint8Array;
  /** For connecting and both proofs; `limits.controlHandshakeMs` when absent. */
  readonly timeoutMs?: number;
}

export interface ControlConnection<C extends ControlContract> {
  /**
   * Calls a method. Rejects with a MasalaError: the handler's own, DEADLINE_EXCEEDED after `timeoutMs` (10 s when
   * absent), CONNECTION_LOST when the connection closes first.
   */
  call<M extends MethodName<C>>(
    method: M,
    params: ParamsOf<C, M>,
    timeoutMs?: number,
  ): Promise<ResultOf<C, M>>;
  /** Hears an event until the returned function is called. Events that do not fit the contract are dropped. */
  onEvent<E extends EventName<C>>(event: E, listener: (params: EventOf<C, E>) => void): () => void;
  /** Settles when the connection has closed, whoever closed it. Never rejects. */
  readonly closed: Promise<void>;
  close(): void;
}

/**
 * Connects and proves both ends. Rejects with CONTROL_UNREACHABLE (nobody listens, or no answer in time) or
 * CONTROL_REFUSED (our proof was refused, or the other end has none).
 */
export async function connectControl<C extends ControlContract>(
  options: ConnectControlOptions<C>,
): Promise<ControlConnection<C>> {
  const bytes = await dial(options.endpoint.address).catch((error: NodeJS.ErrnoException) => {
    const code =
      error.code === 'EACCES' || error.code === 'EPERM' ? 'CONTROL_REFUSED' : 'CONTROL_UNREACHABLE';
    throw new MasalaError(code, {
      endpoint: options.endpoint.contract.name,
      reason: error.code ?? error.message,
    });
  });
  const connection = new Connection(options.endpoint.contract, bytes);
  try {
    await connection.prove(options.token, options.timeoutMs ?? limits.controlHandshakeMs);
    return connection;
  } catch (error) {
    bytes.destroy();
    throw error;
  }
}

interface PendingCall {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: MasalaError) => void;
  readonly deadline: NodeJS.Timeout;
}

class Connection<C extends ControlContract> implements ControlConnection<C> {
  readonly closed: Promise<void>;
  readonly #contract: C;
  readonly #bytes: ByteConnection;
  readonly #pending = new Map<number, PendingCall>();
  readonly #listeners = new Map<string, Set<(params: never) => void>>();
  readonly #challenged = Promise.withResolvers<Uint8Array>();
  #nextId = 1;
  #ended = false;

  constructor(contract: C, bytes: ByteConnection) {
    this.#contract = contract;
    this.#bytes = bytes;
    this.closed = bytes.closed;
    this.#challenged.promise.catch(() => undefined); // whoever awaits it is told; nobody may be waiting yet
    // Results may be larger than requests: a list of all devices is.
    readMessages(
      bytes,
      limits.frameMaxBytes,
      (message) => this.#take(message),
      () => undefined, // the close that follows tells every caller
    );
    void bytes.closed.then(() => this.#end());
  }

  close(): void {
    this.#bytes.end();
    this.#bytes.destroy();
  }

  async prove(token: Uint8Array, timeoutMs: number): Promise<void> {
    const endpoint = this.#contract.name;
    const late = setTimeout(() => this.#bytes.destroy(), timeoutMs);
    try {
      const serverNonce = await this.#challenged.promise;
      const clientNonce = randomBytes(NONCE_BYTES);
      const challenge = { serverNonce, clientNonce, endpoint };
      const answer = await this.#request(
        PROVE_METHOD,
        { nonce: clientNonce, proof: proofOf(token, 'client', challenge) },
        timeoutMs,
      ).catch((error: MasalaError) => {
        const code = error.code === 'NOT_AUTHENTICATED' ? 'CONTROL_REFUSED' : 'CONTROL_UNREACHABLE';
        throw new MasalaError(code, { endpoint });
      });
      if (!proves(token, 'server', challenge, fieldOf(answer, 'proof'))) {
        throw new MasalaError('CONTROL_REFUSED', { endpoint });
      }
    } finally {
      clearTimeout(late);
    }
  }

  async call<M extends MethodName<C>>(
    method: M,
    params: ParamsOf<C, M>,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<ResultOf<C, M>> {
    const result = await this.#request(method, params, timeoutMs);
    const schema: Schema = this.#contract.methods[method]?.result ?? {};
    const problem = misfit(schema, result, 'result');
    if (problem !== undefined) throw new MasalaError('INTERNAL', { method, problem });
    return result as ResultOf<C, M>;
  }

  onEvent<E extends EventName<C>>(event: E, listener: (params: EventOf<C, E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  #request(method: string, params: unknown, timeoutMs: number): Promise<unknown> {
    if (this.#ended)
      return Promise.reject(new MasalaError('CONNECTION_LOST', { endpoint: this.#contract.name }));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#pending.delete(id);
        reject(new MasalaError('DEADLINE_EXCEEDED', { method, timeoutMs }));
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, deadline });
      this.#bytes.send(requestFrame(id, method, params));
    });
  }

  #take(message: Message): void {
    if (message.type === 'response') return this.#takeResponse(message);
    if (message.type === 'request') return; // a server asks nothing
    if (message.event === CHALLENGE_EVENT) {
      const nonce = fieldOf(message.params, 'nonce');
      if (nonce instanceof Uint8Array && nonce.length === NONCE_BYTES) this.#challenged.resolve(nonce);
      else this.#bytes.destroy();
      return;
    }
    const schema = this.#contract.events[message.event];
    if (schema === undefined || misfit(schema, message.params) !== undefined) return;
    for (const listener of this.#listeners.get(message.event) ?? []) listener(message.params as never);
  }

  #takeResponse(message: Extract<Message, { type: 'response' }>): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return; // its deadline was faster
    this.#pending.delete(message.id);
    clearTimeout(pending.deadline);
    if (message.error === null) pending.resolve(message.result);
    else pending.reject(MasalaError.fromWire(message.error));
  }

  #end(): void {
    this.#ended = true;
    this.#challenged.reject(new MasalaError('CONTROL_UNREACHABLE', { endpoint: this.#contract.name }));
    for (const [id, pending] of this.#pending) {
      this.#pending.delete(id);
      clearTimeout(pending.deadline);
      pending.reject(new MasalaError('CONNECTION_LOST', { endpoint: this.#contract.name }));
    }
  }
}
