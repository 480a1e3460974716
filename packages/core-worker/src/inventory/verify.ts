// The proof that the ledger is what was booked: recomputes it all, in the pool, chunk by chunk, while saves go on.

import type { Result } from '@masala/protocol';
import type { PoolTask } from '../store/pool-task.ts';
import { type Database, openForReading } from '../store/sqlite.ts';
import { commandWalk } from './verify/commands.ts';
import { Differences } from './verify/differences.ts';
import { documentWalk } from './verify/documents.ts';
import { levelWalk } from './verify/levels.ts';
import { movementWalk } from './verify/movements.ts';
import { numberWalk } from './verify/numbers.ts';

/** Sent between chunks: rows checked so far, and about how many there are (saves go on). */
export interface VerifyProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Checks the next chunk: how many records it checked, and whether more were left. A chunk that came to the end is the
 * last one, or a walk would follow the saves for ever.
 */
export type Walk = () => { readonly count: number; readonly more: boolean };

/**
 * Recomputes the chain of commands, every document's digest and its movements against its lines, every movement's
 * digest, and every level. Each chunk is one read transaction, so that the log of the database is never held up; what
 * is saved meanwhile is checked or not, but never taken for a difference.
 */
export const verifyLedger: PoolTask<{ readonly databasePath: string }, Result<'ledger.verify'>> = async (
  { databasePath },
  channel,
) => {
  const startedAt = performance.now();
  const database = openForReading(databasePath);
  try {
    const differences = new Differences();
    const checked = await walkLedger(database, differences, async (progress) => {
      // Waiting for the caller lets its "stop" in, too.
      await channel.send(progress);
      channel.throwIfStopped();
    });
    return {
      consistent: differences.total === 0,
      checked,
      differencesTotal: differences.total,
      differences: differences.listed,
      elapsedMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    database.close();
  }
};

/** Walks the whole ledger, chunk by chunk; gives how many records it checked. Throws SQLite's errors. */
export async function walkLedger(
  database: Database,
  differences: Differences,
  afterChunk: (progress: VerifyProgress) => Promise<void>,
): Promise<Result<'ledger.verify'>['checked']> {
  const total = estimateRecords(database);
  const checked = { commands: 0, documents: 0, movements: 0, levels: 0 };
  const walks: [keyof typeof checked, Walk][] = [
    ['commands', commandWalk(database, differences)],
    ['documents', documentWalk(database, differences)],
    ['documents', numberWalk(database, differences)],
    ['movements', movementWalk(database, differences)],
    ['levels', levelWalk(database, differences)],
  ];
  let done = 0;
  for (const [name, walk] of walks) {
    const checkChunk = database.transaction(walk);
    for (let more = true; more; ) {
      const chunk = checkChunk();
      more = chunk.more;
      checked[name] += chunk.count;
      done += chunk.count;
      await afterChunk({ done, total: Math.max(done, total) });
    }
  }
  return checked;
}

/** About how many records there are, told without reading them all: numbers given stand for the documents. */
function estimateRecords(database: Database): number {
  const estimate = database.prepare<[], number>(
    `SELECT coalesce((SELECT max(sequence) FROM commands), 0) + coalesce((SELECT sum(last) FROM document_numbers), 0)
       + coalesce((SELECT max(sequence) FROM movements), 0) + (SELECT count(*) FROM levels)`,
  );
  return estimate.pluck().get() ?? 0;
}
