// SQLite's own checks, a table at a time, so that they tell how far they are and can be stopped.

import type { Database } from '../../store/sqlite.ts';
import { judgeSchema } from '../start-check/schema.ts';
import type { Problems } from './problems.ts';

/** What is checked of each table with its indexes: the structure; that and each index entry; what rows refer to. */
type TableCheck = 'quick_check' | 'integrity_check' | 'foreign_key_check';

interface BrokenReference {
  readonly table: string;
  readonly parent: string;
}

/** All tables, SQLite's own schema first. */
export function tablesOf(database: Database): string[] {
  const names = database.prepare<[], string>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rootpage",
  );
  return ['sqlite_schema', ...names.pluck().all()];
}

/** Tables and indexes are those that the migrations make: SQLite does not miss an index that is gone. */
export function checkSchema(database: Database, problems: Problems): void {
  const schema = judgeSchema(database);
  if (schema.type === 'empty') problems.damage('it has no tables');
  else if (schema.type !== 'ours') problems.damage(schema.reason);
}

export function checkTable(database: Database, check: TableCheck, table: string, problems: Problems): void {
  const rows = database.pragma(`${check}("${table.replaceAll('"', '""')}")`) as Record<string, unknown>[];
  if (check === 'foreign_key_check') return checkReferences(rows as unknown as BrokenReference[], problems);
  tell(rows, table, problems);
}

/** The pages as a whole: each belongs to one tree only, or to the free ones. A table at a time would not see that. */
export function checkPages(database: Database, problems: Problems): void {
  tell(database.pragma('quick_check') as Record<string, unknown>[], 'the file', problems);
}

function tell(rows: readonly Record<string, unknown>[], where: string, problems: Problems): void {
  const told = rows.map((row) => String(Object.values(row)[0]));
  for (const problem of told) if (problem !== 'ok') problems.damage(`${where}: ${problem}`);
}

function checkReferences(broken: readonly BrokenReference[], problems: Problems): void {
  for (const [parent, rows] of Map.groupBy(broken, (row) => row.parent)) {
    problems.damage(`${rows[0]?.table}: refers ${rows.length} times to ${parent} that are missing`);
  }
}
