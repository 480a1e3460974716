// `masala-server status`: who runs, in which state, and how the last core ended.

import { type Death, readRunFile, type ServerStatus } from '@masala/protocol/control';
import { type ExitCodeName, exitCodeNamed, exitCodes } from '@masala/protocol/tables';
import { readServerSettings } from '../preflight.ts';
import { serverName } from '../settings-store.ts';
import { describeCare } from './describe-recovery.ts';
import { flagsOf } from './flags-of.ts';
import { type OutputOptions, printResult } from './output.ts';
import { type Reached, reach } from './reach.ts';

export async function showStatus(dataDir: string, options: OutputOptions): Promise<number> {
  const reached = await reach(dataDir);
  try {
    const status = await statusOf(reached, dataDir);
    printResult(status, describeStatus(status, reached), options);
    return exitCodes[statusExitCode(status, reached)].code;
  } finally {
    if (reached.by !== 'nobody') reached.connection.close();
  }
}

/** What only a supervisor knows. */
const unwatched = { suspectSince: null, restarts: 0, mendsDeath: false } as const;

/** The status in the shape of `status --json`, whoever gave it. */
export async function statusOf(reached: Reached, dataDir: string): Promise<ServerStatus> {
  if (reached.by === 'supervisor') return await reached.connection.call('status', {});
  const lastDeath = (readRunFile(dataDir, 'wanted.json')?.lastDeath ?? null) as Death | null;
  const name = nameOf(dataDir);
  if (reached.by === 'core') {
    const { pid, startedAt, safeMode, ...told } = await reached.connection.call('status', {});
    const core = { pid, state: told.state, startedAt, safeMode, ...unwatched, lastDeath };
    return { ...told, name, dataDir, stopping: null, supervisor: null, core };
  }
  // Somebody is there who does not answer: it starts, ends or hangs, and in no case does it serve.
  const state = reached.processes.length > 0 ? 'starting' : 'stopped';
  const gone = { pid: null, state, startedAt: null, safeMode: false } as const;
  return {
    state,
    flags: [],
    name,
    serverId: null,
    epoch: null,
    dataDir,
    port: null,
    clients: 0,
    stopping: null,
    supervisor: null,
    core: { ...gone, ...unwatched, lastDeath },
    notices: [],
    recovery: null,
    lastRecovery: null,
    work: [],
  };
}

/** Where nobody says it: as the settings have it. */
function nameOf(dataDir: string): string {
  const found = readServerSettings(dataDir, flagsOf(dataDir), process.env);
  return serverName('exitCode' in found ? undefined : found);
}

function statusExitCode(status: ServerStatus, reached: Reached): ExitCodeName {
  if (reached.by === 'nobody' && reached.processes.length === 0) return 'NOT_RUNNING';
  return status.state === 'running' && !status.flags.includes('locked') ? 'OK' : 'NOT_READY';
}

function describeStatus(status: ServerStatus, reached: Reached): string[] {
  const { core, supervisor } = status;
  const flags = status.flags.length > 0 ? ` (${status.flags.join(', ')})` : '';
  const lines = [`Masala server: ${headline(status, reached)}${flags}`];
  lines.push(...describeCare(status, Date.now()).map((line) => `  ${line}`));
  lines.push(`  data        ${status.dataDir}`);
  if (status.port !== null) lines.push(`  port        ${status.port}`, `  clients     ${status.clients}`);
  if (core.pid !== null) {
    lines.push(`  core        pid ${core.pid}, since ${timeText(core.startedAt)}, restarts ${core.restarts}`);
  }
  if (supervisor !== null)
    lines.push(`  supervisor  pid ${supervisor.pid}, since ${timeText(supervisor.startedAt)}`);
  if (reached.by === 'core')
    lines.push('  supervisor  none: unsupervised; the core starts one by itself, or run start');
  if (core.lastDeath !== null) {
    const [last, ...rest] = describeDeath(core.lastDeath);
    lines.push(`  last death  ${last}`, ...rest.map((line) => `              ${line}`));
  }
  return lines;
}

function headline(status: ServerStatus, reached: Reached): string {
  if (reached.by === 'nobody') {
    return reached.processes.length === 0 ? 'not running' : 'there is a process, but it does not answer';
  }
  const isGivenUp = status.state === 'stopped' && status.core.lastDeath !== null;
  return isGivenUp ? 'stopped: the core cannot start; `masala-server restart` tries again' : status.state;
}

/** When a core died, how, why, and what it said last. */
export function describeDeath(death: Death): string[] {
  const row = exitCodeNamed(death.exitCode);
  const how = [
    death.cause,
    death.exitCode === null ? '' : `exit code ${death.exitCode}${row === undefined ? '' : ` ${row.name}`}`,
    death.signal ?? '',
  ].filter((part) => part !== '');
  const lines = [`${timeText(death.at)}: ${how.join(', ')}`];
  if (death.reason !== null) lines.push(death.reason);
  return [...lines, ...lastWords(death.stderrTail ?? '').map((line) => `| ${line}`)];
}

/** What it said last, without the stack: in five lines that would leave no room for the error itself. */
function lastWords(stderrTail: string): string[] {
  const said = stderrTail.split('\n').filter((line) => !/^\s*(at .*|Node\.js v.*|\^*)$/.test(line));
  return said.slice(-5);
}

function timeText(utcMs: number | null): string {
  return utcMs === null ? '?' : new Date(utcMs).toLocaleString();
}
