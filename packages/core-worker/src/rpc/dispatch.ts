// A request to its answer: look the method up, validate, authorise, run, reply.

import {
  definitionOf,
  isMethodName,
  limits,
  MasalaError,
  type MethodDefinition,
  type MethodName,
  methods,
  nearestName,
  settings,
  type WriteName,
} from '@masala/protocol';
import { roleRefusal } from '../access/roles.ts';
import type { Metrics } from '../health/metrics.ts';
import type { LogLine } from '../log.ts';
import type { CoreState } from '../state.ts';
import { isStorageFault } from '../store/sqlite.ts';
import type { CommandRequest } from '../store/writer.ts';
import { Call, type CallHost } from './call.ts';
import type { ReadHandlers } from './handlers.ts';
import type { OpenHandlers } from './open-methods.ts';
import type { Session } from './session.ts';
import { stateRefusal } from './state-refusal.ts';
import { validateParams } from './validate.ts';

export interface DispatchParts {
  readonly state: CoreState;
  readonly openHandlers: OpenHandlers;
  readonly readHandlers: ReadHandlers;
  readonly submit: (command: CommandRequest) => Promise<unknown>;
  readonly requestTimeoutMs: number;
  readonly now: () => number;
  readonly metrics: Metrics;
  readonly log: LogLine;
  /** A read met a damaged file or a failing disk: whatever it answered next could not be trusted. */
  readonly onStorageFault: (error: unknown) => void;
  /** A few characters that no other core of this server has used: incident ids begin with them. */
  readonly incidentPrefix: string;
}

type AnyHandler = (params: unknown, caller: Call | Session) => unknown;

export class Dispatch implements CallHost {
  readonly #parts: DispatchParts;
  readonly #openHandlers: Readonly<Record<string, AnyHandler>>;
  readonly #readHandlers: Readonly<Record<string, AnyHandler>>;
  #incidents = 0;

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    // The mapped types hold each handler to its method; from here on all are served alike.
    this.#openHandlers = parts.openHandlers as Readonly<Record<string, AnyHandler>>;
    this.#readHandlers = parts.readHandlers as Readonly<Record<string, AnyHandler>>;
  }

  /** Answers a request, now or later; never throws. */
  request(session: Session, id: number, method: string, params: unknown): void {
    try {
      this.#run(session, id, method, params);
    } catch (error) {
      if (error instanceof MasalaError) session.refuse(id, error);
      else session.refuse(id, new MasalaError('INTERNAL'), this.#report(method, session, error));
    }
  }

  incident(call: Call, error: unknown): string {
    return this.#report(call.method, call.session, error);
  }

  slow(call: Call, elapsedMs: number): void {
    this.#parts.log('rpc.request.slow', { method: call.method, elapsedMs, deviceId: call.deviceId });
  }

  succeeded(call: Call, elapsedMs: number): void {
    const { metrics, now } = this.#parts;
    if (!call.isWrite) {
      if (definitionOf(call.method).access === 'read') metrics.read();
      return;
    }
    metrics.saved(elapsedMs);
    call.session.noteSave(now());
  }

  #run(session: Session, id: number, name: string, params: unknown): void {
    if (session.calls.size >= limits.requestsInFlightPerSessionMax) {
      throw new MasalaError('TOO_MANY_REQUESTS', { limit: limits.requestsInFlightPerSessionMax });
    }
    if (session.phase === 'greeting' && name !== 'session.hello') throw new MasalaError('HANDSHAKE_REQUIRED');
    const method = knownMethod(name);
    const definition = definitionOf(method);
    if (session.phase !== 'ready' && definition.access !== 'open') throw new MasalaError('NOT_AUTHENTICATED');
    validateParams(method, params);
    switch (definition.access) {
      case 'open':
        return this.#answer(session, id, method, definition, () =>
          this.#openHandlers[method]?.(params, session),
        );
      case 'read':
        return this.#read(session, id, method, definition, params);
      case 'write':
        return this.#write(session, id, method as WriteName, definition, params);
    }
  }

  #read(
    session: Session,
    id: number,
    method: MethodName,
    definition: MethodDefinition,
    params: unknown,
  ): void {
    const refusal = roleOf(session, definition) ?? stateRefusal(this.#parts.state, method, 'read');
    if (refusal !== null) throw refusal;
    const call = new Call(session, id, method, this.#deadlineMs(definition), this);
    const result = this.#readHandlers[method]?.(params, call);
    if (result instanceof Promise) return call.wait(result);
    session.reply(id, result);
    // Idle clients ping all the time: that is no reading.
    if (method !== 'session.ping') this.#parts.metrics.read();
  }

  #answer(
    session: Session,
    id: number,
    method: MethodName,
    definition: MethodDefinition,
    run: () => unknown,
  ): void {
    const result = run();
    if (!(result instanceof Promise)) return session.reply(id, result);
    new Call(session, id, method, this.#deadlineMs(definition), this).wait(result);
  }

  #write(
    session: Session,
    id: number,
    method: WriteName,
    definition: MethodDefinition,
    params: Record<string, unknown>,
  ): void {
    const { state, submit, now } = this.#parts;
    // A replay is answered whatever role and state say by now, so the writer looks for it first.
    const refusal = roleOf(session, definition) ?? stateRefusal(state, method, 'write');
    const call = new Call(session, id, method, Number.POSITIVE_INFINITY, this);
    call.wait(
      submit({
        commandId: params.commandId as string,
        deviceId: call.deviceId,
        bound: true,
        method,
        params,
        deadlineAt: now() + this.#deadlineMs(definition),
        refusal: refusal === null ? null : refusal.toWire(),
      }),
    );
  }

  /** The method's own deadline; the setting may shorten an ordinary one, not that of work that is known to be long. */
  #deadlineMs(definition: MethodDefinition): number {
    const ordinaryMs = settings['connections.requestTimeoutMs'].default;
    if (definition.deadlineMs > ordinaryMs) return definition.deadlineMs;
    return Math.min(definition.deadlineMs, this.#parts.requestTimeoutMs);
  }

  #report(method: string, session: Session, error: unknown): string {
    this.#incidents += 1;
    const incidentId = `${this.#parts.incidentPrefix}-${this.#incidents}`;
    const deviceId = session.device?.deviceId;
    this.#parts.log('rpc.request.failed', { incidentId, method, deviceId, error });
    if (isStorageFault(error)) this.#parts.onStorageFault(error);
    return incidentId;
  }
}

function knownMethod(name: string): MethodName {
  if (isMethodName(name)) return name;
  const nearest = nearestName(name, Object.keys(methods));
  throw new MasalaError('METHOD_UNKNOWN', { method: name, ...(nearest === undefined ? {} : { nearest }) });
}

function roleOf(session: Session, definition: MethodDefinition): MasalaError | null {
  return session.device === undefined ? null : roleRefusal(definition, session.device.role);
}
