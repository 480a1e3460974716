// The full check of a database that nobody uses yet: structure, references, ledger. What passes it is put in place.

import { verifyLedger } from '../../inventory/verify.ts';
import type { PoolChannel } from '../../store/pool-task.ts';
import { openForReading } from '../../store/sqlite.ts';

/** What is wrong with it, for a sentence; null: nothing. Sends `{ phase, done, total }`, and stops when asked. */
export async function problemOf(path: string, channel: PoolChannel): Promise<string | null> {
  return (await structureProblem(path, channel)) ?? (await ledgerProblem(path, channel));
}

async function structureProblem(path: string, channel: PoolChannel): Promise<string | null> {
  const database = openForReading(path);
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    // Table by table, so that it counts up and a stop need not wait for all of them.
    for (const [index, table] of tables.entries()) {
      const found = database.pragma(`integrity_check('${table}')`, { simple: true });
      if (found !== 'ok') return `the structure of ${table} is damaged: ${String(found)}`;
      await channel.send({ phase: 'check', done: index + 1, total: tables.length });
      channel.throwIfStopped();
    }
    const [broken] = database.pragma('foreign_key_check') as { table: string; parent: string }[];
    return broken === undefined
      ? null
      : `a row of ${broken.table} refers to one of ${broken.parent} that is missing`;
  } finally {
    database.close();
  }
}

async function ledgerProblem(path: string, channel: PoolChannel): Promise<string | null> {
  const verified = await verifyLedger(
    { databasePath: path },
    {
      send: (progress) => channel.send({ ...(progress as object), phase: 'ledger' }),
      throwIfStopped: () => channel.throwIfStopped(),
    },
  );
  const [first] = verified.differences;
  if (first === undefined) return null;
  return `the ledger differs in ${verified.differencesTotal} places, first ${first.kind} ${first.key}: ${first.reason}`;
}
