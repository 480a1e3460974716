// What a command is inside the core: the writer runs it, the inventory and access rules say what it does.

import type { EventName, EventParams, Params, Result, Role, WriteName } from '@masala/protocol';

/**
 * What a command cannot know from its params: the time, new ids. Asked for in a fixed order, so that a replay of what was
 * decided books exactly the same.
 */
export interface Decisions {
  /** UTC milliseconds of the booking. */
  readonly at: number;
  /** The next new id (UUID v7). */
  newId(): string;
}

/** What a handler may use; it runs inside the writer's transaction and must touch nothing but the database. */
export interface CommandContext {
  readonly deviceId: string;
  readonly decisions: Decisions;
  /** Tells subscribed sessions, once the command is on disk. */
  publish<Name extends EventName>(event: Name, params: EventParams<Name>): void;
}

/** Commands of the server itself, which no client can call: they are booked, chained and replayed like all others. */
export interface InternalCommands {
  'devices.pair': {
    params: { name: string; role: Role; tokenHash: string };
    result: { deviceId: string; role: Role };
  };
  'devices.revoke': { params: { deviceId: string }; result: { deviceId: string; revokedAt: number } };
}

export type CommandName = WriteName | keyof InternalCommands;
export type CommandParams<Name extends CommandName> = Name extends keyof InternalCommands
  ? InternalCommands[Name]['params']
  : Name extends WriteName
    ? Omit<Params<Name>, 'commandId'>
    : never;
export type CommandResult<Name extends CommandName> = Name extends keyof InternalCommands
  ? InternalCommands[Name]['result']
  : Name extends WriteName
    ? Result<Name>
    : never;

/** Books a command, or throws a MasalaError of its contract to refuse it: the refusal is then stored as its answer. */
export type CommandHandler<Name extends CommandName> = (
  params: CommandParams<Name>,
  context: CommandContext,
) => CommandResult<Name>;

export type CommandHandlers<Names extends CommandName = CommandName> = {
  readonly [Name in Names]: CommandHandler<Name>;
};

export interface PublishedEvent {
  readonly event: EventName;
  readonly params: unknown;
}
