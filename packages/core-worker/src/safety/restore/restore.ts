// The pool task 'restore': builds the chosen state in a scratch file and checks all of it. The live files are not touched.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '@masala/protocol/control';
import { syncFile, syncFolder } from '@masala/protocol/durable-file';
import { MasalaError, reasonOf } from '@masala/protocol/tables';
import { accessCommands } from '../../access/commands.ts';
import { inventoryCommands } from '../../inventory/commands.ts';
import { GENESIS_HASH } from '../../store/chain.ts';
import type { ChainEnd } from '../../store/chain-end.ts';
import { migrations } from '../../store/migrations/index.ts';
import { beginEpoch, createStore, ForeignDatabaseError, migrate } from '../../store/open.ts';
import type { PoolChannel, PoolTask } from '../../store/pool-task.ts';
import { type CommandRow, type Head, headOf, Replay } from '../../store/replay.ts';
import { type Database, openForWriting, sqliteCode } from '../../store/sqlite.ts';
import { readContent } from '../backups/copy-database.ts';
import type { BackupCounts } from '../backups/manifest.ts';
import type { RestorePoint } from '../backups/restore-point.ts';
import { unpackBackup } from '../backups/unpack.ts';
import { fullCheck } from '../integrity/check-tasks.ts';
import { journaledRows } from '../journal/journaled-rows.ts';
import type { RestoreChoice } from './choose.ts';

/** Commands booked again in one transaction: about 20 ms of work, so that it counts up and a stop never waits. */
const BATCH_COMMANDS = 256;

export interface RestoreParams {
  /** On the file system of the data directory; made here. Only `restored.db` in it is touched. */
  readonly scratchFolder: string;
  readonly choice: RestoreChoice;
  /** UTC ms: stops before the first command that was booked later. */
  readonly until: number | null;
  /** UTC ms of now. */
  readonly at: number;
  readonly newEpoch: string;
}

export interface RestoreReport {
  /** Null: from an empty database. */
  readonly backupId: string | null;
  readonly backupMadeAt: number | null;
  readonly replayedCommands: number;
  readonly lastSequence: number;
  readonly lastHash: string;
  readonly lastCommandAt: number | null;
  readonly cutTail: RestoreChoice['cutTail'];
  readonly epoch: string;
  readonly parent: string;
  /** The last command that the new epoch shares with its parent: the last that is there. */
  readonly branchSequence: number;
  readonly counts: BackupCounts;
  readonly warnings: readonly string[];
  readonly elapsedMs: number;
  /** The checked database: closed, one file, on the disk. */
  readonly databasePath: string;
}

/**
 * Restores. Sends `{ phase, done, total }`. Throws BACKUP_DAMAGED, RESTORE_FAILED `{ reason, sequence? }`, DISK_FULL,
 * CANCELLED, and removes its scratch file then. A kill leaves it: the next try begins by removing it.
 */
export const restore: PoolTask<RestoreParams, RestoreReport> = async (params, channel) => {
  const startedAt = performance.now();
  const databasePath = join(params.scratchFolder, 'restored.db');
  mkdirSync(params.scratchFolder, { recursive: true, mode: 0o700 });
  removeDatabase(databasePath);
  try {
    const { point, cutTail, warnings } = params.choice;
    const built = await build(params, databasePath, channel).catch(async (error: unknown) => {
      // A command may fail for what the backup holds, and not for what the journal does.
      if (isRestoreFailed(error) && point !== null) await expectSound(databasePath, point, null, channel);
      throw error;
    });
    const chainEnd = { epoch: params.newEpoch, sequence: built.lastSequence, hash: built.lastHash };
    await expectSound(databasePath, point, chainEnd, channel);
    syncFile(databasePath);
    syncFolder(params.scratchFolder);
    return {
      backupId: point?.manifest.id ?? null,
      backupMadeAt: point?.manifest.madeAt ?? null,
      ...built,
      cutTail,
      warnings,
      epoch: params.newEpoch,
      elapsedMs: Math.round(performance.now() - startedAt),
      databasePath,
    };
  } catch (error) {
    removeDatabase(databasePath);
    throw refusalOf(error);
  }
};

/** Replayed commands are proven by their digests: where the result is damaged, the backup was, made of a database that was. */
async function expectSound(
  databasePath: string,
  point: RestorePoint | null,
  chainEnd: ChainEnd | null,
  channel: PoolChannel,
): Promise<void> {
  const { kind, problems } = await fullCheck({ databasePath, chainEnd }, channel);
  if (kind === 'sound') return;
  const reason = problems.join('; ');
  if (kind === 'io' || point === null) throw new MasalaError('RESTORE_FAILED', { reason });
  throw new MasalaError('BACKUP_DAMAGED', { id: point.manifest.id, reason });
}

function isRestoreFailed(error: unknown): boolean {
  return error instanceof MasalaError && error.code === 'RESTORE_FAILED';
}

type BuiltPart = Pick<
  RestoreReport,
  'replayedCommands' | 'lastSequence' | 'lastHash' | 'lastCommandAt' | 'parent' | 'branchSequence' | 'counts'
>;

