// What the server runs over its files, in the order in which it runs them, called in this process so that ten thousand
// cases take minutes. The one file of the campaigns that takes functions of the core's instead of starting it as a program.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { verifyLedger } from '../../packages/core-worker/src/inventory/verify.ts';
import { lookAtDatabase } from '../../packages/core-worker/src/safety/start-check/start-check.ts';
import { readChainEnd } from '../../packages/core-worker/src/store/chain-end.ts';
import type { PoolChannel } from '../../packages/core-worker/src/store/pool-task.ts';

export const flipChecks = ['look', 'quick', 'full'] as const;
export type FlipCheck = (typeof flipChecks)[number];

/** Which check noticed something, and its words. */
export interface Noticed {
  readonly by: FlipCheck;
  readonly words: string;
}

const silent: PoolChannel = { send: async () => undefined, throwIfStopped: () => undefined };

/** The first word of the server's checks about a data directory; null when all of them find it sound. */
export async function noticedByChecks(dataDir: string): Promise<Noticed | null> {
  for (const by of flipChecks) {
    try {
      const words = await checks[by](dataDir);
      if (words !== null) return { by, words };
    } catch (error) {
      return { by, words: String(error) };
    }
  }
  return null;
}

const checks: Record<FlipCheck, (dataDir: string) => string | null | Promise<string | null>> = {
  look(dataDir) {
    const chainEnd = readChainEnd(dataDir);
    const verdict = lookAtDatabase({ dataDir, bootId: null, lastDeath: null, chainEnd });
    if (verdict.type === 'sound') return null;
    return 'reason' in verdict ? `${verdict.type}: ${verdict.reason}` : verdict.type;
  },
  quick: (dataDir) => pragma(databaseOf(dataDir), 'quick_check'),
  full: async (dataDir) => {
    const structure = pragma(databaseOf(dataDir), 'integrity_check');
    if (structure !== null) return structure;
    const { differences } = await verifyLedger({ databasePath: databaseOf(dataDir) }, silent);
    return differences[0]?.reason ?? null;
  },
};

function databaseOf(dataDir: string): string {
  return join(dataDir, 'masala.db');
}

function pragma(path: string, name: string): string | null {
  const database = new Sqlite(path, { readonly: true });
  try {
    const word = String(database.pragma(name, { simple: true }));
    return word === 'ok' ? null : word;
  } finally {
    database.close();
  }
}
