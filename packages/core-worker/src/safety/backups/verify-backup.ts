// Proves that a backup can be restored: unpacks it into a scratch file, opens it, and checks all that can be checked.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { MasalaError } from '@masala/protocol/tables';
import { verifyLedger } from '../../inventory/verify.ts';
import { migrations, SCHEMA_VERSION } from '../../store/migrations/index.ts';
import { migrate } from '../../store/open.ts';
import type { PoolChannel, PoolTask } from '../../store/pool-task.ts';
import { type Database, openForWriting, sqliteCode } from '../../store/sqlite.ts';
import { judgeSchema } from '../start-check/schema.ts';
import { coded } from './backup-error.ts';
import { readContent } from './copy-database.ts';
import type { Manifest } from './manifest.ts';
import { letOthersGoFirst } from './packed-file.ts';
import { writeManifest } from './place-backup.ts';
import { removeUnhurried, unhurried } from './unhurried.ts';
import { type BackupProgress, unpackBackup } from './unpack.ts';

export interface VerifyBackupParams {
  /** Of the compressed file. */
  readonly path: string;
  readonly manifest: Manifest;
  /** Emptied before, and removed in the end; needs `databaseBytes` of space and a little more. */
  readonly scratchFolder: string;
  /** UTC ms: now. */
  readonly at: number;
  /** Whether what was found is written into the manifest beside the file. */
  readonly mark: boolean;
}

/**
 * Unpacks, opens and checks a backup; sends BackupProgress. Gives the manifest with what was found: `verified`, or a `problem`.
 * Throws BACKUP_FAILED where this version cannot tell (it is from a newer one), CANCELLED, BACKUP_SPACE_LOW and
 * BACKUP_FOLDER_UNREACHABLE: those say nothing about the backup.
 */
export const verifyBackup: PoolTask<VerifyBackupParams, Manifest> = (params, channel) =>
  coded(params.path, async () => {
    letOthersGoFirst();
    const { path, manifest, scratchFolder, at, mark } = params;
    if (manifest.schemaVersion > SCHEMA_VERSION) {
      throw new MasalaError('BACKUP_FAILED', { reason: 'it is from a newer version of Masala' });
    }
    rmSync(scratchFolder, { recursive: true, force: true });
    mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
    const unpackedPath = join(scratchFolder, 'unpacked.db');
    try {
      const problem = await problemOf(path, manifest, unpackedPath, unhurried(channel));
      const found = { ...manifest, verified: problem === null ? { at } : null, problem };
      if (mark) writeManifest(found, path);
      return found;
    } finally {
      await removeUnhurried(unpackedPath);
      rmSync(scratchFolder, { recursive: true, force: true });
    }
  });

/** What is wrong with a backup; null: it can be restored. */
async function problemOf(
  path: string,
  manifest: Manifest,
  scratchPath: string,
  channel: PoolChannel,
): Promise<string | null> {
  try {
    await unpackBackup({ path, manifest }, scratchPath, channel);
    return await checkDatabase(scratchPath, manifest, channel);
  } catch (error) {
    const problem = damageOf(error);
    if (problem === null) throw error;
    return problem;
  }
}

async function checkDatabase(path: string, manifest: Manifest, channel: PoolChannel): Promise<string | null> {
  // For writing, as a restore does it: an older schema is brought to the present one here, too.
  const database = openForWriting(path);
  try {
    const problem = (await checkStructure(database, channel)) ?? checkContent(database, manifest);
    if (problem !== null) return problem;
  } finally {
    database.close();
  }
  const ledger = await verifyLedger(
    { databasePath: path },
    {
      send: (message) => channel.send({ ...(message as BackupProgress), phase: 'ledger' }),
      throwIfStopped: () => channel.throwIfStopped(),
    },
  );
  const [difference] = ledger.differences;
  if (difference === undefined) return null;
  const { kind, key, reason } = difference;
  return `its ledger differs in ${ledger.differencesTotal} places, first ${kind} ${key}: ${reason}`;
}

/** The schema, and SQLite's own checks, table by table, so that a stop need not wait for all of them. */
async function checkStructure(database: Database, channel: PoolChannel): Promise<string | null> {
  const schema = judgeSchema(database);
  if (schema.type !== 'ours') return 'reason' in schema ? schema.reason : 'nothing is in it';
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all();
  for (const [done, table] of tables.entries()) {
    const [first] = database.pragma(`integrity_check('${table}')`) as { integrity_check: string }[];
    if (first?.integrity_check !== 'ok') return `its structure is damaged: ${first?.integrity_check}`;
    await channel.send({ phase: 'check', done: done + 1, total: tables.length } satisfies BackupProgress);
    channel.throwIfStopped();
  }
  const [broken] = database.pragma('foreign_key_check') as { table: string; parent: string }[];
  return broken === undefined
    ? null
    : `a row of ${broken.table} refers to one of ${broken.parent} that is missing`;
}

function checkContent(database: Database, manifest: Manifest): string | null {
  migrate(database, migrations);
  const content = readContent(database);
  for (const field of ['epoch', 'lastSequence', 'lastHash', 'counts'] as const) {
    const [found, written] = [content[field], manifest[field]];
    if (!isDeepStrictEqual(found, written)) {
      return `its ${field} is ${JSON.stringify(found)}, and was ${JSON.stringify(written)}`;
    }
  }
  return null;
}

/** What an error says about the backup; null where it says nothing about it (a full disk, a stop). */
function damageOf(error: unknown): string | null {
  if (error instanceof MasalaError && error.code === 'BACKUP_DAMAGED') return String(error.data?.reason);
  const code = sqliteCode(error);
  if (code === undefined || /^SQLITE_(?:FULL|IOERR|CANTOPEN|NOMEM|BUSY)/.test(code)) return null;
  return `it cannot be opened: ${error instanceof Error ? error.message : code}`;
}
