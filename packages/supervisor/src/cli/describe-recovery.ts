// Pure rules: the recovery's question, its choices as commands to type, and how one goes and went.

import type { LastRecovery, NoticeTold, RecoveryTold, ServerStatus } from '@masala/protocol/control';
import { ageInWords } from '@masala/protocol/tables';
import { describePoint, describeUnreachable } from './describe-backups.ts';
import { describeCondition } from './describe-condition.ts';
import { tableLines } from './words.ts';

/** Why it waits, and what can be typed; or how far the choice is. */
export function describeRecovery(recovery: RecoveryTold, now: number): string[] {
  const { question, message, newest, unreachable, working, failure } = recovery;
  if (working !== null) return [question, `Working: ${describeWorking(working)}`];
  return [
    question,
    ...(message === '' || message === question ? [] : [message]),
    ...(newest === null ? [] : [`Newest good backup: ${describePoint(newest, now)}`]),
    ...describeUnreachable(unreachable),
    ...(failure === null ? [] : [`! The last choice failed: ${failure.message} ${failure.reason}`]),
    'Type one of these:',
    ...tableLines(choices(recovery)),
  ];
}

/** "restore: replaying, 45 %". */
export function describeWorking(working: NonNullable<RecoveryTold['working']>): string {
  const { action, phase, done, total } = working;
  const share = total > 0 ? `, ${Math.floor((100 * Math.min(done, total)) / total)} %` : '';
  return `${action}: ${phase}${share}`;
}

/** Each choice that makes sense now: the command, and what it does. */
function choices(recovery: RecoveryTold): string[][] {
  const restore = [
    ['  masala-server recover restore', 'go back to the newest good state'],
    ['  masala-server recover restore ID', 'to another backup; or to a moment with --until 14:35'],
  ];
  const salvage = [['  masala-server recover salvage', 'keep what can still be read of the damaged one']];
  return [
    ['  masala-server recover list', 'see every backup'],
    ...(recovery.newest === null ? [] : restore),
    ...(isSalvageable(recovery) ? salvage : []),
    ['  masala-server recover fresh', 'begin with a new empty database'],
  ];
}

/** A database that is gone has nothing that could still be read. */
export function isSalvageable({ reason }: RecoveryTold): boolean {
  return reason === 'damaged';
}

export function describeLastRecovery(last: LastRecovery, now: number): string[] {
  const { action, at, summary, warnings } = last;
  return [
    `Recovered (${action}) ${ageInWords(now - at)}:`,
    ...summary.map((line) => `  ${line}`),
    ...warnings.map((line) => `  ! ${line}`),
  ];
}

export function describeNotice({ level, message, hint }: NoticeTold): string[] {
  return level === 'info' ? [message] : [`! ${message}`, `  ${hint}`];
}

/** What status and live picture say beside the state: notices, the recovery that waits or runs, the one that was. */
export function describeCare(status: ServerStatus, now: number): string[] {
  const { notices, recovery, lastRecovery } = status;
  return [
    ...describeCondition(status),
    ...(recovery === null ? [] : describeRecovery(recovery, now)),
    ...notices.flatMap(describeNotice),
    ...(recovery !== null || lastRecovery === null ? [] : describeLastRecovery(lastRecovery, now)),
  ];
}
