// One item by its key, as every peer of the point reads looks it up.

import BetterSqlite3 from 'better-sqlite3';

/** Opens the database read-only; the returned function gives an item as our `items.get` answers it. */
export function openItemLookup(path: string): (id: string) => unknown {
  const database = new BetterSqlite3(path, { readonly: true });
  database.pragma('cache_size = -65536');
  const find = database.prepare<[string], { active: number }>(
    `SELECT id, sku, name, unit, decimals, active, default_lot_id AS defaultLotId, version FROM items WHERE id = ?`,
  );
  return (id) => {
    const row = find.get(id);
    return row === undefined ? null : { ...row, active: row.active === 1 };
  };
}
