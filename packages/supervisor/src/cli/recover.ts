// `masala-server recover` and `backup restore`: the admin's choices, asked for, carried out, and followed to their end.

import type { RestoreShown, ServerStatus } from '@masala/protocol/control';
import { type ErrorCode, errors, exitCodes, MasalaError } from '@masala/protocol/tables';
import { LIST_TIMEOUT_MS, LONG_WORK_MAX_MS } from '../long-work.ts';
import { type Server, withServer } from './ask-server.ts';
import { ask, type Console, confirm, isAttended, processConsole } from './confirm.ts';
import { type BackupList, describeBackups, describeUnreachable } from './describe-backups.ts';
import { describeLastRecovery, describeRecovery, isSalvageable } from './describe-recovery.ts';
import { followRecovery, type RecoveryEnd } from './follow-recovery.ts';
import { parseMoment } from './moment.ts';
import { complain, complainUsage, type OutputOptions, printResult } from './output.ts';
import { type RestoreWish, undoWarning } from './undo-warning.ts';

/** What was chosen, as the core's methods take it. */
type Choice =
  | {
      readonly action: 'restore';
      readonly id?: string;
      readonly until?: number;
      readonly shown?: RestoreShown;
    }
  | { readonly action: 'salvage' | 'fresh' };

export interface ChoiceOptions extends OutputOptions {
  /** Said beforehand, so nothing is asked. */
  readonly yes: boolean;
  readonly until?: string;
}

const WHERE_TO =
  'The server runs with the newest state: say the ID of a backup (`masala-server backup list`), or --until TIME.';

/** The command that was typed: `recover` mends, `backup restore` also undoes. */
type Command = 'recover' | 'backup';

/** `recover` alone: how it stands; on a terminal it asks. */
export async function showSituation(
  dataDir: string,
  options: OutputOptions,
  console: Console = processConsole,
): Promise<number> {
  return await withServer(dataDir, async (server) => {
    const status = await statusOfChooser(server);
    const { recovery, lastRecovery } = status;
    if (recovery === null) {
      const last = lastRecovery === null ? [] : describeLastRecovery(lastRecovery, Date.now());
      const lines = ['Masala server: running. It waits for no recovery.', ...last];
      printResult({ state: status.state, recovery, lastRecovery }, lines, options);
      return exitCodes.OK.code;
    }
    const backups = await server.call('backup.list', {}, LIST_TIMEOUT_MS);
    const lines = [...describeRecovery(recovery, Date.now()), '', ...describeBackups(backups, Date.now())];
    printResult({ state: status.state, recovery, lastRecovery, ...backups }, lines, options);
    if (options.json || recovery.working !== null || !isAttended(console)) return exitCodes.NOT_READY.code;
    const choice = await askChoice(status, console);
    if (choice === null) return exitCodes.NOT_READY.code;
    return await carryOut(server, dataDir, choice, status, options);
  });
}

/** Restores the newest good state, or a backup, or a moment. */
export async function restore(
  dataDir: string,
  id: string | undefined,
  command: Command,
  options: ChoiceOptions,
  console: Console = processConsole,
): Promise<number> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const until = options.until === undefined ? null : parseMoment(options.until, Date.now(), timeZone);
  if (until !== null && 'problem' in until) return complainUsage(`--until: ${until.problem}.`, options);
  const wish: RestoreWish = { id: id ?? null, until: until?.utcMs ?? null };
  return await withServer(dataDir, async (server) => {
    for (;;) {
      const exitCode = await restoreWished({ server, dataDir, wish, command, options, console, timeZone });
      if (exitCode !== 'changed') return exitCode;
      console.output.write('Something was booked meanwhile.\n');
    }
  });
}

interface WishedRestore {
  readonly server: Server;
  readonly dataDir: string;
  readonly wish: RestoreWish;
  readonly command: Command;
  readonly options: ChoiceOptions;
  readonly console: Console;
  readonly timeZone: string;
}

