// The pool: threads for long work (reports, imports, checks), so that it delays neither a save nor a pong.

import { MessageChannel } from 'node:worker_threads';
import { limits, MasalaError } from '@masala/protocol';
import { Piscina } from 'piscina';
import type { PoolReply, PoolTaskName, PoolTasks } from './pool-worker.ts';

/** A thread that had nothing to do for so long is let go: at 30 s a morning's reports share one, and idle memory is given back. */
const IDLE_MS = 30_000;

export interface PoolRunOptions {
  /** Asks the task to stop; it does so between two chunks and the run rejects with CANCELLED. */
  readonly signal?: AbortSignal;
  /** Gets what the task sends. The task waits until it returns (or its promise is settled). */
  readonly onMessage?: (message: unknown) => void | Promise<void>;
}

type TaskParams<Name extends PoolTaskName> = Parameters<PoolTasks[Name]>[0];
type TaskResult<Name extends PoolTaskName> = Awaited<ReturnType<PoolTasks[Name]>>;

export class Pool {
  readonly #piscina: Piscina;

  constructor(threads: number = limits.poolThreadsMax) {
    this.#piscina = new Piscina({
      filename: new URL('./pool-worker.ts', import.meta.url).href,
      name: 'runPoolTask',
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      maxQueue: limits.poolQueueMax,
    });
    // Each failure also rejects the run that met it.
    this.#piscina.on('error', () => undefined);
  }

  /**
   * Runs a task in a thread. Rejects with the task's MasalaError, with SERVER_BUSY when too many wait, and with a plain Error
   * for what nobody expected.
   */
  async run<Name extends PoolTaskName>(
    task: Name,
    params: TaskParams<Name>,
    options: PoolRunOptions = {},
  ): Promise<TaskResult<Name>> {
    options.signal?.throwIfAborted();
    if (this.#piscina.queueSize >= limits.poolQueueMax) throw new MasalaError('SERVER_BUSY');
    const { port1: near, port2: far } = new MessageChannel();
    const stop = () => near.postMessage('stop');
    options.signal?.addEventListener('abort', stop, { once: true });
    const messageFault = new Promise<never>((_, reject) => {
      near.on('message', (message) => {
        Promise.resolve()
          .then(() => options.onMessage?.(message))
          .then(() => near.postMessage('taken'))
          .catch((error: unknown) => {
            stop();
            reject(error);
          });
      });
    });
    try {
      const running = this.#piscina.run({ task, params, port: far }, { transferList: [far] });
      const reply = (await Promise.race([running, messageFault])) as PoolReply;
      if ('refusal' in reply) throw MasalaError.fromWire(reply.refusal);
      return reply.result as TaskResult<Name>;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      near.close();
    }
  }

  /** Ends the threads; what still runs is broken off. */
  async close(): Promise<void> {
    await this.#piscina.destroy();
  }
}
