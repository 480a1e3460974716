// Follows a recovery that was asked for, across the restart of the core, until the server runs or says why not.

import { setTimeout as sleep } from 'node:timers/promises';
import type { LastRecovery, RecoveryTold, ServerStatus } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { describeWorking } from './describe-recovery.ts';
import { ProgressBar } from './progress-bar.ts';
import { reach } from './reach.ts';
import { statusOf } from './status.ts';

/** How a recovery ended: done (the report is null where a restart since has forgotten it), failed, or nobody says. */
export type RecoveryEnd =
  | { readonly type: 'done'; readonly last: LastRecovery | null; readonly status: ServerStatus }
  | { readonly type: 'failed'; readonly failure: NonNullable<RecoveryTold['failure']> | null }
  | { readonly type: 'stopped'; readonly reason: string };

/** Often enough for a bar that moves, rarely enough to cost nothing. */
const LOOK_MS = 250;
/** A core is back within seconds of its end, and its supervisor within ten of its own. */
const SILENCE_MAX_MS = 60_000;
/** Between the choice and the first sign of it: the status may still be the one from before. */
const UNBEGUN_MAX_MS = 10_000;

/**
 * Waits for the end. `before` is the status before the choice. Rejects with CONTROL_UNREACHABLE when nobody has answered
 * for a minute; the recovery itself goes on whoever waits for it.
 */
export async function followRecovery(dataDir: string, before: ServerStatus): Promise<RecoveryEnd> {
  const bar = new ProgressBar(process.stderr, () => performance.now());
  let heardAt = performance.now();
  let idleSince = performance.now();
  try {
    for (;;) {
      await sleep(LOOK_MS);
      const now = performance.now();
      const status = await askStatus(dataDir);
      if (status === null) {
        if (now - heardAt > SILENCE_MAX_MS) throw new MasalaError('CONTROL_UNREACHABLE');
        continue;
      }
      heardAt = now;
      const working = status.recovery?.working ?? null;
      if (working !== null) bar.show(describeWorking(working), working.done, working.total);
      const waitsForChoice = status.recovery !== null && working === null;
      if (!waitsForChoice) idleSince = now;
      const end = endOf(status, before, now - idleSince);
      if (end !== null) return end;
    }
  } finally {
    bar.clear();
  }
}

/** Null while it is not over. */
function endOf(status: ServerStatus, before: ServerStatus, idleMs: number): RecoveryEnd | null {
  const { state, recovery, lastRecovery, core } = status;
  const isNewCore = core.pid !== before.core.pid || core.startedAt !== before.core.startedAt;
  const isNewReport = lastRecovery !== null && lastRecovery.at !== before.lastRecovery?.at;
  if (state === 'running' && isNewReport) return { type: 'done', last: lastRecovery, status };
  const notMade = status.notices.find(({ name }) => name === 'restore-failed');
  if (state === 'running' && isNewCore && notMade !== undefined) {
    const { message, hint } = notMade;
    return { type: 'failed', failure: { code: 'RESTORE_FAILED', message, reason: hint } };
  }
  if (state === 'running' && isNewCore) return { type: 'done', last: null, status };
  // A core says so of itself, too, in the moment before its ordered end.
  if (state === 'stopped' && core.pid === null) {
    return { type: 'stopped', reason: core.lastDeath?.reason ?? 'The core was given up.' };
  }
  if (recovery === null || recovery.working !== null) return null;
  const { failure } = recovery;
  const isNewFailure = failure !== null && (isNewCore || before.recovery?.failure === null);
  if (isNewFailure) return { type: 'failed', failure };
  return idleMs > UNBEGUN_MAX_MS ? { type: 'failed', failure } : null;
}

/** Null while nobody answers: the core is being started again. */
async function askStatus(dataDir: string): Promise<ServerStatus | null> {
  try {
    const reached = await reach(dataDir);
    if (reached.by === 'nobody') return null;
    try {
      return await statusOf(reached, dataDir);
    } finally {
      reached.connection.close();
    }
  } catch (error) {
    if (error instanceof MasalaError) return null;
    throw error;
  }
}
