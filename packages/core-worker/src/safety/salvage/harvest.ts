// All rows that can still be read, put into a sound file without rules: what follows asks that one, in whatever order it needs.

import { limits } from '@masala/protocol/tables';
import type { Database } from '../../store/sqlite.ts';
import { isDamage, type Row, readableRows, type Tree } from './readable-rows.ts';

/** A table to be read, and the index that tells which keys there were. */
interface HarvestedTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly noCase?: boolean;
  readonly indexes: readonly HarvestedIndex[];
  /** Gives keys from what was harvested before: asked only where the table was damaged. */
  readonly keysSql?: string;
}

interface HarvestedIndex {
  readonly name: string;
  /**
   * What can be read from the index alone, in its order. (Of an index that a UNIQUE makes in a table without rowid, SQLite takes the
   * table's key from the table: such a one only tells how many rows there were, and by which name.)
   */
  readonly columns: readonly string[];
  readonly noCase?: boolean;
  readonly where?: string;
}

/**
 * What is read, in the order of what is dearest. Movements are not: they are made again from the documents. Indexes that SQLite
 * makes itself for a UNIQUE are named by it.
 */
const TABLES: readonly HarvestedTable[] = [
  {
    name: 'commands',
    key: ['sequence'],
    indexes: [{ name: 'sqlite_autoindex_commands_1', columns: ['command_id', 'sequence'] }],
  },
  {
    name: 'documents',
    key: ['id'],
    indexes: [
      { name: 'documents_by_status', columns: ['kind', 'status', 'id'] },
      { name: 'documents_by_number', columns: ['number', 'id'], where: 'number IS NOT NULL' },
    ],
  },
  {
    name: 'document_lines',
    key: ['document_id', 'line'],
    indexes: [],
    keysSql: `WITH RECURSIVE numbers (line) AS (
        SELECT 1 UNION ALL SELECT line + 1 FROM numbers WHERE line < ${limits.documentLinesMax})
      SELECT id, line FROM documents JOIN numbers ON line <= line_count WHERE typeof(line_count) = 'integer'`,
  },
  { name: 'document_numbers', key: ['kind', 'year'], indexes: [] },
  { name: 'levels', key: ['item_id', 'lot_id'], indexes: [] },
  {
    name: 'items',
    key: ['id'],
    indexes: [{ name: 'sqlite_autoindex_items_2', columns: ['sku'], noCase: true }],
  },
  { name: 'lots', key: ['id'], indexes: [{ name: 'lots_by_item', columns: ['item_id', 'id'] }] },
  {
    name: 'partners',
    key: ['id'],
    indexes: [{ name: 'sqlite_autoindex_partners_2', columns: ['code'], noCase: true }],
  },
  {
    name: 'devices',
    key: ['id'],
    indexes: [{ name: 'sqlite_autoindex_devices_2', columns: ['token_hash'] }],
  },
  { name: 'units', key: ['code'], noCase: true, indexes: [] },
  { name: 'epochs', key: ['epoch'], indexes: [] },
  { name: 'ledger', key: ['only'], indexes: [] },
];

/** Rows between two looks at whether the caller has given up. */
const STEP_ROWS = 2_000;

export interface HarvestParts {
  /** The damaged file, opened for reading only. */
  readonly damaged: Database;
  /** A new file of no rules. */
  readonly harvest: Database;
  /** Called between chunks with how many rows have been read. */
  readonly step: (rows: number) => Promise<void>;
}

/**
 * Copies all that can be read: each table under its own name, each index as `index_<name>`, and the keys that a table's indexes
 * know as `known_<table>`.
 */
export async function harvest(parts: HarvestParts): Promise<void> {
  const copied = new Copied(parts);
  for (const table of TABLES) {
    const { name: of, key, noCase = false } = table;
    const columns = copied.columnsOf(of);
    const isWhole = await copied.all(of, key, { table: of, columns, key, noCase });
    await copied.all(`known_${of}`, key, undefined);
    if (!isWhole && table.keysSql !== undefined) {
      parts.harvest.exec(`INSERT OR IGNORE INTO known_${of} ${table.keysSql}`);
    }
    for (const index of table.indexes) {
      const { name, columns: indexed } = index;
      const tree = { table: of, index, columns: indexed, key: indexed, noCase: index.noCase ?? false };
      await copied.all(`index_${name}`, indexed, tree);
      if (!key.every((part) => indexed.includes(part))) continue;
      const keys = key.join(', ');
      parts.harvest.exec(`INSERT OR IGNORE INTO known_${of} SELECT ${keys} FROM index_${name}`);
      parts.harvest.exec(`CREATE INDEX by_key_${name} ON index_${name} (${keys})`);
    }
    await copied.fetchKnown(table, columns);
  }
}

