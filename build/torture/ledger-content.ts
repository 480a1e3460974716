// What a database says, table by table, read without any of the product's code: two databases with the same digests
// hold the same documents, movements, levels and commands.
import { createHash } from 'node:crypto';
import Sqlite from 'better-sqlite3';

/**
 * What no damage may change unnoticed. Read by the key, and by each index as well: an index that lies hides a booked
 * command from its replay, or a movement from a report.
 */
const promised = {
  documents: 'SELECT * FROM documents NOT INDEXED ORDER BY id',
  'documents by number':
    'SELECT number, id FROM documents INDEXED BY documents_by_number WHERE number IS NOT NULL ORDER BY number',
  'documents by status':
    'SELECT kind, status, id FROM documents INDEXED BY documents_by_status ORDER BY kind, status, id',
  lines: 'SELECT * FROM document_lines ORDER BY document_id, line',
  movements: 'SELECT * FROM movements NOT INDEXED ORDER BY sequence',
  'movements by item':
    'SELECT item_id, sequence FROM movements INDEXED BY movements_by_item ORDER BY item_id, sequence',
  'movements by line':
    'SELECT document_id, line, sequence FROM movements INDEXED BY movements_by_line ORDER BY document_id, line',
  levels: 'SELECT * FROM levels ORDER BY item_id, lot_id',
  commands: 'SELECT * FROM commands NOT INDEXED ORDER BY sequence',
  'commands by id':
    'SELECT command_id, sequence FROM commands INDEXED BY sqlite_autoindex_commands_1 ORDER BY command_id',
} as const;

/** Master data and the server's own books: only as safe as SQLite's structure checks. */
const excluded = {
  items: 'SELECT * FROM items NOT INDEXED ORDER BY id',
  lots: 'SELECT * FROM lots NOT INDEXED ORDER BY id',
  partners: 'SELECT * FROM partners NOT INDEXED ORDER BY id',
  units: 'SELECT * FROM units NOT INDEXED ORDER BY code',
  devices: 'SELECT * FROM devices NOT INDEXED ORDER BY id',
  'document numbers': 'SELECT * FROM document_numbers ORDER BY kind, year',
} as const;

export interface LedgerContent {
  readonly promised: Readonly<Record<keyof typeof promised, string>>;
  readonly excluded: Readonly<Record<keyof typeof excluded, string>>;
}

/** Reads it all. Throws SQLite's error where something cannot be read. */
export function readLedgerContent(databasePath: string): LedgerContent {
  const database = new Sqlite(databasePath, { readonly: true, fileMustExist: true });
  try {
    return { promised: digests(database, promised), excluded: digests(database, excluded) };
  } finally {
    database.close();
  }
}

/** Every command, a text each, in their order. */
export function readCommands(databasePath: string): string[] {
  const database = new Sqlite(databasePath, { readonly: true, fileMustExist: true });
  try {
    const rows = database.prepare<[], unknown[]>('SELECT * FROM commands ORDER BY sequence').raw().all();
    return rows.map((row) => JSON.stringify(row));
  } finally {
    database.close();
  }
}

/** The names of what differs. */
export function differences<Name extends string>(
  left: Readonly<Record<Name, string>>,
  right: Readonly<Record<Name, string>>,
): Name[] {
  return (Object.keys(left) as Name[]).filter((name) => left[name] !== right[name]);
}

function digests<Name extends string>(database: Sqlite.Database, queries: Readonly<Record<Name, string>>) {
  const entries = Object.entries<string>(queries).map(([name, query]) => {
    const digest = createHash('sha256');
    // With its type: a number that became a text is another value.
    for (const row of database.prepare<[], unknown[]>(query).raw().safeIntegers().iterate()) {
      for (const value of row) digest.update(`${typeof value} ${String(value)}\0`);
      digest.update('\n');
    }
    return [name, digest.digest('hex')];
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}
