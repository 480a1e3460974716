// The states of a connection and what leads from one to the next: a pure reducer; connection.ts carries its effects out.

import type { ErrorCode, MasalaError } from '@masala/protocol';
import { withJitter } from './retry-delay.ts';

/**
 * - `connecting`: TCP, TLS and the pin; `greeting`: session.hello; `authenticating`: session.authenticate;
 * - `ready`: calls are sent; `waiting`: the next try comes at `untilMs`;
 * - `ended`: closed by its owner, or refused in a way that no retry mends (`reason`).
 *
 * `attempt` counts the connections begun, so that what an old one still says is known and ignored.
 */
export type ConnectionState =
  | { readonly phase: 'idle'; readonly attempt: 0 }
  | {
      readonly phase: 'connecting' | 'greeting' | 'authenticating';
      readonly attempt: number;
      readonly failures: number;
      readonly moved: boolean;
    }
  | { readonly phase: 'ready'; readonly attempt: number; readonly failures: number; readonly sinceMs: number }
  | {
      readonly phase: 'waiting';
      readonly attempt: number;
      readonly failures: number;
      readonly moved: boolean;
      readonly untilMs: number;
      readonly reason: MasalaError;
    }
  | { readonly phase: 'ended'; readonly attempt: number; readonly reason?: MasalaError };

export type ConnectionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'connected' | 'greeted' | 'authenticated'; readonly attempt: number }
  | { readonly type: 'failed'; readonly attempt: number; readonly error: MasalaError }
  /** The wait is over. */
  | { readonly type: 'due'; readonly attempt: number }
  /** Discovery found the server at another address. */
  | { readonly type: 'found'; readonly attempt: number }
  | { readonly type: 'close' };

/** What the adapter has to do; `wait` is in milliseconds. */
export type Effect =
  | { readonly type: 'connect' }
  | { readonly type: 'wait'; readonly delayMs: number }
  | { readonly type: 'drop' };

export interface Circumstances {
  readonly nowMs: number;
  /** From 0 to 1. */
  readonly chance: number;
  readonly retryDelayMs: number;
}

export interface Step {
  readonly state: ConnectionState;
  readonly effects: readonly Effect[];
}

export const initialState: ConnectionState = { phase: 'idle', attempt: 0 };

/** Refusals that stay refusals however often one asks; every other failure is tried again. */
export const FINAL_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PROTOCOL_VERSION_UNSUPPORTED',
  'DEVICE_UNKNOWN',
  'DEVICE_REVOKED',
  'NOT_AUTHENTICATED',
]);

/** A connection that stood so long was none that a server drops at once: even one that drops all is asked once a second. */
const STOOD_MS = 1_000;

const CONNECT: Effect = { type: 'connect' };
const DROP: Effect = { type: 'drop' };

/** The next state, and what to do. Events that do not concern the present attempt or phase change nothing. */
export function step(state: ConnectionState, event: ConnectionEvent, now: Circumstances): Step {
  if (state.phase === 'ended') return { state, effects: [] };
  if ('attempt' in event && event.attempt !== state.attempt) return { state, effects: [] };
  switch (event.type) {
    case 'close':
      return { state: { phase: 'ended', attempt: state.attempt }, effects: [DROP] };
    case 'start':
      return state.phase === 'idle' ? connect(1, 0, false) : { state, effects: [] };
    case 'connected':
      return advance(state, 'connecting', 'greeting');
    case 'greeted':
      return advance(state, 'greeting', 'authenticating');
    case 'authenticated':
      if (state.phase !== 'authenticating') return { state, effects: [] };
      return {
        state: { phase: 'ready', attempt: state.attempt, failures: state.failures, sinceMs: now.nowMs },
        effects: [],
      };
    case 'failed':
      return fail(state, event.error, now);
    case 'due':
      return state.phase === 'waiting'
        ? connect(state.attempt + 1, state.failures, false)
        : { state, effects: [] };
    case 'found':
      // Once in a row only: two addresses that both refuse must not be tried in turn without a pause.
      return state.phase === 'waiting' && !state.moved
        ? connect(state.attempt + 1, state.failures, true)
        : { state, effects: [] };
  }
}

function connect(attempt: number, failures: number, moved: boolean): Step {
  return { state: { phase: 'connecting', attempt, failures, moved }, effects: [CONNECT] };
}

function advance(
  state: ConnectionState,
  from: ConnectionState['phase'],
  to: 'greeting' | 'authenticating',
): Step {
  if (state.phase !== from || !('moved' in state) || state.phase === 'waiting') return { state, effects: [] };
  return { state: { ...state, phase: to }, effects: [] };
}

function fail(state: ConnectionState, error: MasalaError, now: Circumstances): Step {
  if (state.phase === 'waiting' || state.phase === 'idle' || state.phase === 'ended')
    return { state, effects: [] };
  const { attempt } = state;
  if (FINAL_CODES.has(error.code))
    return { state: { phase: 'ended', attempt, reason: error }, effects: [DROP] };
  // A loss is tried again at once, unless that connection was itself such a second try and fell as soon as it stood:
  // a server that drops everybody must not be asked without a pause.
  const held = state.phase === 'ready' && (state.failures === 0 || now.nowMs - state.sinceMs >= STOOD_MS);
  const failures = held ? 1 : state.failures + 1;
  const moved = state.phase !== 'ready' && state.moved;
  const delayMs = failures <= 1 ? 0 : withJitter(now.retryDelayMs, now.chance);
  return {
    state: { phase: 'waiting', attempt, failures, moved, untilMs: now.nowMs + delayMs, reason: error },
    effects: [DROP, { type: 'wait', delayMs }],
  };
}
