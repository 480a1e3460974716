// Starts the core as a process of its own, and keeps what it says on stderr.

import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StartFlags } from '@masala/protocol/control';
import { limits } from '@masala/protocol/tables';

export interface SpawnOptions {
  /** The absolute path of the core's program. */
  readonly program: string;
  readonly dataDir: string;
  readonly flags: StartFlags;
  readonly safeMode: boolean;
  /** Null where the disk does not answer: a core without it is better than none. */
  readonly stderr: StderrFile | null;
}

/**
 * Starts the core detached: a group of its own, so that ^C in our terminal does not reach it, and no pipe of ours,
 * since a write into one would end it after our death. Returns the child; `pid` is undefined when it could not start,
 * and then its event `error` says why.
 */
export function spawnCore(options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, [options.program, ...argumentsOf(options)], {
    cwd: options.dataDir,
    detached: true,
    stdio: ['ignore', 'ignore', options.stderr?.file.fd ?? 'ignore'],
    windowsHide: true,
  });
  child.unref();
  return child;
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

/** The last words on stderr, from `sinceByte` on and at most `limits.stderrTailBytes`; null where there are none. */
export async function stderrTail(dataDir: string, sinceByte: number): Promise<string | null> {
  const file = await open(stderrPath(dataDir), 'r').catch(() => null);
  if (file === null) return null; // no core of this data directory has ever been started
  try {
    const { size } = await file.stat();
    // A file that was turned over since is shorter than where this core began.
    const from = Math.max(size < sinceByte ? 0 : sinceByte, size - limits.stderrTailBytes);
    const tail = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(tail, 0, tail.length, from);
    return bytesRead === 0 ? null : tail.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Where a core writes what it has to say to nobody. */
export interface StderrFile {
  readonly file: FileHandle;
  /** What a core started now will write comes after it. */
  readonly bytes: number;
}

/** Opened by Node, so it is not inherited by other children; only the core gets it, as its stderr. */
export async function openStderr(dataDir: string): Promise<StderrFile> {
  const path = stderrPath(dataDir);
  await mkdir(dirname(path), { recursive: true });
  const size = await stat(path).then(
    (found) => found.size,
    () => 0, // none yet
  );
  if (size > limits.logFileMaxBytes) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  return { file, bytes: size > limits.logFileMaxBytes ? 0 : size };
}
