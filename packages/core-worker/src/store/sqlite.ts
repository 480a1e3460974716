// The only file that loads better-sqlite3: how each connection to the database is opened.

import { limits } from '@masala/protocol/tables';
import BetterSqlite3 from 'better-sqlite3';

export type Database = BetterSqlite3.Database;
export type Statement<Bound extends unknown[] = unknown[], Row = unknown> = BetterSqlite3.Statement<
  Bound,
  Row
>;

/** 64 MiB: the hot part of a factory's database (levels, newest documents) stays in memory. In SQLite's unit, KiB. */
const CACHE_KIBIBYTES = 64 * 1024;
/** Another connection holds a lock for milliseconds only; 5 s of it is a fault, told as SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 5_000;
/**
 * A log that a long read has held up is cut to this length when it begins anew; else it would keep its greatest length for ever.
 * Twice the length at which it is copied: the usual one of 18 to 23 MiB stays, so that its space need not be found anew.
 */
const LOG_KEPT_BYTES = 2 * limits.checkpointWalBytes;

/**
 * The writer's connection: WAL, and every commit on the disk before it is answered. (better-sqlite3 sets NORMAL for WAL
 * by default, which may lose the newest commits at a power cut.) Checkpoints are made on purpose, by checkpoint.ts.
 */
export function openForWriting(path: string): Database {
  const database = new BetterSqlite3(path, { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('wal_autocheckpoint = 0');
  database.pragma(`journal_size_limit = ${LOG_KEPT_BYTES}`);
  database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
  return database;
}

/** A connection that can only read: point reads on the main thread, and everything that the pool does. */
export function openForReading(path: string): Database {
  const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
  return database;
}

/**
 * SQLite's name of an error (`SQLITE_FULL`, `SQLITE_IOERR_WRITE` …), or undefined where it is none of SQLite's. By the
 * code and not by the class, since a process may have loaded the class more than once.
 */
export function sqliteCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** The disk or the file is at fault, and not what was asked. (A full disk is no fault: space comes back.) */
export function isStorageFault(error: unknown): boolean {
  return /^SQLITE_(IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|PROTOCOL)/.test(sqliteCode(error) ?? '');
}
