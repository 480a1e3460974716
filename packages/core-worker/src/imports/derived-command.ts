// Books one command of an import under its derived id, or finds out that it is booked already.

import {
  commandDigest,
  type ErrorCode,
  errors,
  limits,
  MasalaError,
  type WireError,
  type WriteName,
} from '@masala/protocol';
import type { Reader } from '../store/reader.ts';
import type { Writer } from '../store/writer.ts';
import { type DerivedClass, derivedCommandId } from './derived-id.ts';

export interface ImportedCommand {
  readonly documentClass: DerivedClass;
  readonly key: string;
  readonly method: WriteName;
  /** Without `commandId`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What the writer would refuse it with, where that is known: it is then only looked up, and costs no attempt. */
  readonly refusal?: ErrorCode | undefined;
}

/** `changed`: it was booked with other content. `answer` is null for bookings older than their bodies are kept. */
export type CommandOutcome =
  | { readonly outcome: 'booked'; readonly answer: unknown }
  | { readonly outcome: 'already'; readonly answer: unknown }
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'refused'; readonly code: ErrorCode };

/** Time, as far as an import needs it; a test has its own. */
export interface ImportClock {
  /** UTC milliseconds. */
  now(): number;
  /** Resolves after so long; rejects when the signal ends. */
  delay(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface BookingParts {
  readonly writer: Pick<Writer, 'submit'>;
  readonly reader: Pick<Reader, 'bookedCommand'>;
  readonly clock: ImportClock;
  readonly source: string;
  readonly deviceId: string;
  readonly signal: AbortSignal;
}

/** A busy writer has 0.4 s of work waiting at most; a full disk needs a person, and asking each 5 s costs nothing. */
const RETRY_FIRST_MS = 50;
const RETRY_LONGEST_MS = 5_000;
/** As for any client's write: it ends the command only while it waits for the writer, and then it is given again. */
const DEADLINE_MS = 60_000;

/**
 * Looks the command's attempts up, one after the other: a refused one runs again under the next, since the reason may have
 * gone. It is given to the writer in the same turn when the last look-up has no row, so that commands reach the
 * writer in the order of these calls.
 *
 * @throws MasalaError CANCELLED when the signal ends
 */
export async function bookDerived(parts: BookingParts, command: ImportedCommand): Promise<CommandOutcome> {
  const { documentClass, key, method, params } = command;
  let refusal: ErrorCode = 'INTERNAL';
  for (let attempt = 0; attempt < limits.importAttemptsMax; attempt++) {
    const commandId = derivedCommandId(parts.source, documentClass, key, attempt);
    const stored = parts.reader.bookedCommand(commandId);
    if (stored?.outcome === 'refused') {
      refusal = refusedCode(stored.answer) ?? refusal;
      continue;
    }
    if (stored !== undefined) {
      if (stored.digest !== commandDigest(method, params)) return { outcome: 'changed' };
      return { outcome: 'already', answer: stored.answer === null ? null : JSON.parse(stored.answer) };
    }
    if (command.refusal !== undefined) return { outcome: 'refused', code: command.refusal };
    const outcome = await submit(parts, commandId, method, params);
    if (outcome !== 'next') return outcome;
  }
  return { outcome: 'refused', code: refusal };
}

/** `next`: another run was refused under this id a moment ago, with other content; this one has its own attempt. */
async function submit(
  parts: BookingParts,
  commandId: string,
  method: WriteName,
  params: Readonly<Record<string, unknown>>,
): Promise<CommandOutcome | 'next'> {
  const { writer, reader, clock, deviceId, signal } = parts;
  for (let wait = RETRY_FIRST_MS; ; wait = Math.min(wait * 2, RETRY_LONGEST_MS)) {
    if (signal.aborted) throw new MasalaError('CANCELLED');
    try {
      const deadlineAt = clock.now() + DEADLINE_MS;
      const request = { commandId, deviceId, bound: false, method, params, deadlineAt, refusal: null };
      return { outcome: 'booked', answer: await writer.submit(request) };
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      if (error.code === 'COMMAND_ID_REUSED' || error.code === 'COMMAND_EXPIRED') {
        return reader.bookedCommand(commandId)?.outcome === 'refused' ? 'next' : { outcome: 'changed' };
      }
      if (!error.retryable) return { outcome: 'refused', code: error.code };
      // Not a fault: the signal ends the wait, and the loop looks at it.
      await clock.delay(wait, signal).catch(() => undefined);
    }
  }
}

function refusedCode(answer: string | null): ErrorCode | undefined {
  if (answer === null) return undefined;
  const { code } = JSON.parse(answer) as WireError;
  return Object.hasOwn(errors, code) ? code : undefined;
}
