// `masala-server stop` and `restart`: in order, through the supervisor, or through the core where it is alone.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ControlConnection,
  type CoreControl,
  processLives,
  processStartOf,
  readRunFile,
  type ServerStatus,
  type SupervisorControl,
  writeRunFile,
} from '@masala/protocol/control';
import { exitCodeNamed, exitCodes, MasalaError, settings } from '@masala/protocol/tables';
import { readServerSettings } from '../preflight.ts';
import { flagsOf, NO_FLAGS } from './flags-of.ts';
import { type Complaint, complain, type OutputOptions, printResult, startComplaint } from './output.ts';
import { type Reached, reach } from './reach.ts';
import { describeDeath, statusOf } from './status.ts';
import { agreeToStop, StopLine } from './stop-question.ts';

/** Beyond both graces of an ordered stop: closing files on a slow disk. */
const STOP_MARGIN_MS = 30_000;
const GONE_POLL_MS = 25;

export interface StopOptions extends OutputOptions {
  /** Whoever is connected, nobody is asked. */
  readonly yes: boolean;
}

export async function stopServer(dataDir: string, options: StopOptions): Promise<number> {
  const timeoutMs = stopTimeoutMs(dataDir);
  let reached = await reach(dataDir);
  if (!(await isAgreed(reached, dataDir, options))) return exitCodes.FAILED.code;
  if (reached.by === 'supervisor') {
    const forced = await stopSupervised(reached.connection, dataDir, timeoutMs);
    if (forced !== null) return printStopped(forced, false, options);
    reached = await reach(dataDir); // it went away before its answer: what became of the core?
  }
  if (reached.by === 'core') {
    await stopUnsupervised(reached.connection, dataDir, timeoutMs);
    return printStopped(false, true, options);
  }
  if (reached.by === 'nobody' && reached.processes.length > 0) throw new MasalaError('DEADLINE_EXCEEDED');
  return complain(nothingToStop, options);
}

/** With the code of the error table, which scripts know; its hint, to start a server, is not what is wanted here. */
const nothingToStop: Complaint = {
  exitCode: 'NOT_RUNNING',
  code: 'CONTROL_UNREACHABLE',
  message: 'No server runs for this data directory.',
  details: [],
  hint: 'Nothing is to be done: it is stopped already.',
};

export async function restartServer(dataDir: string, options: StopOptions): Promise<number> {
  const reached = await reach(dataDir);
  if (reached.by === 'core') {
    reached.connection.close();
    return complain(
      {
        exitCode: 'NOT_READY',
        code: 'UNSUPERVISED',
        message: 'The server runs unsupervised: there is no supervisor that could start the core again.',
        details: [],
        hint: 'Wait some seconds: the core starts a supervisor by itself. Or run `masala-server start` in its place.',
      },
      options,
    );
  }
  if (reached.by === 'nobody') throw new MasalaError('CONTROL_UNREACHABLE');
  if (!(await isAgreed(reached, dataDir, options))) return exitCodes.FAILED.code;
  const line = await StopLine.follow(reached.connection, process.stderr);
  try {
    await reached.connection.call('restart', {}, stopTimeoutMs(dataDir));
    line.end();
    const status = await statusOf(reached, dataDir);
    if (status.core.pid === null) return complain(notUp(status), options);
    printResult(status, [`Restarted: ${status.state}, core pid ${status.core.pid}.`], options);
    return status.state === 'running' ? exitCodes.OK.code : exitCodes.NOT_READY.code;
  } finally {
    line.end();
    reached.connection.close();
  }
}

/** Stopped, but not started again: why its last life ended, as the status has it. */
function notUp({ core: { lastDeath } }: ServerStatus): Complaint {
  const cause = exitCodeNamed(lastDeath?.exitCode ?? null)?.name ?? 'NOT_READY';
  return {
    ...startComplaint(cause, lastDeath === null ? [] : describeDeath(lastDeath)),
    exitCode: 'NOT_READY',
    message: 'The core was stopped, but did not come up again.',
  };
}

/** Asks where clients are connected; a connection that is not used then is closed. */
async function isAgreed(reached: Reached, dataDir: string, options: StopOptions): Promise<boolean> {
  if (reached.by === 'nobody' || options.yes || options.json) return true;
  const agreed = await agreeToStop(() => statusOf(reached, dataDir));
  if (!agreed) reached.connection.close();
  return agreed;
}

/** Whether the stop was forced; null when the supervisor went away without an answer. */
async function stopSupervised(
  connection: ControlConnection<SupervisorControl>,
  dataDir: string,
  timeoutMs: number,
): Promise<boolean | null> {
  const pid = readRunFile(dataDir, 'supervisor.json')?.pid;
  const processStart = pid === undefined ? null : processStartOf(pid);
  const line = await StopLine.follow(connection, process.stderr);
  try {
    const { forced } = await connection.call('stop', {}, timeoutMs);
    await connection.closed;
    // Its lock is free only when it has ended: a start that follows this command must not find it there.
    if (pid !== undefined && processStart !== null) await gone(pid, processStart);
    return forced;
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'CONNECTION_LOST') return null;
    throw error;
  } finally {
    line.end();
    connection.close();
  }
}

async function stopUnsupervised(
  connection: ControlConnection<CoreControl>,
  dataDir: string,
  timeoutMs: number,
): Promise<void> {
  // First of all, so that neither the core nor a supervisor that wakes up revives what is being stopped.
  const before = readRunFile(dataDir, 'wanted.json');
  writeRunFile(dataDir, 'wanted.json', {
    ...(before ?? { flags: NO_FLAGS, lastDeath: null, supervisorStarts: [] }),
    wanted: 'stopped',
    deaths: [],
  });
  const { pid } = await connection.call('status', {});
  const processStart = processStartOf(pid);
  await connection.call('stop', {});
  const late = sleep(timeoutMs, 'late', { ref: false });
  const ended = connection.closed.then(() => (processStart === null ? undefined : gone(pid, processStart)));
  if ((await Promise.race([ended, late])) === 'late')
    throw new MasalaError('DEADLINE_EXCEEDED', { corePid: pid });
}

async function gone(pid: number, processStart: string): Promise<void> {
  while (processLives(pid, processStart)) await sleep(GONE_POLL_MS);
}

function printStopped(forced: boolean, unsupervised: boolean, options: OutputOptions): number {
  const how = forced ? ' It had to be forced; clients keep their writes and try them again.' : '';
  const who = unsupervised ? ' (unsupervised: the core was asked directly)' : '';
  printResult({ stopped: true, forced, unsupervised }, [`Stopped${who}.${how}`], options);
  return exitCodes.OK.code;
}

function stopTimeoutMs(dataDir: string): number {
  const found = readServerSettings(dataDir, flagsOf(dataDir), process.env);
  const graceMs = 'exitCode' in found ? settings['stop.graceMs'].default : found['stop.graceMs'];
  return 2 * graceMs + STOP_MARGIN_MS;
}
