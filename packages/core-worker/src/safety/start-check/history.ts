// Whether a database's history is the one that was acknowledged: its epochs, the end of its chain, the mark outside of it.

import { commandProblem } from '../../inventory/verify/commands.ts';
import { GENESIS_HASH } from '../../store/chain.ts';
import type { ChainEnd } from '../../store/chain-end.ts';
import { COMMAND_ROW_COLUMNS, type CommandRow, headOf } from '../../store/replay.ts';
import type { Database } from '../../store/sqlite.ts';

/** Of the chain's end so much is checked at every start: the newest pages are where a crash does its harm. A millisecond. */
const TAIL_ROWS = 16;

/**
 * What is wrong with the epochs and with the end against the mark, or undefined. A mark of an epoch that this one descends
 * from is fine: the database was just put in place by a restore, a salvage or a fresh start. Throws SQLite's errors.
 *
 * @param whyBehind said after the sentence that commands are missing at the end
 */
export function historyProblem(
  database: Database,
  chainEnd: ChainEnd | null,
  whyBehind = '',
): string | undefined {
  const present = database.prepare<[], string>('SELECT epoch FROM ledger').pluck().get();
  if (present === undefined) return chainEnd === null ? undefined : 'it names no epoch';
  const line = lineOf(database, present);
  if (typeof line === 'string') return line;
  if (chainEnd === null) return undefined;
  if (chainEnd.epoch !== present) {
    return line.has(chainEnd.epoch)
      ? undefined
      : 'it belongs to another history than the mark of the newest command';
  }
  const head = headOf(database);
  if (head.sequence < chainEnd.sequence) {
    return `its newest command is ${head.sequence}, but ${chainEnd.sequence} was booked${whyBehind}`;
  }
  return hashAt(database, chainEnd.sequence) === chainEnd.hash
    ? undefined
    : `its command ${chainEnd.sequence} is another than the one that was booked`;
}

/** What is wrong with the newest commands, or undefined. Throws SQLite's errors. */
export function tailProblem(database: Database): string | undefined {
  const newest = database.prepare<[number], CommandRow>(
    `SELECT ${COMMAND_ROW_COLUMNS} FROM commands ORDER BY sequence DESC LIMIT ?`,
  );
  const expiredTo = database.prepare<[], number>('SELECT bodies_expired_to FROM ledger').pluck().get() ?? 0;
  const rows = newest.all(TAIL_ROWS + 1).reverse();
  // The first of all rows follows nothing; else the oldest that was read is only what the next is judged by.
  const first = rows[0]?.sequence === 1 ? { sequence: 0, hash: GENESIS_HASH } : rows.shift();
  let previous = first;
  for (const row of rows) {
    const problem = previous === undefined ? undefined : commandProblem(previous, row, expiredTo);
    if (problem !== undefined) return `command ${row.sequence}: ${problem}`;
    previous = row;
  }
  return undefined;
}

/** The present epoch and those it descends from, or what is wrong with them: a loop in it would hang whoever walks it. */
function lineOf(database: Database, present: string): Set<string> | string {
  const parentOf = database.prepare<[string], { parent: string | null }>(
    'SELECT parent FROM epochs WHERE epoch = ?',
  );
  const line = new Set<string>();
  for (let epoch: string | null = present; epoch !== null; ) {
    if (line.has(epoch)) return 'its epochs descend from each other';
    line.add(epoch);
    const row = parentOf.get(epoch);
    if (row === undefined) return 'an epoch of its history is missing';
    epoch = row.parent;
  }
  return line;
}

function hashAt(database: Database, sequence: number): string | undefined {
  if (sequence === 0) return GENESIS_HASH;
  return database
    .prepare<[number], string>('SELECT hash FROM commands WHERE sequence = ?')
    .pluck()
    .get(sequence);
}
