// The process that hosts the dashboard, seen from the server: asked where it lives, started where it does not.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  connectControl,
  type DashboardControl,
  dashboardControl,
  endpointToCall,
  hasErrorCode,
  type MethodName,
  type ParamsOf,
  processLives,
  type ResultOf,
  type RunFile,
  readControlToken,
} from '@masala/protocol/control';
import { limits, MasalaError } from '@masala/protocol/tables';
import { findProcess } from './found-process.ts';
import type { HostProgram } from './host-programs.ts';
import { type HungHostDecision, onHungHost } from './hung-host.ts';

/** It lives on this PC: one that takes longer hangs, and another one takes its place. */
const ASK_TIMEOUT_MS = 3_000;
/** The kernel takes a killed process away in milliseconds, unless a disk holds it. */
const GONE_MAX_MS = 2_000;
/** Between two looks whether a host that was started answers. */
const LOOK_EVERY_MS = 50;

/** What a host's `open` answers. */
export type OpenAnswer = ResultOf<DashboardControl, 'open'>;

/** Asks the living host for its dashboard; null where none answers, in time. Rejects with what the host refuses. */
export function askHost(dataDir: string, path: string): Promise<OpenAnswer | null> {
  return callHost(dataDir, 'open', { path });
}

/** Calls the living host; null where none answers, in time. Rejects with what the host refuses. */
export async function callHost<Method extends MethodName<DashboardControl>>(
  dataDir: string,
  method: Method,
  params: ParamsOf<DashboardControl, Method>,
): Promise<ResultOf<DashboardControl, Method> | null> {
  const token = readControlToken(dataDir);
  if (token === null) return null;
  const endpoint = endpointToCall(dataDir, dashboardControl);
  const connection = await connectControl({ endpoint, token, timeoutMs: ASK_TIMEOUT_MS }).catch(() => null);
  if (connection === null) return null;
  try {
    return await connection.call(method, params, ASK_TIMEOUT_MS);
  } catch (error) {
    const { code } = error instanceof MasalaError ? error : {};
    if (code === 'DEADLINE_EXCEEDED' || code === 'CONNECTION_LOST') return null; // it hangs, or is just ending
    throw error;
  } finally {
    connection.close();
  }
}

/** Ends a host that announced itself and answers nobody: as long as it holds the socket, no other one can listen there. */
export async function endHungHost(announced: RunFile<'dashboard.json'>): Promise<HungHostDecision> {
  const { pid, processStart } = announced;
  const decision = onHungHost(announced, await findProcess(pid));
  if (decision !== 'end') return decision;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    return hasErrorCode(error, 'ESRCH') ? 'gone' : 'leave'; // it ended between the look and the kill, or is another user's
  }
  const endAt = performance.now() + GONE_MAX_MS;
  while (processLives(pid, processStart) && performance.now() < endAt) await pause(LOOK_EVERY_MS);
  return 'end';
}

/** How a start went. `hung`: it did not answer in time, and was ended. */
export type HostStart =
  | { readonly type: 'answered'; readonly answer: OpenAnswer }
  | { readonly type: 'ended' }
  | { readonly type: 'hung'; readonly pid: number };

/**
 * Starts a host and asks it until it answers, or has ended, or `patienceMs` are over. It outlives us: whoever opened the dashboard
 * may be a command, or a supervisor that is killed.
 */
export async function startHost(
  program: HostProgram,
  dataDir: string,
  path: string,
  environment: NodeJS.ProcessEnv,
  patienceMs: number,
): Promise<HostStart> {
  const child = spawnHost(program, dataDir, environment);
  const ended = new Promise<'ended'>((resolve) => {
    child.once('error', () => resolve('ended'));
    child.once('exit', () => resolve('ended'));
  });
  const endAt = performance.now() + patienceMs;
  let hasEnded = false;
  while (!hasEnded && performance.now() < endAt) {
    hasEnded = (await Promise.race([ended, pause(LOOK_EVERY_MS)])) === 'ended';
    // Also after its end: another host may have been first, and answers.
    const answer = await askHost(dataDir, path);
    if (answer === null) continue;
    if (answer.pid !== child.pid && !hasEnded) endLater(child, ended, endAt - performance.now());
    return { type: 'answered', answer };
  }
  if (hasEnded || child.pid === undefined) return { type: 'ended' };
  // Not by a signal that it would have to hear.
  child.kill('SIGKILL');
  await Promise.race([ended, pause(GONE_MAX_MS)]);
  return { type: 'hung', pid: child.pid };
}

/** One that came second ends by itself; if it hangs before it sees that, nobody would ever find it again. */
function endLater(child: ChildProcess, ended: Promise<unknown>, patienceMs: number): void {
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs).unref();
  void ended.then(() => clearTimeout(timer));
}

/** The last words of the hosts of a data directory; empty where there are none. */
export function lastWords(dataDir: string): string {
  try {
    return readFileSync(stderrPath(dataDir), 'utf8').slice(-limits.stderrTailBytes).trim();
  } catch {
    return ''; // no host was ever started
  }
}

function spawnHost(program: HostProgram, dataDir: string, environment: NodeJS.ProcessEnv): ChildProcess {
  const stderr = openStderr(dataDir);
  try {
    const child = spawn(program.command, program.args, {
      cwd: dataDir,
      env: environment,
      detached: true,
      stdio: ['ignore', 'ignore', stderr],
      windowsHide: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(stderr);
  }
}

function stderrPath(dataDir: string): string {
  return join(dataDir, 'logs', 'dashboard-stderr.log');
}

function openStderr(dataDir: string): number {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const path = stderrPath(dataDir);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > limits.logFileMaxBytes) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}
