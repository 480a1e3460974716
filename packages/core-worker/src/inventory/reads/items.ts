// Reads of units and items.

import { limits, MasalaError } from '@masala/protocol';
import type { ReadHandlers } from '../../rpc/handlers.ts';
import type { Database } from '../../store/sqlite.ts';
import { ITEM_COLUMNS, type ItemRow, itemOf } from '../records.ts';
import { checkExactlyOne, foldCase, pageOf, pageSize, paramsInvalid, prefixRange } from './pages.ts';

export function itemReads(database: Database): ReadHandlers<'units.list' | 'items.get' | 'items.list'> {
  const units = database.prepare<[number], { code: string; name: string }>(
    'SELECT code, name FROM units ORDER BY code LIMIT ?',
  );
  const byId = database.prepare<[string], ItemRow>(`SELECT ${ITEM_COLUMNS} FROM items WHERE id = ?`);
  const bySku = database.prepare<[string], ItemRow>(`SELECT ${ITEM_COLUMNS} FROM items WHERE sku = ?`);
  const from = database.prepare<[string, string | Buffer, number], ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM items WHERE sku >= ? AND sku < ? ORDER BY sku LIMIT ?`,
  );
  const after = database.prepare<[string, string | Buffer, number], ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM items WHERE sku > ? AND sku < ? ORDER BY sku LIMIT ?`,
  );

  return {
    'units.list': () => ({ units: units.all(limits.unitsMax) }),

    'items.get': ({ id, sku }) => {
      checkExactlyOne('id', id, 'sku', sku);
      const row = id === undefined ? bySku.get(sku ?? '') : byId.get(id);
      if (row === undefined) throw new MasalaError('NOT_FOUND', id === undefined ? { sku } : { id });
      return itemOf(row);
    },

    'items.list': ({ skuPrefix = '', after: cursor, limit }) => {
      if (cursor !== undefined && !foldCase(cursor).startsWith(foldCase(skuPrefix))) {
        throw paramsInvalid('after', 'must be the next of a page with the same skuPrefix');
      }
      const size = pageSize(limit);
      const range = prefixRange(skuPrefix);
      const read =
        cursor === undefined
          ? from.all(range.from, range.to, size + 1)
          : after.all(cursor, range.to, size + 1);
      const { rows, next } = pageOf(read, size, ({ sku }) => sku);
      return { items: rows.map(itemOf), next };
    },
  };
}