/** How many rows of a table its indexes knew of beyond those that could be read. */
export function missingRows(harvest: Database, table: string): number {
  const count = (name: string) =>
    harvest.prepare<[], number>(`SELECT count(*) FROM ${name}`).pluck().get() ?? 0;
  const indexes = TABLES.find(({ name }) => name === table)?.indexes ?? [];
  const whole = indexes.filter(({ where }) => where === undefined).map(({ name }) => count(`index_${name}`));
  return Math.max(0, ...whole.map((known) => known - count(table)));
}

class Copied {
  readonly #parts: HarvestParts;
  /** Names of columns that hold whole numbers, in whatever table: else they would be written as floats. */
  readonly #whole = new Set<string>();
  #rows = 0;

  constructor(parts: HarvestParts) {
    this.#parts = parts;
  }

  /** The columns that the damaged file has: those of an older schema are fewer. */
  columnsOf(table: string): string[] {
    const columns = this.#parts.damaged.pragma(`table_info(${table})`) as { name: string; type: string }[];
    for (const { name, type } of columns) if (type === 'INTEGER') this.#whole.add(name);
    return columns.map(({ name }) => name);
  }

  /** Makes a table of a name and copies a tree of the damaged file into it; gives whether no damage was met. */
  async all(name: string, key: readonly string[], tree: Tree | undefined): Promise<boolean> {
    const { harvest, damaged } = this.#parts;
    const columns = tree?.columns ?? key;
    const declared = columns.map((column) => (this.#whole.has(column) ? `${column} INTEGER` : column));
    harvest.exec(
      `CREATE TABLE ${name} (${declared.join(', ')}, PRIMARY KEY (${key.join(', ')})) WITHOUT ROWID`,
    );
    if (tree === undefined) return true;
    const insert = insertInto(harvest, name, columns);
    const rows = readableRows(damaged, tree);
    harvest.exec('BEGIN');
    try {
      for (let next = rows.next(); ; next = rows.next()) {
        if (next.done === true) {
          harvest.exec('COMMIT');
          return next.value;
        }
        insert(next.value);
        await this.#step();
      }
    } finally {
      // Given up in the middle: a reading that stays open would keep the file from being closed.
      rows.return(false);
    }
  }

  /** Fetches one by one what an index knows and the reading did not find. */
  async fetchKnown({ name, key }: HarvestedTable, columns: readonly string[]): Promise<void> {
    const { harvest, damaged } = this.#parts;
    const where = key.map((part) => `${part} = ?`).join(' AND ');
    const same = key.map((part) => `${name}.${part} = known_${name}.${part}`).join(' AND ');
    const missing = harvest
      .prepare<[], KeyParts>(
        `SELECT ${key.join(', ')} FROM known_${name} WHERE NOT EXISTS (SELECT 1 FROM ${name} WHERE ${same})`,
      )
      .raw()
      .all();
    if (missing.length === 0) return;
    const insert = insertInto(harvest, name, columns);
    const one = damaged.prepare<unknown[], Row>(
      `SELECT ${columns.join(', ')} FROM ${name} NOT INDEXED WHERE ${where}`,
    );
    for (const parts of missing) {
      const row = unlessDamaged(() => one.get(...parts));
      if (row !== undefined && key.every((part, index) => row[part] === parts[index])) insert(row);
      await this.#step();
    }
  }

  async #step(): Promise<void> {
    this.#rows += 1;
    if (this.#rows % STEP_ROWS === 0) await this.#parts.step(this.#rows);
  }
}

type KeyParts = readonly unknown[];

function unlessDamaged<Found>(read: () => Found): Found | undefined {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}

/** A key that is there already is left: what was read in order counts more. */
function insertInto(harvest: Database, table: string, columns: readonly string[]): (row: Row) => void {
  const places = columns.map(() => '?').join(', ');
  const insert = harvest.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
  return (row) => void insert.run(...columns.map((column) => row[column]));
}
