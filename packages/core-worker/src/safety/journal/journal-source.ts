// What the journal asks of the database: a connection of its own that only reads, so that no save ever waits for the copying.

import { GENESIS_HASH } from '../../store/chain.ts';
import { describeStore, type Lineage } from '../../store/open.ts';
import { COMMAND_ROW_COLUMNS, type CommandRow } from '../../store/replay.ts';
import { openForReading } from '../../store/sqlite.ts';

/** Bodies that have expired meanwhile: the journal cannot go on without a hole. */
export class BodiesExpiredError extends Error {
  override readonly name = 'BodiesExpiredError';
}

export interface NextRows {
  readonly rows: readonly CommandRow[];
  readonly isAll: boolean;
}

export class JournalSource {
  readonly lineage: Lineage;
  readonly #database;
  readonly #hashAt;
  readonly #expiredTo;
  readonly #rowsAfter;

  constructor(databasePath: string) {
    this.#database = openForReading(databasePath);
    this.lineage = describeStore(this.#database).lineage;
    this.#hashAt = this.#database
      .prepare<[number], string>('SELECT hash FROM commands WHERE sequence = ?')
      .pluck();
    this.#expiredTo = this.#database.prepare<[], number>('SELECT bodies_expired_to FROM ledger').pluck();
    this.#rowsAfter = this.#database.prepare<[number], CommandRow>(
      `SELECT ${COMMAND_ROW_COLUMNS} FROM commands WHERE sequence > ? ORDER BY sequence`,
    );
  }

  /** The chain's hash at a command; undefined where the database does not have it. */
  hashAt(sequence: number): string | undefined {
    return sequence === 0 ? GENESIS_HASH : this.#hashAt.get(sequence);
  }

  /** Up to this command the bodies are gone. */
  get expiredTo(): number {
    return this.#expiredTo.get() ?? 0;
  }

  /**
   * The next commands, about `bytesMax` bytes of them and at least one where there is one, up to `last`; and whether these
   * are all. Throws BodiesExpiredError.
   */
  rowsAfter(sequence: number, bytesMax: number, last = Number.MAX_SAFE_INTEGER): NextRows {
    const rows: CommandRow[] = [];
    let bytes = 0;
    // Row by row: a batch of the largest bodies would fill the memory.
    for (const row of this.#rowsAfter.iterate(sequence)) {
      if (row.sequence > last) break;
      const { body, decided, answer } = row;
      if (body === null || decided === null || answer === null) {
        throw new BodiesExpiredError(`the body of command ${row.sequence} has expired`);
      }
      rows.push(row);
      bytes += body.length + decided.length + answer.length;
      if (bytes >= bytesMax) return { rows, isAll: false };
    }
    return { rows, isAll: true };
  }

  close(): void {
    this.#database.close();
  }
}
