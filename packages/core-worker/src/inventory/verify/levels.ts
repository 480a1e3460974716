// Checks the levels: each must be the sum of its lot's movements.

import { limits } from '@masala/protocol';
import type { Database } from '../../store/sqlite.ts';
import type { Walk } from '../verify.ts';
import type { Differences } from './differences.ts';

interface LotSum {
  readonly lotId: string;
  readonly quantity: number;
  readonly movements: number;
}

export function levelWalk(database: Database, differences: Differences): Walk {
  // From both tables: a level without a movement and a movement without a level are both looked at.
  const nextItem = database
    .prepare<{ last: string }, string | null>(
      `SELECT min(item_id) FROM (
         SELECT min(item_id) AS item_id FROM levels WHERE item_id > @last
         UNION ALL SELECT min(item_id) FROM movements WHERE item_id > @last)`,
    )
    .pluck();
  const levels = database.prepare<[string], { lotId: string; quantity: number }>(
    'SELECT lot_id AS lotId, quantity FROM levels WHERE item_id = ?',
  );
  const sums = database.prepare<[string], LotSum>(
    `SELECT lot_id AS lotId, sum(quantity) AS quantity, count(*) AS movements
     FROM movements WHERE item_id = ? GROUP BY lot_id`,
  );
  let lastItem = '';

  /** Gives how many lots it compared, and how many rows that took. */
  function checkItem(itemId: string): { compared: number; work: number } {
    const stored = new Map(levels.all(itemId).map(({ lotId, quantity }) => [lotId, quantity]));
    const unmoved = new Set(stored.keys());
    const moved = sums.all(itemId);
    let work = stored.size;
    for (const { lotId, quantity, movements } of moved) {
      const level = stored.get(lotId) ?? 0;
      unmoved.delete(lotId);
      work += movements;
      if (level !== quantity) {
        differences.add('level', `${itemId} ${lotId}`, `is ${level}, its movements sum to ${quantity}`);
      }
    }
    for (const lotId of unmoved) {
      const level = stored.get(lotId);
      if (level !== 0) differences.add('level', `${itemId} ${lotId}`, `is ${level}, and was never moved`);
    }
    return { compared: unmoved.size + moved.length, work };
  }

  return () => {
    let count = 0;
    let work = 0;
    while (work < limits.verifyChunkRows) {
      const itemId = nextItem.get({ last: lastItem }) ?? undefined;
      if (itemId === undefined) return { count, more: false };
      const checked = checkItem(itemId);
      count += checked.compared;
      work += 1 + checked.work;
      lastItem = itemId;
    }
    return { count, more: true };
  };
}
