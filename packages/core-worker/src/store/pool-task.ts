// What a task of the pool is: long work that must delay neither a save nor a pong.

/** A task's line to the main thread. */
export interface PoolChannel {
  /** Sends a message to the caller's `onMessage`; resolves when it was taken, so that a task never runs ahead. */
  send(message: unknown): Promise<void>;
  /** Whether the caller has given up: a task looks at it between its chunks and then returns at once by throwing it. */
  throwIfStopped(): void;
}

/** Runs in a pool thread. Params, messages and result are plain data (they are cloned). */
export type PoolTask<TaskParams, TaskResult> = (
  params: TaskParams,
  channel: PoolChannel,
) => TaskResult | Promise<TaskResult>;
