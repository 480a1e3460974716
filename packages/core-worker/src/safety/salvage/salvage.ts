// The salvage, as a task of the pool: carries what a damaged database still has into a fresh one, which proves sound or is not given.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { syncFile, syncFolder } from '@masala/protocol/durable-file';
import type { ChainEnd } from '../../store/chain-end.ts';
import { migrations } from '../../store/migrations/index.ts';
import { migrate } from '../../store/open.ts';
import type { PoolChannel, PoolTask } from '../../store/pool-task.ts';
import { type Database, openForReading, openForWriting } from '../../store/sqlite.ts';
import { timeOrderedIds } from '../../store/time-ordered-ids.ts';
import { fullCheck } from '../integrity/check-tasks.ts';
import { carryCommands } from './carry-commands.ts';
import { carryDocuments } from './carry-documents.ts';
import { beginSalvagedEpoch, keepLostIds } from './carry-history.ts';
import { carryMaster, standIn } from './carry-master.ts';
import { copyReadable, openDamaged } from './damaged-copy.ts';
import { harvest } from './harvest.ts';
import { remakeLedger } from './remake-ledger.ts';
import { type SalvageReport, Tally } from './salvage-report.ts';

export interface SalvageParams {
  /** masala.db as it was found; its -wal beside it is read too, and neither is touched. No connection is open on it. */
  readonly damagedPath: string;
  /** An empty folder (or none yet) in the file system of the data directory; the result lies in it, and nothing else. */
  readonly scratchFolder: string;
  /** UTC ms: the time of the new epoch and of what is made anew. */
  readonly at: number;
  readonly newEpoch: string;
  /** The mark of the newest command, which tells what is missing at the end; null where there is none. */
  readonly chainEnd: ChainEnd | null;
}

/** Sent between chunks. */
export interface SalvageProgress {
  readonly phase: 'copy' | 'read' | 'rebuild' | 'check';
  readonly done: number;
  readonly total: number;
}

/** Rows between two looks at whether the caller has given up: about 10 ms of work. */
const STEP_ROWS = 2_000;

/**
 * Rejects with SALVAGE_IMPOSSIBLE `{ reason }` where nothing can be read, with CANCELLED, and with a plain Error where the result
 * does not prove sound (a fault of the salvage).
 */
