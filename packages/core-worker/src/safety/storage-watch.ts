// The eye on the database's files: whether they still are the ones that SQLite has open. On Linux anybody may delete or
// replace them meanwhile, and saves would go on into files that nobody finds again.
//
// Only by their paths: a descriptor of our own that is closed would drop SQLite's POSIX locks
// (https://www.sqlite.org/howtocorrupt.html, 2.2).

import { type BigIntStats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { hasErrorCode } from '@masala/protocol/control';

interface Watched {
  readonly path: string;
  readonly file: BigIntStats;
}

export class StorageWatch {
  readonly #databasePath: string;
  #database: Watched | undefined;
  /** SQLite makes it with the first read or write, and deletes it with the last connection's close. */
  #log: Watched | undefined;

  /** Remembers the files as they are now: to be made just after the database was opened, and used until before it is closed. */
  constructor(databasePath: string) {
    this.#databasePath = databasePath;
    this.#database = watched(databasePath);
    this.#log = watched(`${databasePath}-wal`);
  }

  /** What happened to the files, in a sentence; null while they are what they were. Costs two calls of stat. Never throws. */
  problem(): string | null {
    this.#log ??= watched(`${this.#databasePath}-wal`);
    if (this.#database === undefined)
      return `${basename(this.#databasePath)} was deleted while it was opened`;
    const found = look(this.#database.path);
    const problem = problemOf(this.#database, found);
    if (problem !== null) return problem;
    // Without VACUUM it never shrinks by itself: its size is that of its newest sound state.
    if (found instanceof Object) this.#database = { ...this.#database, file: found };
    return this.#log === undefined ? null : problemOf(this.#log, look(this.#log.path), true);
  }
}

function problemOf({ path, file }: Watched, found: BigIntStats | Absence, mayShrink = false): string | null {
  const name = basename(path);
  if (found === 'gone') return `${name} was deleted or moved away`;
  // A disk or a right that is missing for a moment: the open files are not lost by it, and saves tell of their own troubles.
  if (found === 'unknown') return null;
  if (found.ino !== file.ino || found.dev !== file.dev) return `${name} was replaced by another file`;
  if (!mayShrink && found.size < file.size) return `${name} was cut from ${file.size} to ${found.size} bytes`;
  return null;
}

type Absence = 'gone' | 'unknown';

/** With 64-bit numbers: on Windows a file's identity is larger than a double is exact. */
function look(path: string): BigIntStats | Absence {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    return hasErrorCode(error, 'ENOENT', 'ENOTDIR') ? 'gone' : 'unknown';
  }
}

function watched(path: string): Watched | undefined {
  const file = look(path);
  return typeof file === 'string' ? undefined : { path, file };
}
