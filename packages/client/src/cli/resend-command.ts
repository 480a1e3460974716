// `masala resend`: shows what a restore of the server took of this PC's commands, and sends it again when told to.

import { MasalaError } from '@masala/protocol';
import type { Client } from '../client.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Branched } from '../kept/branch-watch.ts';
import type { KeptCommand } from '../kept/kept-commands.ts';
import type { Resent } from '../kept/resend.ts';
import { describeBranch, summarise } from './branch-words.ts';
import { confirm } from './confirm.ts';
import type { Globals, Outcome } from './globals.ts';
import { describeTable, printJson, printText, remark } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { unlessAborted } from './unless-aborted.ts';
import { UsageError } from './usage-error.ts';
import { withClient } from './with-client.ts';

export interface ResendChoices {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly dismiss?: boolean;
}

type Summaries = ReadonlyMap<KeptCommand, string>;

export async function resendCommand(choices: ResendChoices, globals: Globals): Outcome {
  checkChoices(choices, globals);
  const { timeout } = globals;
  let late: AbortSignal | undefined;
  try {
    return await withClient(
      globals,
      (client, interrupt) => {
        client.on('state', sayWaiting);
        late = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
        const signal = late === undefined ? interrupt : AbortSignal.any([interrupt, late]);
        return carryOut(client, choices, globals, signal);
      },
      { warnOfBranch: false },
    );
  } catch (error) {
    if (!(error instanceof MasalaError) || error.code !== 'CANCELLED') throw error;
    remark('what was booked stays booked; run `masala resend` again for the rest.');
    if (late?.aborted !== true) throw error;
    throw new MasalaError('DEADLINE_EXCEEDED', { deadlineMs: timeout }, { cause: error });
  }
}

function checkChoices({ yes, dryRun, dismiss }: ResendChoices, { json }: Globals): void {
  if (dryRun && dismiss) throw new UsageError('--dry-run and --dismiss exclude each other');
  if (yes || dryRun) return;
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('nobody can be asked here: say --yes, or --dry-run to look only');
  }
}

async function carryOut(
  client: Client,
  choices: ResendChoices,
  globals: Globals,
  signal: AbortSignal,
): Outcome {
  const branched = await unlessAborted(client.comparison(), signal);
  if (branched === undefined) {
    if (globals.json) printJson({ branch: null, commands: [] });
    else printText('Nothing of this PC is gone: the server has everything that it acknowledged.');
    return 0;
  }
  const summaries = await summariesOf(client, branched.missing);
  if (!globals.json) show(branched, summaries);
  if (choices.dryRun) return tell(branched, summaries, [], 'gone', globals);
  if (!choices.yes && !(await isConfirmed(branched, choices, signal))) {
    remark('nothing was sent; `masala resend` offers it again.');
    return 0;
  }
  if (choices.dismiss) {
    client.dismissBranch();
    return tell(branched, summaries, [], 'dismissed', globals);
  }
  return tell(branched, summaries, await sendAll(client, branched, signal), 'resent', globals);
}

function isConfirmed(branched: Branched, { dismiss }: ResendChoices, signal: AbortSignal): Promise<boolean> {
  const them = branched.missing.length === 1 ? 'it' : `these ${branched.missing.length}`;
  const question = dismiss ? `Never offer ${them} again?` : `Send ${them} again?`;
  return confirm(question, process.stdin, process.stderr, signal);
}

async function sendAll(client: Client, branched: Branched, signal: AbortSignal): Promise<Resent[]> {
  const bar = new ProgressBar(process.stderr);
  const results: Resent[] = [];
  try {
    await client.resend(branched.missing, {
      signal,
      onResult: (resent) => {
        results.push(resent);
        bar.show('sending', results.length, branched.missing.length);
      },
    });
  } finally {
    bar.clear();
  }
  return results;
}

