// The checks of the database as tasks of the pool: the quick one before serving where it is due, the full one while serving.

import { Differences } from '../../inventory/verify/differences.ts';
import { walkLedger } from '../../inventory/verify.ts';
import type { ChainEnd } from '../../store/chain-end.ts';
import type { PoolChannel, PoolTask } from '../../store/pool-task.ts';
import { type Database, openForReading } from '../../store/sqlite.ts';
import { historyProblem } from '../start-check/history.ts';
import { Problems } from './problems.ts';
import { checkPages, checkSchema, checkTable, tablesOf } from './structure.ts';

/** Sent between chunks; `total` is an estimate. */
export interface CheckProgress {
  readonly phase: 'structure' | 'references' | 'ledger' | 'pages';
  readonly done: number;
  readonly total: number;
}

export interface IntegrityReport {
  readonly sound: boolean;
  /** `io`: the disk could not be read, and what could be read was sound. */
  readonly kind: 'sound' | 'damaged' | 'io';
  /** The first of them, a sentence each. */
  readonly problems: string[];
  readonly problemsTotal: number;
  /** What was checked: tables, and (by the full check) the ledger's records. */
  readonly checked: {
    tables: number;
    commands: number;
    documents: number;
    movements: number;
    levels: number;
  };
  readonly elapsedMs: number;
}

export interface FullCheckParams {
  readonly databasePath: string;
  /** The mark as it was before the check began; null where there is none. */
  readonly chainEnd: ChainEnd | null;
}

/** PRAGMA quick_check, a table at a time: the structure of all pages, but not whether indexes agree with their tables. */
export const quickCheck: PoolTask<{ readonly databasePath: string }, IntegrityReport> = (
  { databasePath },
  channel,
) => {
  return checked(databasePath, async (check) => {
    await check.schema();
    await check.tables('structure', 'quick_check', channel);
  });
};

/**
 * Everything: SQLite's integrity_check and foreign_key_check a table at a time, the ledger recomputed, the chain against its
 * mark, and the pages as a whole. Each chunk is a read transaction of its own, so that saves go on.
 */
export const fullCheck: PoolTask<FullCheckParams, IntegrityReport> = (
  { databasePath, chainEnd },
  channel,
) => {
  return checked(databasePath, async (check) => {
    await check.schema();
    await check.history(chainEnd);
    await check.tables('structure', 'integrity_check', channel);
    await check.tables('references', 'foreign_key_check', channel);
    await check.ledger(channel);
    await check.pages(channel);
  });
};

async function checked(databasePath: string, run: (check: Check) => Promise<void>): Promise<IntegrityReport> {
  const startedAt = performance.now();
  const problems = new Problems();
  const counts = { tables: 0, commands: 0, documents: 0, movements: 0, levels: 0 };
  await problems.during('the file', async () => {
    const database = openForReading(databasePath);
    try {
      await run(new Check(database, problems, counts));
    } finally {
      database.close();
    }
  });
  return {
    sound: problems.total === 0,
    kind: problems.kind,
    problems: problems.listed,
    problemsTotal: problems.total,
    checked: counts,
    elapsedMs: Math.round(performance.now() - startedAt),
  };
}

/** The parts of a check; a part that meets damage does not keep the next from telling what it finds. */
class Check {
  readonly #database: Database;
  readonly #problems: Problems;
  readonly #counts: IntegrityReport['checked'];

  constructor(database: Database, problems: Problems, counts: IntegrityReport['checked']) {
    this.#database = database;
    this.#problems = problems;
    this.#counts = counts;
  }

  schema(): Promise<void> {
    return this.#problems.during('the schema', () => checkSchema(this.#database, this.#problems));
  }

  history(chainEnd: ChainEnd | null): Promise<void> {
    return this.#problems.during('the history', () => {
      const problem = historyProblem(this.#database, chainEnd);
      if (problem !== undefined) this.#problems.damage(problem);
    });
  }

  async tables(
    phase: CheckProgress['phase'],
    check: Parameters<typeof checkTable>[1],
    channel: PoolChannel,
  ): Promise<void> {
    const tables = tablesOf(this.#database);
    for (const [index, table] of tables.entries()) {
      await this.#problems.during(table, () => checkTable(this.#database, check, table, this.#problems));
      await step(channel, { phase, done: index + 1, total: tables.length });
    }
    this.#counts.tables = tables.length;
  }

  async ledger(channel: PoolChannel): Promise<void> {
    const differences = new Differences();
    await this.#problems.during('the ledger', async () => {
      const afterChunk = (progress: { done: number; total: number }) =>
        step(channel, { phase: 'ledger', ...progress });
      Object.assign(this.#counts, await walkLedger(this.#database, differences, afterChunk));
    });
    for (const { kind, key, reason } of differences.listed) this.#problems.damage(`${kind} ${key} ${reason}`);
    const unlisted = differences.total - differences.listed.length;
    if (unlisted > 0) this.#problems.damage(`${unlisted} more differences in the ledger`);
  }

  /** Of a file that is known to be damaged it would only say the same again. */
  async pages(channel: PoolChannel): Promise<void> {
    if (this.#problems.total > 0) return;
    await this.#problems.during('the pages', () => checkPages(this.#database, this.#problems));
    await step(channel, { phase: 'pages', done: 1, total: 1 });
  }
}

async function step(channel: PoolChannel, progress: CheckProgress): Promise<void> {
  await channel.send(progress);
  channel.throwIfStopped();
}
