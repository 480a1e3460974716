// Copies an open database into a scratch file with SQLite's backup API, saves going on; says what the copy holds.

import { closeSync, fdatasyncSync, openSync, statSync } from 'node:fs';
import { limits, MasalaError } from '@masala/protocol/tables';
import { describeStore } from '../../store/open.ts';
import type { PoolChannel } from '../../store/pool-task.ts';
import type { Database } from '../../store/sqlite.ts';
import type { BackupContent, BackupCounts } from './manifest.ts';
import type { BackupProgress } from './unpack.ts';

/** Pages of 4 KiB copied in one step: 1 MiB takes about a millisecond, and then the thread looks around. */
const STEP_PAGES = 256;
/** How often progress is sent and the log looked at, in steps: every 16 MiB. */
const STEPS_BETWEEN_LOOKS = 16;

/**
 * Copies inside one read transaction: without one, every save of another connection would make the copying begin anew. The
 * log of the database cannot be begun anew meanwhile, so its growth is bounded. Sends BackupProgress with the phase `copy`.
 *
 * @param database any connection; also one whose file was deleted
 * @param scratchPath a file that is not there yet; it is on the disk when this resolves
 * @throws MasalaError BACKUP_WAL_LIMIT, CANCELLED; SQLite's errors as they are
 */
export async function copyDatabase(
  database: Database,
  scratchPath: string,
  channel: PoolChannel,
): Promise<BackupContent> {
  database.exec('BEGIN');
  try {
    const content = readContent(database);
    const target = new ScratchSync(scratchPath);
    const look = new Look(database.name, channel);
    let steps = 0;
    try {
      await database.backup(scratchPath, {
        progress: ({ totalPages, remainingPages }) => {
          steps += 1;
          target.stepWritten();
          if (steps % STEPS_BETWEEN_LOOKS === 0) look.look(totalPages - remainingPages, totalPages);
          return STEP_PAGES;
        },
      });
    } finally {
      target.close();
    }
    return { ...content, databaseBytes: statSync(scratchPath).size };
  } finally {
    database.exec('ROLLBACK');
  }
}

/** What a database holds; ask it in a transaction, or the answers belong to different moments. */
export function readContent(database: Database): Omit<BackupContent, 'databaseBytes'> {
  const { schemaVersion, epoch, lineage, lastSequence, lastHash } = describeStore(database);
  const lastCommandAt = database
    .prepare<[number], number>('SELECT at FROM commands WHERE sequence = ?')
    .pluck()
    .get(lastSequence);
  const counts = database
    .prepare<[], BackupCounts>(
      `SELECT (SELECT count(*) FROM commands) AS commands, (SELECT count(*) FROM documents) AS documents,
         (SELECT count(*) FROM movements) AS movements, (SELECT count(*) FROM items) AS items,
         (SELECT count(*) FROM partners) AS partners, (SELECT count(*) FROM devices) AS devices`,
    )
    .get();
  if (counts === undefined) throw new Error('SQLite gave no row for a SELECT without FROM');
  return {
    schemaVersion,
    epoch,
    lineage,
    lastSequence,
    lastHash,
    lastCommandAt: lastCommandAt ?? null,
    counts,
  };
}

/** What is asked between steps: has the caller given up, how far has the log grown; and the caller is told. */
class Look {
  readonly #channel: PoolChannel;
  readonly #walPath: string;
  readonly #walBytesBefore: number;
  #sending = false;
  #refusal: unknown;

  constructor(databasePath: string, channel: PoolChannel) {
    this.#channel = channel;
    this.#walPath = `${databasePath}-wal`;
    this.#walBytesBefore = this.#walBytes();
  }

  /** Throws CANCELLED and BACKUP_WAL_LIMIT. */
  look(done: number, total: number): void {
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#channel.throwIfStopped();
    const grownBytes = this.#walBytes() - this.#walBytesBefore;
    if (grownBytes > limits.backupWalGrowthMaxBytes)
      throw new MasalaError('BACKUP_WAL_LIMIT', { grownBytes });
    // The steps do not wait for the caller: each moment in the transaction lets the log grow.
    if (this.#sending) return;
    this.#sending = true;
    this.#channel.send({ phase: 'copy', done, total } satisfies BackupProgress).then(
      () => {
        this.#sending = false;
      },
      (error: unknown) => {
        this.#refusal = error;
      },
    );
  }

  /** 0 where the database, and with it its log, was deleted under the open connection. */
  #walBytes(): number {
    return statSync(this.#walPath, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** Sends to the disk what SQLite wrote into the scratch file, piece by piece; see `limits.backupSyncBytes`. */
class ScratchSync {
  readonly #path: string;
  #descriptor: number | undefined;
  #syncedBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  stepWritten(): void {
    // SQLite keeps what fits into its cache, and writes the rest.
    this.#descriptor ??= openSync(this.#path, 'r+');
    const bytes = statSync(this.#path).size;
    if (bytes - this.#syncedBytes < limits.backupSyncBytes) return;
    fdatasyncSync(this.#descriptor);
    this.#syncedBytes = bytes;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }
}
