// Runs tasks on a drive that may hang: on a thread of their own, which is waited for only while it makes progress.

import { limits, MasalaError } from '@masala/protocol';
import { Pool, type PoolRunOptions } from '../../store/pool.ts';
import type { PoolTaskName, PoolTasks } from '../../store/pool-worker.ts';

export class Courier {
  readonly #pool = new Pool(1);
  /** A task is out; whoever asks meanwhile (they take turns) finds the one before stuck. */
  #isOut = false;

  /**
   * Runs a pool task. Rejects as the task does, and with BACKUP_FOLDER_UNREACHABLE when it stops making progress; from then on
   * all are refused so, until the thread is back.
   */
  async run<Name extends PoolTaskName>(
    folder: string,
    task: Name,
    params: Parameters<PoolTasks[Name]>[0],
    options: PoolRunOptions,
  ): Promise<Awaited<ReturnType<PoolTasks[Name]>>> {
    const unreachable = new MasalaError('BACKUP_FOLDER_UNREACHABLE', {
      folder,
      reason: 'it does not answer',
    });
    if (this.#isOut) throw unreachable;
    const stalled = Promise.withResolvers<never>();
    const timer = setTimeout(() => stalled.reject(unreachable), limits.secondFolderStallMs);
    const running = this.#pool.run(task, params, {
      ...options,
      onMessage: (message) => {
        timer.refresh();
        return options.onMessage?.(message);
      },
    });
    const back = () => {
      this.#isOut = false;
    };
    try {
      this.#isOut = true;
      running.then(back, back);
      return await Promise.race([running, stalled.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const closed = this.#pool.close();
    // A thread inside a call to a dead drive does not end before that call does.
    if (!this.#isOut) await closed;
  }
}