async function build(params: RestoreParams, path: string, channel: PoolChannel): Promise<BuiltPart> {
  const { choice, at, newEpoch } = params;
  const database = await openStart(choice, path, at, channel);
  try {
    // Nobody needs what a power cut leaves of a scratch file: it is made anew. It is synced as a whole in the end.
    database.pragma('journal_mode = MEMORY');
    database.pragma('synchronous = OFF');
    const begun = headOf(database).sequence;
    await replayLegs(database, params, channel);
    const head = headOf(database);
    const parent = enterEpochs(database, choice, head, at);
    beginEpoch(database, { epoch: newEpoch, origin: 'restore', branch: { epoch: parent, ...head }, at });
    const { counts, lastCommandAt } = readContent(database);
    database.pragma('journal_mode = DELETE');
    return {
      replayedCommands: head.sequence - begun,
      lastSequence: head.sequence,
      lastHash: head.hash,
      lastCommandAt,
      parent,
      branchSequence: head.sequence,
      counts,
    };
  } finally {
    database.close();
  }
}

async function openStart(
  { point, lineage }: RestoreChoice,
  path: string,
  at: number,
  channel: PoolChannel,
): Promise<Database> {
  if (point === null) {
    const first = lineage.at(-1);
    if (first === undefined) throw new Error('a lineage has at least one epoch');
    const { epoch, origin = 'first', beganAt } = first;
    return createStore(path, { epoch, origin, branch: null, at: beganAt ?? at });
  }
  await unpackBackup(point, path, channel);
  let database: Database | undefined;
  try {
    database = openForWriting(path);
    migrate(database, migrations);
    const { sequence, hash } = headOf(database);
    const { lastSequence, lastHash, id } = point.manifest;
    if (sequence === lastSequence && (sequence === 0 || hash === lastHash)) return database;
    throw new MasalaError('BACKUP_DAMAGED', { id, reason: 'it does not hold what its manifest says' });
  } catch (error) {
    database?.close();
    const code = sqliteCode(error) ?? '';
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(code)) throw error;
    throw new MasalaError('BACKUP_DAMAGED', { id: point.manifest.id, reason: reasonOf(error) });
  }
}

async function replayLegs(database: Database, params: RestoreParams, channel: PoolChannel): Promise<void> {
  const { choice, until } = params;
  const replay = new Replay(database, { ...inventoryCommands(database), ...accessCommands(database) });
  const begun = replay.head.sequence;
  const total = choice.reach - begun;
  let batch: CommandRow[] = [];
  const bookBatch = async () => {
    replay.book(batch);
    batch = [];
    await channel.send({ phase: 'replay', done: replay.head.sequence - begun, total });
    channel.throwIfStopped();
  };
  for (const leg of choice.legs) {
    for (const row of journaledRows(leg)) {
      if (until !== null && row.at > until) return bookBatch();
      batch.push(row);
      if (batch.length >= BATCH_COMMANDS) await bookBatch();
    }
    await bookBatch();
    if (replay.head.sequence !== leg.to) throw journalCut(replay.head.sequence + 1);
  }
}

function journalCut(sequence: number): MasalaError {
  const reason = `The journal cannot be read any more from command ${sequence} on.`;
  return new MasalaError('RESTORE_FAILED', { sequence, reason });
}

/**
 * Writes down the epochs of the lineage that the replay has entered; gives the newest of them, which the new one branches
 * from. Throws RESTORE_FAILED where the commands are not those of the lineage.
 */
function enterEpochs(database: Database, { lineage }: RestoreChoice, head: Head, at: number): string {
  const hashAt = database.prepare<[number], string>('SELECT hash FROM commands WHERE sequence = ?').pluck();
  const known = database.prepare<[string], number>('SELECT 1 FROM epochs WHERE epoch = ?').pluck();
  let newest: string | undefined;
  for (const {
    epoch,
    parent,
    branchSequence,
    branchHash,
    origin = 'restore',
    beganAt,
  } of lineage.toReversed()) {
    if (branchSequence > head.sequence) break;
    const hash = branchSequence === 0 ? GENESIS_HASH : hashAt.get(branchSequence);
    if (hash !== branchHash) {
      const reason = `Command ${branchSequence} is not the one that epoch ${epoch} branched at.`;
      throw new MasalaError('RESTORE_FAILED', { sequence: branchSequence, reason });
    }
    if (known.get(epoch) === undefined) {
      const branch = parent === null ? null : { epoch: parent, sequence: branchSequence, hash };
      beginEpoch(database, { epoch, origin, branch, at: beganAt ?? at });
    }
    newest = epoch;
  }
  if (newest === undefined) throw new Error('a lineage begins at sequence 0');
  return newest;
}

/** What the admin can do something about gets its code; a broken invariant stays what it is. */
function refusalOf(error: unknown): unknown {
  if (error instanceof MasalaError) return error;
  const code = sqliteCode(error);
  if (code === 'SQLITE_FULL' || hasErrorCode(error, 'ENOSPC')) {
    return new MasalaError('DISK_FULL', undefined, { cause: error });
  }
  const isOfSystem = error instanceof Error && 'syscall' in error;
  if (code === undefined && !isOfSystem && !(error instanceof ForeignDatabaseError)) return error;
  return new MasalaError('RESTORE_FAILED', { reason: reasonOf(error) }, { cause: error });
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}