/** Asks where something would be undone, and restores; `changed` where that is no longer what the admin was asked. */
async function restoreWished(restore: WishedRestore): Promise<number | 'changed'> {
  const { server, dataDir, wish, command, options, console, timeZone } = restore;
  const status = await statusOfChooser(server);
  const backups = await server.call('backup.list', {}, LIST_TIMEOUT_MS);
  if (wish.id !== null && !backups.points.some((point) => point.id === wish.id))
    throw new MasalaError('BACKUP_UNKNOWN', { reason: wish.id });
  for (const line of describeUnreachable(backups.unreachable)) process.stderr.write(`${line}\n`);
  const choice: Choice = {
    action: 'restore',
    ...(wish.id === null ? {} : { id: wish.id }),
    ...(wish.until === null ? {} : { until: wish.until }),
  };
  if (status.recovery !== null) return await carryOut(server, dataDir, choice, status, options);
  if (command === 'recover') throw new MasalaError('NOT_IN_RECOVERY');
  if (!server.supervised) return complainUnsupervised(options);
  if (wish.id === null && wish.until === null) return complainUsage(WHERE_TO, options);
  const agreed = await agree(undoneBy(backups, wish, timeZone), options, console);
  if (agreed !== null) return agreed;
  // Who says --yes agrees to whatever it undoes.
  if (options.yes) return await carryOut(server, dataDir, choice, status, options);
  try {
    return await carryOut(server, dataDir, { ...choice, shown: shownOf(backups, wish) }, status, options);
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'RESTORE_CHANGED') return 'changed';
    throw error;
  }
}

function shownOf({ points, present }: BackupList, { id }: RestoreWish): RestoreShown {
  const point = points.find((one) => one.id === id);
  return {
    ...(point === undefined ? {} : { point: { id: point.id, lastSequence: point.lastSequence } }),
    ...(present === undefined ? {} : { present }),
  };
}

/** Carries over what can still be read of the damaged database. */
export async function salvage(dataDir: string, options: ChoiceOptions): Promise<number> {
  return await withServer(dataDir, async (server) => {
    const status = await statusOfChooser(server);
    if (status.recovery === null) throw new MasalaError('NOT_IN_RECOVERY');
    return await carryOut(server, dataDir, { action: 'salvage' }, status, options);
  });
}

/** Begins with a new empty database. */
export async function fresh(
  dataDir: string,
  options: ChoiceOptions,
  console: Console = processConsole,
): Promise<number> {
  return await withServer(dataDir, async (server) => {
    const status = await statusOfChooser(server);
    if (status.recovery === null) throw new MasalaError('NOT_IN_RECOVERY');
    const agreed = await agree(freshWarning(status), options, console);
    return agreed ?? (await carryOut(server, dataDir, { action: 'fresh' }, status, options));
  });
}

/** Rejects while there is neither a good database nor a question: the server is on its way from one to the other. */
async function statusOfChooser(server: Server): Promise<ServerStatus> {
  const status = await server.status();
  if (status.recovery !== null || status.state === 'running') return status;
  if (status.state === 'stopped' && status.core.pid === null) {
    throw new MasalaError('SERVER_STOPPING', {
      reason: 'It was given up: `masala-server status` says why, `masala-server restart` tries again.',
    });
  }
  throw new MasalaError(status.state === 'starting' ? 'SERVER_STARTING' : 'SERVER_STOPPING');
}

// --- asking -------------------------------------------------------------------------------------------

function undoneBy(backups: BackupList, wish: RestoreWish, timeZone: string): string {
  const warning = undoWarning(backups, wish, Date.now(), timeZone);
  return `The server runs with a good database. ${warning} What is there now is backed up first.`;
}

function freshWarning({ recovery }: ServerStatus): string {
  const newest = recovery?.newest ?? null;
  const instead = newest === null ? '' : ` though there is the backup ${newest.id}`;
  return `The server begins with an empty database${instead}. The old files are kept, in quarantine/.`;
}

