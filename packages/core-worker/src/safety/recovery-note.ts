// recovery.json: why the next start is a recovery, and what the admin has chosen. It outlives every kill.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder, writeWithReserve } from '@masala/protocol/control';
import { replaceFileDurably, syncFolder } from '@masala/protocol/durable-file';
import { reasonOf } from '@masala/protocol/tables';
import type { ChainEnd } from '../store/chain-end.ts';

/** missing: no database file; damaged: a check failed; lost: deleted or replaced while in use; requested: by the admin. */
export type RecoveryReason = 'missing' | 'damaged' | 'lost' | 'requested';

/**
 * What the admin has chosen. `id` null: the newest good state; `until` in UTC ms, null: as far as there is anything;
 * `asMade`: the backup as it was made, without what the journal has behind it.
 */
export type RecoveryRequest =
  | {
      readonly action: 'restore';
      readonly id: string | null;
      readonly until: number | null;
      readonly asMade?: boolean;
    }
  | { readonly action: 'salvage' | 'fresh' };

export interface RecoveryNote {
  readonly reason: RecoveryReason;
  /** UTC ms at which it was found out. */
  readonly at: number;
  /** What happened, in a sentence with its particulars. */
  readonly message: string;
  readonly request: RecoveryRequest | null;
  /** How often the request was begun: a core that dies of it again and again must not go on for ever. */
  readonly tries: number;
  /** The mark of the newest command when the choice was made: the swap takes it away before it is done. */
  readonly chainEnd: ChainEnd | null;
}

/** The note of a data directory; null where there is none. One that cannot be read still means a recovery, found out `now`. */
export function readRecoveryNote(dataDir: string, now: number): RecoveryNote | null {
  let text: string;
  try {
    text = readFileSync(notePath(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return unreadable(error, now);
  }
  try {
    const note = JSON.parse(text) as RecoveryNote;
    return isNote(note) ? note : unreadable('it is not what was written', now);
  } catch (error) {
    return unreadable(error, now);
  }
}

/** When it returns, the next start is a recovery. */
export function writeRecoveryNote(dataDir: string, note: RecoveryNote): void {
  // Also on a full disk: without it a database that was found damaged would be served again.
  writeWithReserve(runFolder(dataDir), () => {
    replaceFileDurably(notePath(dataDir), `${JSON.stringify(note)}\n`);
  });
}

export function removeRecoveryNote(dataDir: string): void {
  rmSync(notePath(dataDir), { force: true });
  syncFolder(dataDir);
}

function notePath(dataDir: string): string {
  return join(dataDir, 'recovery.json');
}

/** Found out now: the time tells incidents apart, and what an earlier one has in quarantine must not pass for this one's. */
function unreadable(error: unknown, now: number): RecoveryNote {
  const message = `recovery.json cannot be read: ${reasonOf(error)}`;
  return { reason: 'damaged', at: now, message, request: null, tries: 0, chainEnd: null };
}

function isNote(note: RecoveryNote): boolean {
  const { reason, at, message, request, tries, chainEnd } = note;
  const isReason = ['missing', 'damaged', 'lost', 'requested'].includes(reason);
  return (
    isReason &&
    Number.isSafeInteger(at) &&
    typeof message === 'string' &&
    Number.isSafeInteger(tries) &&
    (chainEnd === null || isChainEnd(chainEnd)) &&
    (request === null || isRequest(request))
  );
}

function isRequest(request: RecoveryRequest): boolean {
  if (request.action !== 'restore') return request.action === 'salvage' || request.action === 'fresh';
  const { id, until } = request;
  return (id === null || typeof id === 'string') && (until === null || Number.isSafeInteger(until));
}

function isChainEnd({ epoch, sequence, hash }: ChainEnd): boolean {
  return typeof epoch === 'string' && Number.isSafeInteger(sequence) && typeof hash === 'string';
}
