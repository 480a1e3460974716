// Opens the database for the writer: makes it when it is missing, brings it to the present schema, counts the start.

import type { EpochBranch, StaticOf } from '@masala/protocol';
import { limits } from '@masala/protocol/tables';
import { GENESIS_HASH } from './chain.ts';
import type { ChainEnd } from './chain-end.ts';
import { type Migration, migrations } from './migrations/index.ts';
import { type Database, openForWriting } from './sqlite.ts';

/** "MASA" in ASCII: tells our databases from other people's. */
export const APPLICATION_ID = 0x4d415341;

export type Lineage = StaticOf<typeof EpochBranch>[];

export interface OpenedStore {
  readonly created: boolean;
  /** The schema before the migrations of this start; equal to `schemaVersion` when there was none to do. */
  readonly schemaVersionBefore: number;
  readonly schemaVersion: number;
  readonly epoch: string;
  /** Newest first. */
  readonly lineage: Lineage;
  readonly bootSequence: number;
  readonly lastSequence: number;
  /** The chain's hash at `lastSequence`. */
  readonly lastHash: string;
}

/** The database was written by a newer version of Masala, or is not Masala's: it is left as it is. */
export class ForeignDatabaseError extends Error {
  override readonly name = 'ForeignDatabaseError';
}

/** Opens, migrates and counts the start. Throws ForeignDatabaseError, and SQLite's errors as they are. */
export function openStore(
  path: string,
  at: number,
  newEpoch: () => string,
  onMigrating: () => void = () => undefined,
): { database: Database; opened: OpenedStore } {
  const database = openForWriting(path);
  try {
    const schemaVersionBefore = migrate(database, migrations, onMigrating);
    // Asked of the ledger and not of the schema: an earlier first start may have been killed between the two.
    const created = database.prepare('SELECT 1 FROM ledger').get() === undefined;
    if (created) beginEpoch(database, { epoch: newEpoch(), origin: 'first', branch: null, at });
    database.prepare('UPDATE ledger SET boot_sequence = boot_sequence + 1').run();
    return { database, opened: { created, schemaVersionBefore, ...describeStore(database) } };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Makes a new empty database. Throws SQLite's errors as they are. */
export function createStore(path: string, beginning: EpochBeginning): Database {
  const database = openForWriting(path);
  try {
    migrate(database, migrations);
    beginEpoch(database, beginning);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Runs the migrations that the database lacks, each in one transaction; gives the schema version before. `onMigrating` is
 * called before the first of them.
 */
export function migrate(
  database: Database,
  all: readonly Migration[],
  onMigrating: () => void = () => undefined,
): number {
  const before = database.pragma('user_version', { simple: true }) as number;
  const applicationId = database.pragma('application_id', { simple: true }) as number;
  if (before > all.length) {
    throw new ForeignDatabaseError(`its schema is ${before}, this version knows ${all.length}`);
  }
  if (applicationId !== APPLICATION_ID && !isEmpty(database)) {
    throw new ForeignDatabaseError('the file is a database of another program');
  }
  const due = all.slice(before);
  if (due.length > 0) onMigrating();
  for (const migration of due) {
    database.transaction(() => {
      database.exec(migration.sql);
      database.pragma(`user_version = ${migration.version}`);
      database.pragma(`application_id = ${APPLICATION_ID}`);
    })();
  }
  return before;
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

/** How an epoch begins. */
export interface EpochBeginning {
  readonly epoch: string;
  readonly origin: 'first' | 'restore' | 'salvage' | 'fresh';
  /** The parent epoch, and the last command that is shared with it; null where no history came before. */
  readonly branch: ChainEnd | null;
  /** UTC ms. */
  readonly at: number;
}

/** Makes a new epoch the present one. A parent whose own row is lost (a fresh start) is written down by its name. */
export function beginEpoch(database: Database, { epoch, origin, branch, at }: EpochBeginning): void {
  const begin = database.transaction(() => {
    const insert = database.prepare('INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    if (branch !== null) insert.run(branch.epoch, null, 0, GENESIS_HASH, at, 'first');
    insert.run(epoch, branch?.epoch ?? null, branch?.sequence ?? 0, branch?.hash ?? GENESIS_HASH, at, origin);
    const present = database.prepare(
      'INSERT INTO ledger VALUES (1, ?, 0, 0) ON CONFLICT (only) DO UPDATE SET epoch = excluded.epoch',
    );
    present.run(epoch);
  });
  begin();
}

/** What a database says of itself, also one that is opened for reading only. */
export function describeStore(database: Database): Omit<OpenedStore, 'created' | 'schemaVersionBefore'> {
  const ledger = database.prepare('SELECT epoch, boot_sequence AS bootSequence FROM ledger').get() as {
    epoch: string;
    bootSequence: number;
  };
  const lineage = database
    .prepare(
      `WITH RECURSIVE line AS (
         SELECT *, 0 AS age FROM epochs WHERE epoch = ?
         UNION ALL SELECT epochs.*, age + 1 FROM epochs JOIN line ON epochs.epoch = line.parent
         WHERE age < ${limits.lineageEpochsMax}
       )
       SELECT epoch, parent, branch_sequence AS branchSequence, branch_hash AS branchHash, origin,
         began_at AS beganAt
       FROM line ORDER BY age`,
    )
    .all(ledger.epoch) as Lineage;
  const last = database
    .prepare<[], { sequence: number; hash: string }>(
      'SELECT sequence, hash FROM commands ORDER BY sequence DESC LIMIT 1',
    )
    .get() ?? { sequence: 0, hash: GENESIS_HASH };
  return {
    schemaVersion: database.pragma('user_version', { simple: true }) as number,
    epoch: ledger.epoch,
    lineage,
    bootSequence: ledger.bootSequence,
    lastSequence: last.sequence,
    lastHash: last.hash,
  };
}
