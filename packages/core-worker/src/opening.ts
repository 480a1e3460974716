// From whatever lies in the data directory to an open store, or to the reason why the admin has to choose a recovery.

import { join } from 'node:path';
import { readRunFile } from '@masala/protocol/control';
import type { LogLine } from './log.ts';
import type { BackupFolders } from './safety/backups/backup-folders.ts';
import { clearSuspect } from './safety/integrity/check-record.ts';
import { moveToQuarantine } from './safety/quarantine.ts';
import {
  type RecoveryNote,
  type RecoveryReason,
  readRecoveryNote,
  removeRecoveryNote,
} from './safety/recovery-note.ts';
import { restoreSources } from './safety/restore-sources.ts';
import { bootId } from './safety/start-check/boot-id.ts';
import { type LastDeath, lookAtDatabase } from './safety/start-check/start-check.ts';
import { StartRefused } from './start-refused.ts';
import type { CoreState } from './state.ts';
import { GENESIS_HASH } from './store/chain.ts';
import { type ChainEnd, readChainEnd } from './store/chain-end.ts';
import { createStore } from './store/open.ts';
import type { Pool } from './store/pool.ts';
import { headOf } from './store/replay.ts';
import { openForReading } from './store/sqlite.ts';
import { StoreUnusableError, type Writer } from './store/writer.ts';

export interface OpeningParts {
  readonly dataDir: string;
  /** Where backups may lie; asked for only where there is no database. */
  readonly folders: () => Promise<BackupFolders>;
  readonly pool: Pool;
  readonly state: CoreState;
  readonly now: () => number;
  readonly newEpoch: () => string;
  readonly log: LogLine;
  /** Opens the store for good. Rejects with StoreUnusableError. */
  readonly startWriter: () => Promise<Writer>;
}

/** Throws StartRefused for what neither a restart nor a recovery would mend. */
export async function openDatabase(parts: OpeningParts): Promise<Writer | RecoveryNote> {
  const { dataDir, now } = parts;
  const noted = readRecoveryNote(dataDir, now());
  if (noted !== null && noted.request !== null) return noted;
  const note = (reason: RecoveryReason, message: string): RecoveryNote => {
    return { reason, at: now(), message, request: null, tries: 0, chainEnd: null };
  };
  const chainEnd = noted?.chainEnd ?? readChainEnd(dataDir);
  const look = () => lookAtDatabase({ dataDir, bootId: bootId(), lastDeath: lastDeathOf(dataDir), chainEnd });
  let verdict = look();
  // SQLite may tell a single read that failed as damage: what is damaged is so the second time as well.
  if (verdict.type === 'damaged') verdict = look();
  switch (verdict.type) {
    case 'from-future':
      throw new StartRefused('DATABASE_FROM_FUTURE', verdict.reason);
    case 'read-only':
      throw new StartRefused('DATABASE_READ_ONLY', verdict.reason);
    case 'networked':
      throw new StartRefused('DATA_DIRECTORY_NETWORKED', verdict.reason);
    case 'damaged':
      return { ...note('damaged', verdict.reason), chainEnd: noted?.chainEnd ?? null };
    case 'absent': {
      if (noted !== null) return noted;
      const message = await whatIsThere(parts);
      if (message !== null) return note('missing', message);
      makeEmpty(parts, verdict.remains, chainEnd);
      break;
    }
    case 'sound': {
      if (noted !== null) {
        if (!(await isSoundAgain(parts, noted, chainEnd))) return noted;
        break;
      }
      if (chainEnd === null) {
        parts.log('store.chain-end.unreadable', {});
        const missing = await missingAgainstJournal(parts);
        if (missing !== null) return note('damaged', missing);
      }
      const damage = await quickCheck(parts, verdict.quickCheckDue);
      if (damage !== null) return note('damaged', damage);
    }
  }
  return startWriter(parts, note);
}

/** How the last core ended, where that was not in order: only then is its run file still there. */
function lastDeathOf(dataDir: string): LastDeath | null {
  const before = readRunFile(dataDir, 'core.json');
  const death = readRunFile(dataDir, 'wanted.json')?.lastDeath ?? null;
  if (before === null || death === null || death.at < before.startedAt) return null;
  return { exitCode: death.exitCode, signal: death.signal };
}

