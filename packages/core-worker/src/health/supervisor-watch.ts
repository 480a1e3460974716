// The core's eye on its supervisor: where none is attached for a while, one is started, which adopts this core.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { readRunFile, SUPERVISOR_STARTS_MAX, supervisorRevivalAt } from '@masala/protocol/control';
import type { LogLine } from '../log.ts';
import { pause } from './background-tasks.ts';

/** Looks so often within the time of absence that it is kept to a quarter. */
const LOOKS_PER_ABSENCE = 4;
/** A supervisor that was started attaches within seconds, also on a slow and busy PC; one that has not by then hangs. */
const ATTACH_PATIENCE_MS = 30_000;

export interface SupervisorWatchOptions {
  readonly dataDir: string;
  /** The absolute path of the supervisor's program. */
  readonly program: string;
  readonly absenceMs: number;
  /** False where deaths have no limit (the setting restart.budget is 0): then neither have revivals. */
  readonly bounded: boolean;
  /** Whether one may be started at all: not while the core stops, and not where a service manager does it. */
  readonly mayRevive: () => boolean;
  readonly now: () => number;
  readonly log: LogLine;
}

export class SupervisorWatch {
  readonly #options: SupervisorWatchOptions;
  #attached = 0;
  #absentSince = performance.now();
  /** UTC ms of the starts that this core made. */
  #ownStarts: number[] = [];
  #budgetTold = false;
  /** The one that was started last, until it ends. */
  #started: { readonly child: ChildProcess; readonly at: number } | undefined;

  constructor(options: SupervisorWatchOptions) {
    this.#options = options;
  }

  /** A supervisor holds a connection until `closed` settles. */
  attach(supervisorPid: number, closed: Promise<void>): void {
    this.#attached += 1;
    this.#options.log('core.supervisor.attached', { supervisorPid });
    void closed.then(() => {
      this.#attached -= 1;
      if (this.#attached > 0) return;
      this.#absentSince = performance.now();
      if (this.#options.mayRevive()) this.#options.log('core.supervisor.lost', { supervisorPid });
    });
  }

  /** A background task: runs until its signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { absenceMs, mayRevive } = this.#options;
    while (!signal.aborted) {
      await pause(absenceMs / LOOKS_PER_ABSENCE, signal);
      const absentMs = performance.now() - this.#absentSince;
      if (this.#attached > 0 || absentMs < absenceMs || this.#isOnItsWay || signal.aborted) continue;
      if (mayRevive()) this.#revive();
    }
  }

  /** Whether the one that was started last may still attach: another beside it would only use the budget up. */
  get #isOnItsWay(): boolean {
    if (this.#started === undefined) return false;
    const { child, at } = this.#started;
    const lives = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    return lives && performance.now() - at < ATTACH_PATIENCE_MS;
  }

  #revive(): void {
    const { dataDir, bounded, now, log } = this.#options;
    const wanted = readRunFile(dataDir, 'wanted.json');
    if (wanted?.wanted === 'stopped') return;
    const at = now();
    const starts = [...(wanted?.supervisorStarts ?? [])];
    // A supervisor writes its own start down; ours that it did not get so far as to write count as well.
    const written = Math.max(...starts, Number.NEGATIVE_INFINITY);
    // No more of them than the rule looks at, however long a broken supervisor fails to write.
    this.#ownStarts = this.#ownStarts.filter((start) => start > written).slice(-SUPERVISOR_STARTS_MAX);
    const retryAt = bounded ? supervisorRevivalAt([...starts, ...this.#ownStarts], at) : at;
    if (retryAt > at) {
      if (!this.#budgetTold) log('core.supervisor.budget-spent', { retryAt });
      this.#budgetTold = true;
      return;
    }
    this.#budgetTold = false;
    this.#ownStarts.push(at);
    this.#absentSince = performance.now();
    this.#spawn();
  }

  #spawn(): void {
    const { dataDir, program, log } = this.#options;
    const stderr = openSync(join(dataDir, 'logs', 'supervisor-stderr.log'), 'w', 0o600);
    try {
      const child = spawn(process.execPath, [program, '--data-dir', dataDir, '--adopt'], {
        cwd: dataDir,
        detached: true,
        stdio: ['ignore', 'ignore', stderr],
        windowsHide: true,
      });
      // Without a pid it did not start; it is tried again when the absence has lasted as long once more.
      child.once('error', (error) => log('task.failed', { task: 'supervisor-watch', failures: 1, error }));
      child.unref();
      this.#started = { child, at: performance.now() };
      log('core.supervisor.started', { supervisorPid: child.pid });
    } finally {
      closeSync(stderr);
    }
  }
}
