// Pure rule: what the core's state says against a call.

import { type Access, type ErrorCode, MasalaError, type MethodName } from '@masala/protocol';
import type { ServerFlag, ServerState } from '../state.ts';

/** These tell how it stands, so they are answered in every state in which anybody is served. */
const ALWAYS_ANSWERED: ReadonlySet<MethodName> = new Set(['session.whoami', 'session.ping', 'system.status']);

const stateCodes: Readonly<Record<ServerState, ErrorCode | null>> = {
  starting: 'SERVER_STARTING',
  recovery: 'SERVER_IN_RECOVERY',
  running: null,
  draining: 'SERVER_STOPPING',
  stopped: 'SERVER_STOPPING',
};

/** The part of CoreState that decides. */
interface StateSeen {
  readonly state: ServerState;
  has(flag: ServerFlag): boolean;
}

/** The refusal of everything, or null where the core serves devices. */
export function servingRefusal(state: StateSeen): MasalaError | null {
  const code = stateCodes[state.state] ?? (state.has('locked') ? 'SERVER_LOCKED' : null);
  return code === null ? null : new MasalaError(code);
}

/** Imports are asked for as reads, and book: they are refused where writes are. */
const BOOKING_READS = 'imports.';

/** The refusal of a call of a signed-in device, or null where the state has nothing against it. */
export function stateRefusal(
  state: StateSeen,
  method: MethodName,
  access: Exclude<Access, 'open'>,
): MasalaError | null {
  if (ALWAYS_ANSWERED.has(method)) return null;
  const refusal = servingRefusal(state);
  if (refusal !== null) return refusal;
  const books = access === 'write' || method.startsWith(BOOKING_READS);
  return books && state.has('read-only') ? new MasalaError('READ_ONLY') : null;
}
