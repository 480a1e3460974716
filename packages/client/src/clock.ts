// Time as an argument: every rule of the client that waits takes a clock, so that tests run in virtual time.

export interface Clock {
  /** Milliseconds from any fixed start; never runs backwards, whatever the PC's calendar does. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`; the function that it returns forgets it. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
