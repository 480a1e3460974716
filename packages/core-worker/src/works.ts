// The long work that people have asked for: told to whoever asked as it advances, and in the status to everybody.

import { randomUUID } from 'node:crypto';
import type { WorkProgress } from '@masala/protocol/control';

/** How far a piece of work is. */
export type OnProgress = (progress: Pick<WorkProgress, 'phase' | 'done' | 'total'>) => void;

/** As many as the contract's list holds: what else waits is told once another has ended. */
const TOLD_MAX = 16;

export class Works {
  readonly #onChange: () => void;
  readonly #running = new Set<WorkProgress>();

  /** @param onChange called when one begins or ends; that it advances is known to whoever does it */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Those that are under way, the oldest first. */
  get told(): WorkProgress[] {
    return [...this.#running].slice(0, TOLD_MAX).map((work) => ({ ...work }));
  }

  /** Does a piece of work, which is told until it has ended. */
  async run<Result>(
    work: WorkProgress['work'],
    id: string | undefined,
    tell: (progress: WorkProgress) => void,
    act: (onProgress: OnProgress) => Promise<Result>,
  ): Promise<Result> {
    const mine: WorkProgress = { id: id ?? randomUUID(), work, phase: '', done: 0, total: 0 };
    this.#running.add(mine);
    this.#onChange();
    try {
      return await act((progress) => {
        Object.assign(mine, progress);
        tell({ ...mine });
      });
    } finally {
      this.#running.delete(mine);
      this.#onChange();
    }
  }
}
