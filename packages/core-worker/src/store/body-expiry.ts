// After a year the bodies of commands go; ids, digests and hashes stay, so that a late replay is still told apart.

import { limits } from '@masala/protocol/tables';
import type { Database } from './sqlite.ts';

/**
 * Drops the texts of at most one chunk of commands booked before `before` (UTC ms), but never of the newest `kept` ones: a
 * clock may be wrong, the order of the commands is not. Gives how many it dropped.
 */
export function expireBodies(database: Database, before: number, kept: number): number {
  const expire = database.transaction(() => {
    const due = database
      .prepare<[number, number, number], { last: number | null; count: number }>(
        `SELECT max(sequence) AS last, count(*) AS count FROM (
           SELECT sequence FROM commands
           WHERE sequence > (SELECT bodies_expired_to FROM ledger) AND at < ?
             AND sequence <= (SELECT max(sequence) FROM commands) - ? ORDER BY sequence LIMIT ?)`,
      )
      .get(before, kept, limits.commandExpiryChunk);
    if (due === undefined || due.last === null) return 0;
    database
      .prepare(
        `UPDATE commands SET body = NULL, decided = NULL, answer = NULL
         WHERE sequence > (SELECT bodies_expired_to FROM ledger) AND sequence <= ?`,
      )
      .run(due.last);
    database.prepare('UPDATE ledger SET bodies_expired_to = ?').run(due.last);
    return due.count;
  });
  return expire.immediate();
}
