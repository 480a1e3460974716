// A sample of the flip campaign by real processes: a server starts on the damaged files, finds the damage, waits for the
// admin, restores, and then says everything that it said before.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { FlipVerdict } from './flip-judge.ts';
import { planFlip } from './flip-plan.ts';
import type { FlipFailure } from './flip-run.ts';
import { preparedFiles } from './prepared-data.ts';
import { checkUndisturbed, RecoverCase, readPrepared } from './recover-run.ts';

/** A case in processes takes seconds, and is no other than its neighbours. */
const CASES_FOR_EACH_SAMPLE = 500;

/** Picks the first noticed damage of each five hundred cases. */
export class FlipSample {
  readonly numbers: number[] = [];

  see({ number, noticed, changed }: FlipVerdict): void {
    const isDue = number > this.numbers.length * CASES_FOR_EACH_SAMPLE;
    if (isDue && noticed !== null && changed.length > 0) this.numbers.push(number);
  }
}

export class FlipLive {
  readonly #tree: string;
  readonly #prepared: string;
  readonly #seed: number;
  #present: RecoverCase | undefined;

  /** @param prepared the folder of the prepared server; it is only read */
  constructor(tree: string, prepared: string, seed: number) {
    this.#tree = tree;
    this.#prepared = prepared;
    this.#seed = seed;
  }

  /** Gives what went wrong. */
  async run(numbers: readonly number[]): Promise<FlipFailure[]> {
    const failures: FlipFailure[] = [];
    for (const number of numbers) {
      try {
        await this.#runOne(number);
      } catch (error) {
        failures.push({ number, reason: `case ${number} by real processes: ${inspect(error)}` });
      }
    }
    return failures;
  }

  /** No process is left, whatever happened. */
  async end(): Promise<void> {
    await this.#present?.server.destroy({ keep: false });
  }

  async #runOne(number: number): Promise<void> {
    const prepared = readPrepared(this.#prepared);
    const kind = { name: 'flipped, restore', damage: 'none', choice: 'restore' } as const;
    const one = new RecoverCase(this.#tree, prepared, { kind, strikes: [] });
    this.#present = one;
    try {
      const { path, content } = planFlip(preparedFiles(this.#prepared), this.#seed, number);
      const { outcome } = await one.run(this.#seed, null, (folder) =>
        writeFileSync(join(folder, path), content),
      );
      checkUndisturbed(kind, outcome, prepared);
    } finally {
      await one.server.destroy({ keep: false });
      this.#present = undefined;
    }
  }
}
