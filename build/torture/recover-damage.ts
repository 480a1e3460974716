// Does to a prepared server's files what the case says, and remembers what must not get lost of them.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Chance, chanceOf } from './chance.ts';
import type { Damage } from './recover-plan.ts';

const PAGE_BYTES = 4_096;
/** Pages in a row: some of them belong to tables. */
const GARBAGE_PAGES = 8;
const GARBAGE_FROM_PAGE = 12;
/** What an admin has left who deleted all the rest: without them it would be another server. */
const IDENTITY = ['identity', 'settings.json'];

/** Damages the files of a stopped server. */
export function doDamage(dataDir: string, damage: Damage, seed: number): void {
  const path = join(dataDir, 'masala.db');
  switch (damage) {
    case 'none':
      return;
    case 'deleted':
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
      return;
    case 'halved':
      return truncateSync(path, Math.floor(readFileSync(path).length / 2));
    case 'page-one':
      return overwrite(path, 0, 1, chanceOf(seed));
    case 'garbage':
      return overwrite(path, GARBAGE_FROM_PAGE, GARBAGE_PAGES, chanceOf(seed));
    case 'all-but-identity':
      for (const name of readdirSync(dataDir)) {
        if (!IDENTITY.includes(name)) rmSync(join(dataDir, name), { recursive: true });
      }
      return;
    case 'old-schema':
      return takeBackMigration(path);
  }
}

/**
 * Digests of the database's files, where the start notices the damage and nobody writes into them any more: a recovery has
 * to keep them as they are. (Garbage in the middle is found by the check that runs while it serves.)
 */
export function digestsToKeep(dataDir: string, damage: Damage): string[] {
  if (damage !== 'halved' && damage !== 'page-one') return [];
  return ['masala.db', 'masala.db-wal']
    .map((name) => join(dataDir, name))
    .filter((path) => existsSync(path))
    .map(digestOf);
}

/** Digests of all files in quarantine. */
export function quarantinedDigests(dataDir: string): Set<string> {
  const folder = join(dataDir, 'quarantine');
  if (!existsSync(folder)) return new Set();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Set(files.map(({ parentPath, name }) => digestOf(join(parentPath, name))));
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The log goes as well: it has newer copies of many pages, and would mend them. */
function overwrite(path: string, fromPage: number, pages: number, chance: Chance): void {
  foldLog(path);
  const content = readFileSync(path);
  const end = Math.min((fromPage + pages) * PAGE_BYTES, content.length);
  for (let at = fromPage * PAGE_BYTES; at < end; at++) content[at] = chance.integer(0, 255);
  writeFileSync(path, content);
}

function foldLog(path: string): void {
  const database = new Sqlite(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** As the version before wrote it: without what the newest migration adds. */
function takeBackMigration(path: string): void {
  const database = new Sqlite(path);
  database.exec('ALTER TABLE epochs DROP COLUMN origin; PRAGMA user_version = 1');
  database.close();
}
