// The guard over everything that runs in the background: what throws is logged, counted and started again, never lost.

import type { LogLine } from '../log.ts';
import type { CoreState } from '../state.ts';
import { afterFailure, HEALTHY, isTrusted, type TaskHealth, TRUSTED_AFTER_MS } from './restart-delay.ts';

/** Runs until its signal is aborted; that it returns or throws before is a fault. */
export type BackgroundTask = (signal: AbortSignal) => Promise<void>;

export class BackgroundTasks {
  readonly #log: LogLine;
  readonly #state: CoreState;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #ill = new Set<string>();

  constructor(log: LogLine, state: CoreState) {
    this.#log = log;
    this.#state = state;
  }

  /** Starts a task under the guard; `name` stands in the log. */
  start(name: string, task: BackgroundTask): void {
    this.#running.push(this.#guard(name, task));
  }

  /** Asks every task to end and waits for it. Never rejects. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #guard(name: string, task: BackgroundTask): Promise<void> {
    const { signal } = this.#stop;
    let health: TaskHealth = { ...HEALTHY, startedAt: performance.now() };
    while (!signal.aborted) {
      const trust = setTimeout(() => this.#recovered(name), TRUSTED_AFTER_MS);
      const error = await outcomeOf(task, signal);
      clearTimeout(trust);
      if (signal.aborted) return;
      const now = performance.now();
      if (isTrusted(health, now)) this.#recovered(name);
      const next = afterFailure(health, now);
      health = next.health;
      this.#failed(name, error, health.failures, next.delayMs);
      await pause(next.delayMs, signal);
    }
  }

  #failed(task: string, error: unknown, failures: number, delayMs: number): void {
    this.#ill.add(task);
    this.#state.degrade(task, true);
    this.#log('task.failed', { task, failures, delayMs, error });
  }

  #recovered(task: string): void {
    if (!this.#ill.delete(task)) return;
    this.#log('task.recovered', { task });
    this.#state.degrade(task, false);
  }
}

/** Resolves after the time, or at once when the signal is aborted. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
  });
}

async function outcomeOf(task: BackgroundTask, signal: AbortSignal): Promise<unknown> {
  try {
    await task(signal);
    return new Error('the task ended without being asked');
  } catch (error) {
    return error;
  }
}