/** Null when the admin agrees; else the exit code to end with. */
async function agree(warning: string, options: ChoiceOptions, console: Console): Promise<number | null> {
  if (options.yes) return null;
  if (!isAttended(console))
    return complainUsage(`${warning} Nobody can be asked here: say --yes to agree.`, options);
  if (await confirm(console, `${warning} Go on?`)) return null;
  console.output.write('Nothing was changed.\n');
  return exitCodes.FAILED.code;
}

/** What the admin types at `recover`; null for nothing. */
async function askChoice(status: ServerStatus, console: Console): Promise<Choice | null> {
  const { recovery } = status;
  const newest = recovery?.newest ?? null;
  const canSalvage = recovery !== null && isSalvageable(recovery);
  const words = [...(newest === null ? [] : ['restore']), ...(canSalvage ? ['salvage'] : []), 'fresh'];
  const answer = await ask(console, `Your choice (${words.join(', ')}; Enter for none):`);
  const [action, id] = answer.split(/\s+/);
  if (action === 'restore' && id !== undefined) return { action, id };
  // The one that was offered, also where another has been made or found meanwhile.
  if (action === 'restore' && newest !== null)
    return { action, id: newest.id, shown: { point: { id: newest.id, lastSequence: newest.lastSequence } } };
  if (action === 'salvage') return { action };
  if (action !== 'fresh') return null;
  return (await confirm(console, `${freshWarning(status)} Go on?`)) ? { action } : null;
}

// --- carrying out -------------------------------------------------------------------------------------

async function carryOut(
  server: Server,
  dataDir: string,
  choice: Choice,
  before: ServerStatus,
  options: OutputOptions,
): Promise<number> {
  const { action, ...params } = choice;
  if (action === 'restore') await server.call('recovery.restore', params, LONG_WORK_MAX_MS);
  else await server.call(`recovery.${action}`, {});
  return tellEnd(await followRecovery(dataDir, before), options);
}

function tellEnd(end: RecoveryEnd, options: OutputOptions): number {
  switch (end.type) {
    case 'done': {
      const forgotten = ['The server runs again; logs/core.log and last-recovery.json have the report.'];
      const lines = end.last === null ? forgotten : describeLastRecovery(end.last, Date.now());
      const { state, flags } = end.status;
      const now = `Masala server: ${state}${flags.length > 0 ? ` (${flags.join(', ')})` : ''}`;
      printResult({ state, flags, lastRecovery: end.last }, [...lines, now], options);
      return exitCodes.OK.code;
    }
    case 'failed':
      return complainFailure(end.failure, options);
    case 'stopped':
      return complain(
        {
          exitCode: 'NOT_READY',
          code: 'NOT_READY',
          message: 'The server was given up while it recovered.',
          details: [end.reason],
          hint: 'Look at `masala-server status`, then try `masala-server restart`.',
        },
        options,
      );
  }
}

function complainFailure(
  failure: Extract<RecoveryEnd, { type: 'failed' }>['failure'],
  options: OutputOptions,
) {
  const { code, message, reason } = failure ?? {
    code: 'RESTORE_FAILED',
    message: 'The choice was given up; nothing was changed.',
    reason: 'logs/core.log says why.',
  };
  const row = Object.hasOwn(errors, code) ? errors[code as ErrorCode] : errors.RESTORE_FAILED;
  const hint = `${row.hint} The server waits: \`masala-server recover\`.`;
  return complain({ exitCode: 'FAILED', code, message, details: [reason], hint }, options);
}

function complainUnsupervised(options: OutputOptions): number {
  return complain(
    {
      exitCode: 'NOT_READY',
      code: 'UNSUPERVISED',
      message: 'The server runs unsupervised: nobody would start the core again for the restore.',
      details: [],
      hint: 'Wait some seconds: the core starts a supervisor by itself. Or run `masala-server start` in its place.',
    },
    options,
  );
}
