// A copy of the damaged files that can be opened: what the disk does not give is zeros, and a lost first page is made anew.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { MasalaError, reasonOf } from '@masala/protocol';
import { hasErrorCode } from '@masala/protocol/control';
import { migrations } from '../../store/migrations/index.ts';
import { migrate } from '../../store/open.ts';
import { type Database, openForReading, openForWriting } from '../../store/sqlite.ts';
import { judgeSchema } from '../start-check/schema.ts';
import { isDamage } from './readable-rows.ts';

/** Our databases have SQLite's default. */
const PAGE_BYTES = 4_096;
/** A mebibyte at once: large enough for the speed of the disk, small enough for a stop. */
const CHUNK_BYTES = 256 * PAGE_BYTES;

export type CopyProgress = (doneBytes: number, totalBytes: number) => Promise<void>;

/** Copies a file; gives how many pages the disk did not give, which are zeros in the copy. */
export async function copyReadable(from: string, to: string, onChunk: CopyProgress): Promise<number> {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w', 0o600);
  try {
    const { size } = fstatSync(source);
    let lostPages = 0;
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - at));
      lostPages += readChunk(source, chunk, at);
      writeSync(target, chunk, 0, chunk.length, at);
      await onChunk(Math.min(at + CHUNK_BYTES, size), size);
    }
    fsyncSync(target);
    return lostPages;
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

/** Fills the chunk; where that fails, page by page. */
function readChunk(source: number, chunk: Buffer, at: number): number {
  try {
    readSync(source, chunk, 0, chunk.length, at);
    return 0;
  } catch (error) {
    if (!hasErrorCode(error, 'EIO')) throw error;
  }
  let lostPages = 0;
  for (let page = 0; page < chunk.length; page += PAGE_BYTES) {
    try {
      readSync(source, chunk, page, Math.min(PAGE_BYTES, chunk.length - page), at + page);
    } catch (error) {
      if (!hasErrorCode(error, 'EIO')) throw error;
      lostPages += 1;
    }
  }
  return lostPages;
}

export interface OpenedCopy {
  readonly database: Database;
  /** What had to be done to open it, in sentences. */
  readonly mended: string[];
}

/**
 * Opens the copy with whatever of it can be used: as it is, with the pages of the schema made anew, and both without its log.
 * Throws SALVAGE_IMPOSSIBLE.
 */
export function openDamaged(path: string): OpenedCopy {
  const mended: string[] = [];
  const attempts: [string | null, () => void][] = [
    [null, () => undefined],
    ['The description of the tables was lost and was made anew.', () => renewSchemaPages(path)],
    ['The write-ahead log could not be used.', () => setLogAside(path)],
  ];
  let reason = 'the file is empty';
  for (const [said, mend] of attempts) {
    mend();
    if (said !== null) mended.push(said);
    const opened = tryOpen(path);
    if (typeof opened !== 'string') return { database: opened, mended };
    reason = opened;
  }
  throw new MasalaError('SALVAGE_IMPOSSIBLE', { reason });
}

/** The database when its tables are ours, else why it cannot be used. */
function tryOpen(path: string): Database | string {
  let database: Database | undefined;
  try {
    database = openForReading(path);
    const schema = judgeSchema(database);
    if (schema.type === 'ours') return database;
    database.close();
    return schema.type === 'empty' ? 'it has no tables' : schema.reason;
  } catch (error) {
    database?.close();
    if (!isDamage(error) && !isUnopenable(error)) throw error;
    return reasonOf(error);
  }
}

function isUnopenable(error: unknown): boolean {
  return hasErrorCode(error, 'SQLITE_CANTOPEN', 'SQLITE_CANTOPEN_ISDIR');
}

/**
 * The same migrations make the same pages: those of the schema are taken from a fresh database. Its header is told the size of the
 * file, and no free pages, since nothing is ever written into the copy.
 */
function renewSchemaPages(path: string): void {
  const fresh = `${path}-fresh`;
  const database = openForWriting(fresh);
  migrate(database, migrations);
  const pages = database
    .prepare<[], number>("SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'")
    .pluck()
    .all();
  database.close();
  const content = readFileSync(fresh);
  const file = openSync(path, 'r+');
  try {
    const filePages = Math.floor(fstatSync(file).size / PAGE_BYTES);
    content.writeUInt32BE(Math.max(filePages, ...pages), 28);
    content.writeUInt32BE(content.readUInt32BE(24), 92);
    content.fill(0, 32, 40);
    for (const page of pages)
      writeSync(file, content, (page - 1) * PAGE_BYTES, PAGE_BYTES, (page - 1) * PAGE_BYTES);
  } finally {
    closeSync(file);
  }
}

function setLogAside(path: string): void {
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, join(`${path}${suffix}-aside`));
  }
}
