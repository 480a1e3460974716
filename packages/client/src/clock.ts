// Time as an argument: every rule of the client that waits takes a clock, so that tests run in virtual time.

export interface Clock {
  /** Milliseconds from any fixed start; never runs backwards, whatever the PC's calendar does. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`; the function that it returns forgets it. */
  after(delayMs: number, task: () => void): () => void;
}

/** A longer delay than this (25 days) setTimeout takes for none at all. */
const DELAY_MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(delayMs, DELAY_MAX_MS));
    return () => clearTimeout(timer);
  },
};