function show(branched: Branched, summaries: Summaries): void {
  printText(describeBranch(branched) ?? '');
  const rows = branched.missing.map((command) => ({
    acknowledgedAt: command.acknowledgedAt,
    method: command.method,
    what: summaries.get(command),
  }));
  printText(describeTable(rows));
}

/** The end of it; 1 where something has to be entered by hand. */
function tell(
  branched: Branched,
  summaries: Summaries,
  results: readonly Resent[],
  done: 'gone' | 'dismissed' | 'resent',
  globals: Globals,
): number {
  const refused = results.filter((resent) => resent.outcome === 'refused');
  const booked = results.filter(({ outcome }) => outcome === 'booked').length;
  const there = results.filter(({ outcome }) => outcome === 'there').length;
  if (globals.json) {
    const { missing, ...branch } = branched;
    const commands =
      done === 'resent'
        ? results.map(describeResent)
        : missing.map((command) => ({ ...plain(command), outcome: done }));
    printJson({ branch, commands, booked, there, refused: refused.length });
  } else if (done === 'dismissed') printText('It will not be offered again.');
  else if (done === 'resent') {
    printText(`booked again: ${booked}, already there: ${there}, refused: ${refused.length}`);
    const renumbered = results.flatMap(describeNewNumber);
    if (renumbered.length > 0) printText(`\nNew numbers:\n${describeTable(renumbered)}`);
    const rows = refused.map(({ command, error }) => ({
      acknowledgedAt: command.acknowledgedAt,
      method: command.method,
      what: summaries.get(command),
      reason: `${error.code}: ${error.message}`,
    }));
    if (rows.length > 0) {
      printText(`\nRefused: look at each, and enter by hand what is still wanted.\n${describeTable(rows)}`);
    }
  }
  return refused.length > 0 ? 1 : 0;
}

function describeResent(resent: Resent): object {
  const { command, outcome } = resent;
  if (resent.outcome !== 'refused') return { ...plain(command), outcome, newResult: resent.result };
  const { code, message, hint, data } = resent.error;
  return { ...plain(command), outcome, error: { code, message, hint, data } };
}

/** A document that was posted again may have another number than the one on its paper. */
function describeNewNumber(resent: Resent): { readonly before: string; readonly now: string }[] {
  if (resent.outcome === 'refused') return [];
  const [before, now] = [resent.command.result, resent.result].map(numberOf);
  return before === undefined || now === undefined || before === now ? [] : [{ before, now }];
}

function numberOf(result: unknown): string | undefined {
  const { number } = (result ?? {}) as { readonly number?: unknown };
  return typeof number === 'string' ? number : undefined;
}

function plain({ earlierResults: _, ...command }: KeptCommand): object {
  return command;
}

/** Each command in a few words, with the names of the partners as far as they are known here or on the server. */
async function summariesOf(client: Client, commands: readonly KeptCommand[]): Promise<Summaries> {
  const partners = new Map<string, string>();
  const wanted = new Set(commands.flatMap(({ params }) => params['partnerId'] ?? []).map(String));
  for (const { method, params, result } of commands) {
    const { id } = (result ?? {}) as { readonly id?: unknown };
    if (method === 'partners.create') partners.set(String(id), String(params['name']));
  }
  const unknown = [...wanted].filter((id) => !partners.has(id));
  const names = await Promise.all(unknown.map((id) => partnerName(client, id)));
  for (const [index, id] of unknown.entries()) partners.set(id, names[index] ?? id);
  return new Map(commands.map((command) => [command, summarise(command, partners)]));
}

async function partnerName(client: Client, id: string): Promise<string | undefined> {
  try {
    return (await client.call('partners.get', { id })).name;
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function sayWaiting(state: ConnectionState): void {
  // The first failure is retried at once: only what lasts is worth a line.
  if (state.phase !== 'waiting' || state.failures !== 2) return;
  remark(`${state.reason.message} ${state.reason.hint}`);
  remark('trying again every three seconds; Ctrl-C ends the waiting.');
}