/** What there is to restore from, in a sentence; null where there is nothing and everything has been looked at. */
async function whatIsThere({ folders }: OpeningParts): Promise<string | null> {
  const { points, unreadable, journals, journalEnd, unreachable } = await restoreSources(await folders());
  if (unreachable.length > 0) return `masala.db is missing, and ${unreachable.join(', ')} cannot be reached`;
  if (points.length > 0) return `masala.db is missing; there are ${points.length} backups`;
  if (unreadable.length > 0) return `masala.db is missing; ${unreadable.length} backups cannot be read`;
  if (journals?.unreadable.length) return 'masala.db is missing; there is a journal that cannot be read';
  return journalEnd === null ? null : 'masala.db is missing; there is a journal of it';
}

/** Where the mark is lost, the journal tells whether the newest commands are missing; gives which, or null. */
async function missingAgainstJournal({ dataDir, folders }: OpeningParts): Promise<string | null> {
  const { journals } = await restoreSources(await folders());
  if (journals === null) return null;
  const database = openForReading(join(dataDir, 'masala.db'));
  try {
    // Nothing but what every schema has: the migrations are still to come.
    const epoch = database.prepare<[], string>('SELECT epoch FROM ledger').pluck().get();
    const { sequence } = headOf(database);
    const own = journals.journals.find((journal) => journal.epoch === epoch && !journal.isSetAside);
    const last = own?.stretches.at(-1)?.to ?? 0;
    if (last <= sequence) return null;
    return `its newest command is ${sequence}, and the journal on the second drive reaches to ${last}`;
  } finally {
    database.close();
  }
}

/** A history that is known by its mark alone is continued by name, so that clients are told that theirs is gone. */
function makeEmpty(
  { dataDir, now, newEpoch, state, log }: OpeningParts,
  remains: readonly string[],
  chainEnd: ChainEnd | null,
): void {
  if (remains.length > 0) moveToQuarantine(dataDir, 'log-without-database', now());
  if (chainEnd !== null) {
    const branch = { epoch: chainEnd.epoch, sequence: 0, hash: GENESIS_HASH };
    createStore(join(dataDir, 'masala.db'), {
      epoch: newEpoch(),
      origin: 'fresh',
      branch,
      at: now(),
    }).close();
    log('store.created', {});
  }
  state.notice('database-created', {});
}

/**
 * Somebody may have brought the files back, or the choice that was asked for could not be carried out: what proves sound in
 * full is served, and the note goes.
 */
async function isSoundAgain(
  { dataDir, pool, state, log }: OpeningParts,
  { reason, message }: RecoveryNote,
  chainEnd: ChainEnd | null,
): Promise<boolean> {
  const onMessage = () => state.advance();
  const params = { databasePath: join(dataDir, 'masala.db'), chainEnd };
  const report = await pool.run('integrity.full', params, { onMessage });
  if (report.kind === 'io') throw unreadable(report.problems);
  if (!report.sound) return false;
  removeRecoveryNote(dataDir);
  log('recovery.withdrawn', { reason, message });
  return true;
}

function unreadable(problems: readonly string[]): StartRefused {
  return new StartRefused('DATABASE_UNUSABLE', `the disk cannot be read: ${problems.join('; ')}`);
}

/** Checks the structure before anything is served; gives what is wrong, or null. */
async function quickCheck(parts: OpeningParts, due: string | null): Promise<string | null> {
  if (due === null) return null;
  const { dataDir, pool, state, log } = parts;
  const onMessage = () => state.advance();
  const params = { databasePath: join(dataDir, 'masala.db') };
  let report = await pool.run('integrity.quick', params, { onMessage });
  if (report.kind === 'damaged') report = await pool.run('integrity.quick', params, { onMessage });
  log('integrity.quick-check.done', { because: due, ...report });
  if (report.sound) {
    clearSuspect(dataDir, bootId());
    return null;
  }
  if (report.kind === 'io') throw unreadable(report.problems);
  return report.problems.join('; ');
}

async function startWriter(
  { dataDir, startWriter }: OpeningParts,
  note: (reason: RecoveryReason, message: string) => RecoveryNote,
): Promise<Writer | RecoveryNote> {
  try {
    const writer = await startWriter();
    const { schemaVersion, schemaVersionBefore } = writer.opened;
    // Marked by the writer thread before the first of the migrations.
    if (schemaVersion !== schemaVersionBefore) clearSuspect(dataDir, bootId());
    return writer;
  } catch (error) {
    if (!(error instanceof StoreUnusableError)) throw error;
    if (error.foreign) throw new StartRefused('DATABASE_FROM_FUTURE', error.message, error);
    if (error.code !== null && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code))
      return note('damaged', error.message);
    throw new StartRefused('DATABASE_UNUSABLE', error.message, error);
  }
}
