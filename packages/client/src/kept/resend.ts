// Sends again what a restore cut off: in the old order, under the old command ids, with the new ids of what is made anew.

import { type ErrorCode, MasalaError } from '@masala/protocol';
import type { CallName, NamedCall } from '../calls.ts';
import { FINAL_CODES } from '../connection-state.ts';
import type { KeptCommand } from './kept-commands.ts';
import { changedIds, replaceIds } from './record-ids.ts';

/**
 * - `booked`: again, with its new answer; `there`: an earlier try of this resending had booked it already;
 * - `refused`: the rules do not let it in any more; a person has to look at it and enter it by hand.
 */
export type Resent =
  | { readonly command: KeptCommand; readonly outcome: 'booked' | 'there'; readonly result: unknown }
  | { readonly command: KeptCommand; readonly outcome: 'refused'; readonly error: MasalaError };

export interface ResendOptions {
  /** Told of each command in turn. */
  readonly onResult?: (resent: Resent) => void;
  /** Stops before the next command; what was booked stays booked, and the rest is offered again. */
  readonly signal?: AbortSignal;
}

export interface ResendParts extends ResendOptions {
  readonly call: NamedCall;
  /** Everything that was gone when the branch was met, oldest first. */
  readonly gone: readonly KeptCommand[];
  /** Those of them that the server lacks now. */
  readonly missing: ReadonlySet<string>;
  /** Those that the person wants. */
  readonly wanted: ReadonlySet<string>;
  /** The error that ends it all where the server has yet another history: the ids that were learned are not those of it. */
  readonly unless: () => MasalaError | undefined;
}

/**
 * Sends one command after the other, since a later one may name a record that an earlier one makes. What is there already
 * is asked for as well: its answer tells which id its record has now. Rejects with what ends every call, such as CANCELLED.
 */
export async function resend(parts: ResendParts): Promise<void> {
  const { gone, missing, wanted, signal } = parts;
  const ids = new Map<string, string>();
  for (const command of gone) {
    const isMissing = missing.has(command.commandId);
    if (isMissing && !wanted.has(command.commandId)) continue;
    if (signal?.aborted === true) throw new MasalaError('CANCELLED');
    const resent = await send(parts, command, ids, isMissing);
    if (resent.outcome !== 'refused') learnIds(command, resent.result, ids);
    parts.onResult?.(resent);
  }
}

async function send(
  { call, unless, signal }: ResendParts,
  command: KeptCommand,
  ids: ReadonlyMap<string, string>,
  isMissing: boolean,
): Promise<Resent> {
  const { method, commandId } = command;
  const params = { ...(replaceIds(command.params, ids) as object), commandId };
  try {
    const result = await call(method as CallName, params, {
      unless,
      ...(signal === undefined ? {} : { signal }),
    });
    return { command, outcome: isMissing ? 'booked' : 'there', result };
  } catch (error) {
    if (!(error instanceof MasalaError) || endsEveryCall(error)) throw error;
    return { command, outcome: 'refused', error };
  }
}

const ENDING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...FINAL_CODES, 'CANCELLED', 'HISTORY_BRANCHED']);

/** A retryable error ends a write only where the client itself has no place for it. */
function endsEveryCall(error: MasalaError): boolean {
  return error.retryable || ENDING.has(error.code);
}

/** Every id that the command's records ever had leads to the present one. */
function learnIds(command: KeptCommand, result: unknown, ids: Map<string, string>): void {
  for (const before of [...command.earlierResults, command.result]) {
    for (const [old, present] of changedIds(before, result)) ids.set(old, present);
  }
}
