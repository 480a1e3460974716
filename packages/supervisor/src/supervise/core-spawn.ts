// Starts the core as a process of its own, and keeps what it says on stderr.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StartFlags } from '@masala/protocol/control';
import { limits } from '@masala/protocol/tables';

export interface SpawnOptions {
  /** The absolute path of the core's program. */
  readonly program: string;
  readonly dataDir: string;
  readonly flags: StartFlags;
  readonly safeMode: boolean;
}

/**
 * Starts the core detached: a group of its own, so that ^C in our terminal does not reach it, and no pipe of ours,
 * since a write into one would end it after our death. Returns the child; `pid` is undefined when it could not start,
 * and then its event `error` says why.
 */
export function spawnCore(options: SpawnOptions): ChildProcess {
  const stderr = openStderr(options.dataDir);
  try {
    const child = spawn(process.execPath, [options.program, ...argumentsOf(options)], {
      cwd: options.dataDir,
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

function argumentsOf({ dataDir, flags, safeMode }: SpawnOptions): string[] {
  const given = ['--data-dir', dataDir];
  if (flags.host !== null) given.push('--host', flags.host);
  if (flags.port !== null) given.push('--port', String(flags.port));
  if (flags.discoveryPort !== null) given.push('--discovery-port', String(flags.discoveryPort));
  for (const setting of flags.set) given.push('--set', setting);
  if (safeMode) given.push('--safe-mode');
  return given;
}

export function stderrPath(dataDir: string): string {
  return join(dataDir, 'logs', 'core-stderr.log');
}

/** How long the stderr file is: what a core started now will write comes after it. */
export function stderrBytes(dataDir: string): number {
  return statSync(stderrPath(dataDir), { throwIfNoEntry: false })?.size ?? 0;
}

/** The last words on stderr, from `sinceByte` on and at most `limits.stderrTailBytes`; null where there are none. */
export function stderrTail(dataDir: string, sinceByte: number): string | null {
  let file: number;
  try {
    file = openSync(stderrPath(dataDir), 'r');
  } catch {
    return null; // no core of this data directory has ever been started
  }
  try {
    const { size } = fstatSync(file);
    // A file that was turned over since is shorter than where this core began.
    const from = Math.max(size < sinceByte ? 0 : sinceByte, size - limits.stderrTailBytes);
    const tail = Buffer.alloc(size - from);
    const readBytes = readSync(file, tail, 0, tail.length, from);
    return readBytes === 0 ? null : tail.toString('utf8', 0, readBytes);
  } finally {
    closeSync(file);
  }
}

/** Opened by Node, so it is not inherited by other children; only the core gets it, as its stderr. */
function openStderr(dataDir: string): number {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  if (stderrBytes(dataDir) > limits.logFileMaxBytes)
    renameSync(stderrPath(dataDir), `${stderrPath(dataDir)}.1`);
  return openSync(stderrPath(dataDir), 'a', 0o600);
}
