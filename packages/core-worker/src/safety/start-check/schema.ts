// What the migrations make of an empty database: any other schema in a file of ours is damage.

import { migrations, SCHEMA_VERSION } from '../../store/migrations/index.ts';
import { APPLICATION_ID, migrate } from '../../store/open.ts';
import { type Database, openForWriting } from '../../store/sqlite.ts';

export type SchemaVerdict =
  | { readonly type: 'ours'; readonly version: number }
  /** Nothing is in it: a first start was killed before it made the tables. */
  | { readonly type: 'empty' }
  | { readonly type: 'from-future'; readonly reason: string }
  | { readonly type: 'damaged'; readonly reason: string };

/** Compares the schema of an open database with what the migrations make. Throws SQLite's errors. */
export function judgeSchema(database: Database): SchemaVerdict {
  const schema = schemaText(database);
  const applicationId = database.pragma('application_id', { simple: true }) as number;
  const version = database.pragma('user_version', { simple: true }) as number;
  if (schema === '') return { type: 'empty' };
  const isOurText = version >= 1 && version <= SCHEMA_VERSION && schema === migratedSchema(version);
  if (applicationId !== APPLICATION_ID) {
    const reason = isOurText ? 'its header was changed' : 'the file is a database of another program';
    return { type: 'damaged', reason };
  }
  if (isOurText) return { type: 'ours', version };
  if (version > SCHEMA_VERSION && schema !== migratedSchema(SCHEMA_VERSION)) {
    const reason = `its schema is ${version}, this version of Masala knows ${SCHEMA_VERSION}`;
    return { type: 'from-future', reason };
  }
  return { type: 'damaged', reason: `its schema is not that of version ${version}` };
}

/** The texts of all tables and indexes, in an order of their own; where they lie in the file is not part of it. */
function schemaText(database: Database): string {
  const rows = database
    .prepare<[], { type: string; name: string; sql: string | null }>(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name",
    )
    .all();
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

function migratedSchema(version: number): string {
  const database = openForWriting(':memory:');
  try {
    migrate(database, migrations.slice(0, version));
    return schemaText(database);
  } finally {
    database.close();
  }
}
