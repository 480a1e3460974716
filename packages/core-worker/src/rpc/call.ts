// One request on its way: what its handler may know and do, its deadline, and its one answer.

import { type EventName, type EventParams, MasalaError, type MethodName, type Role } from '@masala/protocol';
import type { CallContext } from './handlers.ts';
import type { Session } from './session.ts';

/** As long as an ordinary stop waits for work in flight. Longer calls (imports, checks) can be given again at no loss. */
const SHORT_CALL_MS = 60_000;

export interface CallHost {
  /** The id under which an unexpected error is logged and told. */
  incident(call: Call, error: unknown): string;
  slow(call: Call, elapsedMs: number): void;
  /** The caller has its result. */
  succeeded(call: Call, elapsedMs: number): void;
}

export class Call implements CallContext {
  readonly session: Session;
  readonly method: MethodName;
  readonly #id: number;
  readonly #host: CallHost;
  readonly #beganAt: number;
  /** Monotonic ms; Infinity for writes, whose deadline is the writer's. */
  readonly #deadlineAt: number;
  #abort: AbortController | undefined;
  #ended = false;

  constructor(session: Session, id: number, method: MethodName, deadlineMs: number, host: CallHost) {
    this.session = session;
    this.method = method;
    this.#id = id;
    this.#host = host;
    this.#beganAt = performance.now();
    this.#deadlineAt = this.#beganAt + deadlineMs;
  }

  get isWrite(): boolean {
    return this.#deadlineAt === Number.POSITIVE_INFINITY;
  }

  get sessionId(): string {
    return this.session.sessionId;
  }

  get deviceId(): string {
    return this.session.device?.deviceId ?? '';
  }

  get deviceName(): string {
    return this.session.device?.name ?? '';
  }

  get role(): Role {
    return this.session.device?.role ?? 'viewer';
  }

  /** Made when it is first asked for: most calls have been answered before anybody could. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#ended) this.#abort.abort();
    return this.#abort.signal;
  }

  send<Name extends EventName>(event: Name, params: EventParams<Name>): void {
    if (!this.#ended) this.session.sendEvent(event, params);
  }

  onEnd(listener: () => void): void {
    this.session.onEnd(listener);
  }

  /** The call is not answered at once: it counts as in flight from here on. */
  wait(answer: Promise<unknown>): void {
    this.session.calls.add(this);
    answer.then(this.succeed, this.fail);
  }

  readonly succeed = (result: unknown): void => {
    if (!this.#end()) return;
    this.session.reply(this.#id, result);
    this.#host.succeeded(this, performance.now() - this.#beganAt);
  };

  readonly fail = (error: unknown): void => {
    if (!this.#end()) return;
    // INTERNAL from the writer has no incident yet: its own log line names the command, this one the request.
    if (error instanceof MasalaError && error.code !== 'INTERNAL') this.session.refuse(this.#id, error);
    else this.session.refuse(this.#id, new MasalaError('INTERNAL'), this.#host.incident(this, error));
  };

  /** Ends the call where its deadline has passed. */
  sweep(now: number): void {
    if (now < this.#deadlineAt) return;
    this.#host.slow(this, Math.round(now - this.#beganAt));
    this.fail(new MasalaError('DEADLINE_EXCEEDED', { method: this.method }));
    this.#abort?.abort();
  }

  /** Ends a call that may go on for long after the server was asked to stop; short ones, and all writes, are waited for. */
  endIfLong(error: MasalaError): void {
    if (this.isWrite || this.#deadlineAt - this.#beganAt <= SHORT_CALL_MS) return;
    this.fail(error);
    this.#abort?.abort();
  }

  /** The connection is gone: nobody waits for the answer any more. */
  abandon(): void {
    this.#end();
    this.#abort?.abort();
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.session.calls.delete(this);
    return true;
  }
}
