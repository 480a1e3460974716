// Copies the write-ahead log into the database file, in the pool, so that no save waits for its fsync.
//
// PASSIVE alone never catches up under steady saves, and RESTART stalls them (measured). Two PASSIVE rounds, each followed by an
// fdatasync of the database file, leave so little that the writer's own last PASSIVE, between two groups, takes under a
// millisecond; then the log begins anew.

import { fdatasyncSync } from 'node:fs';
import type { PoolTask } from './pool-task.ts';
import { type Database, openForWriting } from './sqlite.ts';

export interface CheckpointParams {
  readonly databasePath: string;
  /**
   * A descriptor of the database file that the main thread keeps open as long as the process lives: closing one would drop
   * SQLite's POSIX locks (https://www.sqlite.org/howtocorrupt.html, 2.2), and a thread closes its own when it ends.
   */
  readonly databaseDescriptor: number;
}

// One connection for each pool thread, kept: it writes nothing but pages that the writer committed.
let connection: { readonly path: string; readonly database: Database } | undefined;

export const checkpoint: PoolTask<CheckpointParams, void> = ({ databasePath, databaseDescriptor }) => {
  if (connection?.path !== databasePath) {
    connection?.database.close();
    connection = { path: databasePath, database: openForWriting(databasePath) };
  }
  for (let round = 0; round < 2; round++) {
    connection.database.pragma('wal_checkpoint(PASSIVE)');
    fdatasyncSync(databaseDescriptor);
  }
};
