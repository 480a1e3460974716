// Virtual time for tests of what asks, waits and asks again: it passes only when it is told to.

import type { PollClock } from './door-poll.ts';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

export class TestingClock implements PollClock {
  readonly #timers = new Map<number, Timer>();
  #next = 1;
  #nowMs = 0;

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimeout(run: () => void, delayMs: number): number {
    this.#timers.set(this.#next, { dueMs: this.#nowMs + delayMs, run });
    return this.#next++;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** Fulfilled after so long; what a server does that takes its time. */
  later(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimeout(resolve, delayMs));
  }

  /** Lets time pass: every timer at its time, and after each all that waited for a promise. */
  async pass(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settled();
    for (;;) {
      const [id, timer] = this.#first();
      if (timer === undefined || timer.dueMs > untilMs) break;
      this.#timers.delete(id);
      this.#nowMs = timer.dueMs;
      timer.run();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  #first(): [number, Timer | undefined] {
    let first: [number, Timer | undefined] = [0, undefined];
    for (const entry of this.#timers)
      if (first[1] === undefined || entry[1].dueMs < first[1].dueMs) first = entry;
    return first;
  }
}

/** All that waits for a promise has run. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
