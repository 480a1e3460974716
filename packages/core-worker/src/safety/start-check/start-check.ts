// The first look at the database of a data directory, before anything opens it to write: a few milliseconds, whatever its size.

import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '@masala/protocol/tables';
import type { ChainEnd } from '../../store/chain-end.ts';
import { headOf } from '../../store/replay.ts';
import { type Database, openForReading, openForWriting, sqliteCode } from '../../store/sqlite.ts';
import { readCheckRecord } from '../integrity/check-record.ts';
import { HEADER_BYTES, headerProblem } from './file-header.ts';
import { historyProblem, tailProblem } from './history.ts';
import { firstPageLost } from './log-pages.ts';
import { networkedFolder } from './networked-folder.ts';
import { type LastDeath, quickCheckDue } from './quick-check-due.ts';
import { judgeSchema } from './schema.ts';

export type { LastDeath } from './quick-check-due.ts';

export type DatabaseVerdict =
  /**
   * No database, or one in which nothing was ever booked. `remains` names files beside it (a write-ahead log without its
   * database): they must go to quarantine before a new database is made, since SQLite would delete them.
   */
  | { readonly type: 'absent'; readonly remains: readonly string[] }
  /** `quickCheckDue`: why `integrity.quick` must run before it serves, or null. */
  | { readonly type: 'sound'; readonly quickCheckDue: string | null }
  | { readonly type: 'damaged'; readonly reason: string }
  | { readonly type: 'from-future'; readonly reason: string }
  | { readonly type: 'read-only'; readonly reason: string }
  | { readonly type: 'networked'; readonly reason: string };

export interface StartCheckParts {
  readonly dataDir: string;
  /** `bootId()`; null where it cannot be told. */
  readonly bootId: string | null;
  /** How the core before this one ended, where that is known. */
  readonly lastDeath: LastDeath | null;
  /** `readChainEnd(dataDir)`. */
  readonly chainEnd: ChainEnd | null;
}

/** A disk that failed once may answer the next time; one that fails three times on end is broken. */
const READ_TRIES = 3;
const WITHOUT_LOG = ' (its write-ahead log, masala.db-wal, is missing or empty)';

/**
 * Looks at masala.db without changing anything that was ever booked: only a creation that was broken off is taken back. The caller holds the lock of the data directory, and this process must have no
 * connection to the database (its POSIX locks would be dropped). Throws SQLITE_BUSY when another program holds the
 * database for 5 s, and what it does not expect.
 */
export function lookAtDatabase(parts: StartCheckParts): DatabaseVerdict {
  const { dataDir, chainEnd } = parts;
  const networked = networkedFolder(dataDir);
  if (networked !== undefined) return { type: 'networked', reason: `the data directory is on ${networked}` };
  const path = join(dataDir, 'masala.db');
  const file = statSync(path, { throwIfNoEntry: false });
  const remains = ['masala.db-wal', 'masala.db-shm'].filter((name) => existsSync(join(dataDir, name)));
  if (file === undefined) return { type: 'absent', remains };
  if (!file.isFile()) return { type: 'damaged', reason: 'masala.db is not a file' };
  const refusal = writeRefusal([dataDir, path, ...remains.map((name) => join(dataDir, name))]);
  if (refusal !== undefined) return { type: 'read-only', reason: refusal };
  return tried(() => takeBackCreation(path, chainEnd) ?? lookInto(parts, path, remains));
}

/**
 * A database is made with a rollback journal, until it is in WAL mode: one that is left over tells of a creation that was broken
 * off. SQLite takes that back when it is opened for writing; before, nobody can read it. In a database in which something was
 * booked it cannot be ours, and would overwrite pages: gives the verdict on such a one.
 */
function takeBackCreation(path: string, chainEnd: ChainEnd | null): DatabaseVerdict | undefined {
  const journalBytes = statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0;
  if (journalBytes === 0) return undefined;
  if (chainEnd !== null)
    return { type: 'damaged', reason: 'a rollback journal that is not its own lies beside it' };
  openForWriting(path).close();
  return undefined;
}

/** Why one of these cannot be written to, or undefined. */
function writeRefusal(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      return `${path} cannot be written to: ${reasonOf(error)}`;
    }
  }
  return undefined;
}

/** What SQLite throws becomes a verdict; a failed read is tried again. */
function tried(look: () => DatabaseVerdict): DatabaseVerdict {
  for (let tries = 1; ; tries++) {
    try {
      return look();
    } catch (error) {
      const code = sqliteCode(error) ?? '';
      const reason = `${reasonOf(error)} (${code})`;
      if (code.startsWith('SQLITE_READONLY')) return { type: 'read-only', reason };
      if (/^SQLITE_(CORRUPT|NOTADB|SCHEMA|FORMAT|ERROR)/.test(code)) return { type: 'damaged', reason };
      if (!/^SQLITE_(IOERR|CANTOPEN)/.test(code)) throw error;
      if (tries === READ_TRIES) return { type: 'damaged', reason };
    }
  }
}

function lookInto(parts: StartCheckParts, path: string, remains: readonly string[]): DatabaseVerdict {
  const { chainEnd } = parts;
  const file = statSync(path);
  // SQLite deletes the log of an empty database: such a one is not opened at all.
  if (file.size === 0) {
    return chainEnd === null
      ? { type: 'absent', remains }
      : { type: 'damaged', reason: 'masala.db is empty' };
  }
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const header = logBytes === 0 ? headerProblem(readHeader(path), file.size) : undefined;
  if (header !== undefined) return { type: 'damaged', reason: header };
  const database = openForReading(path);
  try {
    const schema = judgeSchema(database);
    if (schema.type === 'empty') {
      return chainEnd === null
        ? { type: 'absent', remains: [] }
        : { type: 'damaged', reason: 'it has no tables' };
    }
    if (schema.type !== 'ours') return schema;
    const reason =
      cutProblem(database, path, file.size) ??
      historyProblem(database, chainEnd, logBytes === 0 ? WITHOUT_LOG : '') ??
      tailProblem(database);
    if (reason !== undefined) return { type: 'damaged', reason };
    return { type: 'sound', quickCheckDue: dueOf(parts, database) };
  } finally {
    database.close();
  }
}

function cutProblem(database: Database, path: string, fileBytes: number): string | undefined {
  // Ours never have it on; SQLite would take pages of data for its tables of pointers, and write into them.
  if (database.pragma('auto_vacuum', { simple: true }) !== 0) return 'its header was changed';
  const pageBytes = database.pragma('page_size', { simple: true }) as number;
  const pages = database.pragma('page_count', { simple: true }) as number;
  const lost = firstPageLost(`${path}-wal`, fileBytes, pageBytes, pages);
  return lost === undefined ? undefined : `the file is cut: page ${lost} of ${pages} is missing`;
}

function dueOf({ dataDir, bootId, lastDeath, chainEnd }: StartCheckParts, database: Database): string | null {
  return quickCheckDue({
    record: readCheckRecord(dataDir),
    bootId,
    lastDeath,
    hasCommands: headOf(database).sequence > 0,
    isMarked: chainEnd !== null,
  });
}

function readHeader(path: string): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