export const salvage: PoolTask<SalvageParams, SalvageReport> = async (params, channel) => {
  const startedAt = performance.now();
  const { scratchFolder, chainEnd, newEpoch } = params;
  mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
  const work = join(scratchFolder, 'salvage');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { mode: 0o700 });
  const databasePath = join(scratchFolder, 'masala.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${databasePath}${suffix}`, { force: true });
  try {
    const tally = new Tally();
    await copyDamaged(params, work, tally, channel);
    await readAll(work, tally, channel);
    const built = await rebuild(params, { work, databasePath, tally }, channel);
    await prove(
      databasePath,
      { epoch: newEpoch, sequence: built.lastSequence, hash: built.lastHash },
      channel,
    );
    const { tables, warnings } = tally;
    if (chainEnd === null)
      tally.warn('Whether commands are missing at the end cannot be told: their mark is lost.');
    const elapsedMs = Math.round(performance.now() - startedAt);
    return { tables, warnings, epoch: newEpoch, ...built, elapsedMs, databasePath };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

async function copyDamaged(
  { damagedPath }: SalvageParams,
  work: string,
  tally: Tally,
  channel: PoolChannel,
): Promise<void> {
  if (!existsSync(damagedPath)) throw new MasalaError('SALVAGE_IMPOSSIBLE', { reason: 'the file is gone' });
  for (const suffix of ['', '-wal']) {
    if (!existsSync(`${damagedPath}${suffix}`)) continue;
    const lostPages = await copyReadable(
      `${damagedPath}${suffix}`,
      join(work, `damaged.db${suffix}`),
      (done, total) => send(channel, { phase: 'copy', done, total }),
    );
    if (lostPages > 0) tally.warn(`The disk did not give ${lostPages} pages of the file: replace it.`);
  }
}

async function readAll(work: string, tally: Tally, channel: PoolChannel): Promise<void> {
  const { database: damaged, mended } = openDamaged(join(work, 'damaged.db'));
  for (const sentence of mended) tally.warn(sentence);
  const harvestFile = openScratch(join(work, 'harvest.db'));
  try {
    await harvest({
      damaged,
      harvest: harvestFile,
      step: (done) => send(channel, { phase: 'read', done, total: done }),
    });
  } finally {
    harvestFile.close();
    damaged.close();
  }
}

type Built = Omit<SalvageReport, 'tables' | 'warnings' | 'epoch' | 'elapsedMs' | 'databasePath'>;

async function rebuild(
  { at, newEpoch, chainEnd }: SalvageParams,
  { work, databasePath, tally }: { work: string; databasePath: string; tally: Tally },
  channel: PoolChannel,
): Promise<Built> {
  const harvestFile = openForReading(join(work, 'harvest.db'));
  const target = openScratch(databasePath);
  try {
    migrate(target, migrations);
    const newId = timeOrderedIds(() => at);
    const step = everyRows(channel);
    const source = { harvest: harvestFile, target, tally, at, newId, newEpoch, chainEnd, step };
    target.exec('BEGIN');
    const commands = await carryCommands({ ...source, markedSequence: chainEnd?.sequence ?? 0 });
    await carryDocuments(source);
    carryMaster(source);
    standIn(source);
    const head = keepLostIds(source, commands);
    const parent = beginSalvagedEpoch(source, commands);
    await remakeLedger(source);
    target.exec('COMMIT');
    // As openForWriting expects it, and the pages on the disk.
    target.pragma('journal_mode = WAL');
    return {
      parent,
      branchSequence: commands.branch.sequence,
      lastSequence: head.sequence,
      lastHash: head.hash,
      lastCommandAt: target.prepare<[], number | null>('SELECT max(at) FROM commands').pluck().get() ?? null,
      counts: countsOf(target),
    };
  } finally {
    target.close();
    harvestFile.close();
  }
}

/** A file that is thrown away when anything goes wrong: no journal on the disk, no fsync, rules checked at the end. */
function openScratch(path: string): Database {
  const database = openForWriting(path);
  database.pragma('journal_mode = MEMORY');
  database.pragma('synchronous = OFF');
  database.pragma('foreign_keys = OFF');
  return database;
}

function countsOf(target: Database): Built['counts'] {
  const count = (table: string) =>
    target.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  return {
    commands: count('commands'),
    documents: count('documents'),
    movements: count('movements'),
    items: count('items'),
    partners: count('partners'),
    devices: count('devices'),
  };
}

/** What does not prove sound is a fault of the salvage and never put in place. */
async function prove(databasePath: string, end: ChainEnd, channel: PoolChannel): Promise<void> {
  const report = await fullCheck(
    { databasePath, chainEnd: end },
    {
      send: (progress) => send(channel, { ...(progress as SalvageProgress), phase: 'check' }),
      throwIfStopped: () => channel.throwIfStopped(),
    },
  );
  // The check may have made an empty log: it goes, so that the file can be moved alone.
  for (const suffix of ['-wal', '-shm']) rmSync(`${databasePath}${suffix}`, { force: true });
  if (!report.sound) {
    throw new Error(`the salvaged database does not prove sound: ${report.problems.slice(0, 5).join('; ')}`);
  }
  syncFile(databasePath);
  syncFolder(dirname(databasePath));
}

function everyRows(channel: PoolChannel): () => Promise<void> {
  let rows = 0;
  return async () => {
    rows += 1;
    if (rows % STEP_ROWS === 0) await send(channel, { phase: 'rebuild', done: rows, total: rows });
  };
}

async function send(channel: PoolChannel, progress: SalvageProgress): Promise<void> {
  await channel.send(progress);
  channel.throwIfStopped();
}
