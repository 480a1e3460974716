// What answers a call that is not a command: one handler for each open and read method of the contract.

import type { EventName, EventParams, OpenName, Params, ReadName, Result, Role } from '@masala/protocol';

/** What a handler may know of the connection that asks. */
export interface CallContext {
  readonly sessionId: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly role: Role;
  /** Ends when the call's deadline passes or its connection goes. */
  readonly signal: AbortSignal;
  /** Sends an event to this session alone, subscribed or not. */
  send<Name extends EventName>(event: Name, params: EventParams<Name>): void;
  /** Runs once when the session ends, however it ends. */
  onEnd(listener: () => void): void;
}

/** Answers a call, or throws a MasalaError of its contract. */
export type ReadHandler<Name extends ReadName | OpenName> = (
  params: Params<Name>,
  call: CallContext,
) => Result<Name> | Promise<Result<Name>>;

export type ReadHandlers<Names extends ReadName | OpenName = ReadName> = {
  readonly [Name in Names]: ReadHandler<Name>;
};
