// How a method and an event are declared: the contract's files use these, and everything else is derived from them.

import type { Static, TObject, TSchema } from 'typebox';
import type { ErrorCode } from '../errors.ts';

/** Who may call: the role of a device (and, later, of the person at it). */
export const roles = ['admin', 'office', 'goods-in', 'production', 'dispatch', 'viewer'] as const;
export type Role = (typeof roles)[number];

/**
 * - `open`: before the device has signed in.
 * - `read`: changes no record; may be repeated freely.
 * - `write`: a command with a `commandId`; booked exactly once, answered only when it is on disk.
 */
export type Access = 'open' | 'read' | 'write';

export interface MethodDefinition<Input extends TObject = TObject, Output extends TSchema = TSchema> {
  readonly access: Access;
  /** The roles that may call it; empty for open methods. */
  readonly roles: readonly Role[];
  readonly input: Input;
  readonly output: Output;
  /** What it may give besides the errors of every call (docs/protocol.md lists those). */
  readonly errors: readonly ErrorCode[];
  readonly deadlineMs: number;
  /** One sentence for docs/protocol.md. */
  readonly meaning: string;
}

/** A read that takes longer is better refused: the person has long looked away. */
export const READ_DEADLINE_MS = 10_000;
/** A write waits for a disk that may be busy; its deadline ends it only before the writer took it. */
export const WRITE_DEADLINE_MS = 60_000;

type Row<Input extends TObject, Output extends TSchema> = Pick<
  MethodDefinition<Input, Output>,
  'input' | 'output' | 'meaning'
> &
  Partial<Pick<MethodDefinition, 'roles' | 'errors' | 'deadlineMs'>>;

export function open<const Input extends TObject, const Output extends TSchema>(row: Row<Input, Output>) {
  return { access: 'open' as const, roles: [], errors: [], deadlineMs: READ_DEADLINE_MS, ...row };
}

export function read<const Input extends TObject, const Output extends TSchema>(row: Row<Input, Output>) {
  return { access: 'read' as const, roles, errors: [], deadlineMs: READ_DEADLINE_MS, ...row };
}

export function write<const Input extends TObject, const Output extends TSchema>(
  row: Row<Input, Output> & { readonly roles: readonly Role[] },
) {
  return { access: 'write' as const, errors: [], deadlineMs: WRITE_DEADLINE_MS, ...row };
}

export interface EventDefinition<Params extends TSchema = TSchema> {
  readonly params: Params;
  readonly meaning: string;
}

export function event<const Params extends TSchema>(row: EventDefinition<Params>): EventDefinition<Params> {
  return row;
}

export type StaticOf<Schema extends TSchema> = Static<Schema>;
