// The processes of a bench: peers, the load, and a core of ours, each on loopback and each ended by its own handle.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadInput, LoadOutput } from './load.ts';
import type { PeerInput } from './peers/peer-input.ts';

export interface Served {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export function pathOf(fileOfThisFolder: string): string {
  return fileURLToPath(new URL(fileOfThisFolder, import.meta.url));
}

/** Starts a peer's program and waits until it listens. */
export async function startPeer(program: string, input: PeerInput): Promise<Served> {
  const child = spawn(process.execPath, [pathOf(`./peers/${program}.ts`), JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return { port, pid: child.pid ?? 0, stop: () => end(child) };
}

/** Runs a load to its end. */
export async function runLoad(input: LoadInput): Promise<LoadOutput> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    pathOf('./load.ts'),
    JSON.stringify(input),
  ]);
  return JSON.parse(stdout) as LoadOutput;
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
