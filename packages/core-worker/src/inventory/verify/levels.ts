// Checks the levels: each must be the sum of its lot's movements, and none may be missing.

import { limits } from '@masala/protocol';
import type { Database } from '../../store/sqlite.ts';
import type { Walk } from '../verify.ts';
import type { Differences } from './differences.ts';

interface StoredLevel {
  readonly lotId: string;
  readonly quantity: number;
  /** The item that the lot itself names; null where there is no such lot. */
  readonly itemOfLot: string | null;
}

interface LotSum {
  readonly lotId: string;
  readonly quantity: number;
  readonly movements: number;
}

export function levelWalk(database: Database, differences: Differences): Walk {
  // From all tables: a level without a movement, a movement without a level and an item without either are looked at.
  const nextItem = database
    .prepare<{ last: string }, string | null>(
      `SELECT min(item_id) FROM (
         SELECT min(item_id) AS item_id FROM levels WHERE item_id > @last
         UNION ALL SELECT min(item_id) FROM movements WHERE item_id > @last
         UNION ALL SELECT min(id) FROM items WHERE id > @last)`,
    )
    .pluck();
  const levels = database.prepare<[string], StoredLevel>(
    `SELECT levels.lot_id AS lotId, quantity, lots.item_id AS itemOfLot
     FROM levels LEFT JOIN lots ON lots.id = levels.lot_id WHERE levels.item_id = ?`,
  );
  const defaultLot = database
    .prepare<[string], string>('SELECT default_lot_id FROM items WHERE id = ?')
    .pluck();
  const sums = database.prepare<[string], LotSum>(
    `SELECT lot_id AS lotId, sum(quantity) AS quantity, count(*) AS movements
     FROM movements WHERE item_id = ? GROUP BY lot_id`,
  );
  let lastItem = '';

  /** Gives how many lots it compared, and how many rows that took. */
  function checkItem(itemId: string): { compared: number; work: number } {
    const stored = new Map(levels.all(itemId).map((level) => [level.lotId, level]));
    const moved = new Map(sums.all(itemId).map((sum) => [sum.lotId, sum]));
    const lots = new Set([...stored.keys(), ...moved.keys()]);
    // An item has a level of its default lot from its birth, so that lists of the stock find it.
    const always = defaultLot.get(itemId);
    if (always !== undefined) lots.add(always);
    let work = stored.size;
    for (const lotId of lots) {
      const sum = moved.get(lotId);
      work += sum?.movements ?? 0;
      const reason = levelProblem(itemId, stored.get(lotId), sum);
      if (reason !== undefined) differences.add('level', `${itemId} ${lotId}`, reason);
    }
    return { compared: lots.size, work };
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

/** What is wrong with the level of a lot, or undefined. Pure. */
function levelProblem(
  itemId: string,
  level: StoredLevel | undefined,
  sum: LotSum | undefined,
): string | undefined {
  if (level === undefined) return `is missing, its movements sum to ${sum?.quantity ?? 0}`;
  const { quantity, itemOfLot } = level;
  if (sum === undefined && quantity !== 0) return `is ${quantity}, and was never moved`;
  if (sum !== undefined && quantity !== sum.quantity)
    return `is ${quantity}, its movements sum to ${sum.quantity}`;
  // Of a lot that is missing the check of foreign keys tells.
  return itemOfLot === null || itemOfLot === itemId ? undefined : 'is of a lot of another item';
}
