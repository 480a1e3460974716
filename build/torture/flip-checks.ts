// What the server runs over its files, in the order in which it runs them, called in this process so that ten thousand
// cases take minutes. With flip-restore.ts the one file that takes functions of the core's instead of starting it as a program.
import { join } from 'node:path';
import {
  fullCheck,
  type IntegrityReport,
  quickCheck,
} from '../../packages/core-worker/src/safety/integrity/check-tasks.ts';
import { lookAtDatabase } from '../../packages/core-worker/src/safety/start-check/start-check.ts';
import { readChainEnd } from '../../packages/core-worker/src/store/chain-end.ts';
import type { PoolChannel } from '../../packages/core-worker/src/store/pool-task.ts';

export const flipChecks = ['look', 'quick', 'full'] as const;
export type FlipCheck = (typeof flipChecks)[number];

/** Which check noticed something, and its words. */
export interface Noticed {
  readonly by: FlipCheck;
  /** `damaged` leads to the recovery state; anything else is another word for it, that does not. */
  readonly as: string;
  readonly words: string;
}

type Look = (dataDir: string) => Omit<Noticed, 'by'> | null | Promise<Omit<Noticed, 'by'> | null>;

const silent: PoolChannel = { send: async () => undefined, throwIfStopped: () => undefined };

/**
 * The first word of the server's checks about a data directory; null when all of them find it sound. Throws what a check
 * throws: the server would not take that for damage.
 */
export async function noticedByChecks(dataDir: string): Promise<Noticed | null> {
  for (const by of flipChecks) {
    const noticed = await checks[by](dataDir);
    if (noticed !== null) return { by, ...noticed };
  }
  return null;
}

const checks: Record<FlipCheck, Look> = {
  look(dataDir) {
    // A boot of which nothing is known: the quick check is then due, as after every death that could have done harm.
    const verdict = lookAtDatabase({
      dataDir,
      bootId: null,
      lastDeath: null,
      chainEnd: readChainEnd(dataDir),
    });
    if (verdict.type === 'sound') return null;
    return { as: verdict.type, words: 'reason' in verdict ? verdict.reason : '' };
  },
  quick: async (dataDir) => wordsOf(await quickCheck({ databasePath: databaseOf(dataDir) }, silent)),
  full: async (dataDir) => {
    const params = { databasePath: databaseOf(dataDir), chainEnd: readChainEnd(dataDir) };
    return wordsOf(await fullCheck(params, silent));
  },
};

function wordsOf({ sound, kind, problems }: IntegrityReport): Omit<Noticed, 'by'> | null {
  return sound ? null : { as: kind, words: problems[0] ?? '' };
}

function databaseOf(dataDir: string): string {
  return join(dataDir, 'masala.db');
}
