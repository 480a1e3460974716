// Reads of stock: what there is of which item and lot, and how it came about.

import { INTEGER_MAX, MasalaError, type Movement, type StaticOf, type StockRow } from '@masala/protocol';
import type { ReadHandlers } from '../../rpc/handlers.ts';
import type { Database } from '../../store/sqlite.ts';
import { pageOf, pageSize, paramsInvalid } from './pages.ts';

type OnHandRow = StaticOf<typeof StockRow>;
type MovementRow = StaticOf<typeof Movement>;

// CROSS JOIN keeps SQLite to this order of tables, in which the rows come sorted and a page reads no more than it shows.
const ON_HAND = `
  SELECT items.id AS itemId, sku, name, unit, decimals, lot_id AS lotId, lots.number AS lotNumber, quantity
  FROM items CROSS JOIN levels ON levels.item_id = items.id CROSS JOIN lots ON lots.id = levels.lot_id`;

export function stockReads(database: Database): ReadHandlers<'stock.onHand' | 'stock.movements'> {
  const itemId = database.prepare<[string], string>('SELECT id FROM items WHERE id = ?').pluck();
  const itemIdOfSku = database.prepare<[string], string>('SELECT id FROM items WHERE sku = ?').pluck();
  const sum = database
    .prepare<[string], number>('SELECT coalesce(sum(quantity), 0) FROM levels WHERE item_id = ?')
    .pluck();
  const ofItem = database.prepare<[string, string, number], OnHandRow>(
    `${ON_HAND} WHERE items.id = ? AND lot_id > ? ORDER BY lot_id LIMIT ?`,
  );
  const ofAll = database.prepare<{ sku: string; lotId: string; limit: number }, OnHandRow>(
    `${ON_HAND} WHERE sku >= @sku AND (sku > @sku OR lot_id > @lotId) ORDER BY sku, lot_id LIMIT @limit`,
  );
  const movements = database.prepare<[string, number, number], MovementRow>(
    `SELECT sequence, item_id AS itemId, lot_id AS lotId, quantity, at, document_id AS documentId,
       kind AS documentKind, number AS documentNumber, line
     FROM movements CROSS JOIN documents ON documents.id = document_id
     WHERE item_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
  );

  // One transaction: a save between the two reads would give a sum that its rows do not have.
  const readItem = database.transaction((id: string, lotId: string, limit: number) => {
    return { quantity: sum.get(id) ?? 0, read: ofItem.all(id, lotId, limit) };
  });

  return {
    'stock.onHand': ({ itemId: askedId, sku, after, limit }) => {
      if (askedId !== undefined && sku !== undefined)
        throw paramsInvalid('sku', 'give itemId or sku, not both');
      const size = pageSize(limit);
      const cursor = readCursor(after);
      if (askedId === undefined && sku === undefined) {
        const page = pageOf(ofAll.all({ ...cursor, limit: size + 1 }), size, writeCursor);
        return { quantity: null, ...page };
      }
      const id = askedId === undefined ? itemIdOfSku.get(sku ?? '') : itemId.get(askedId);
      if (id === undefined)
        throw new MasalaError('NOT_FOUND', askedId === undefined ? { sku } : { itemId: askedId });
      const { quantity, read } = readItem(id, cursor.lotId, size + 1);
      return { quantity, ...pageOf(read, size, writeCursor) };
    },

    'stock.movements': ({ itemId: askedId, after = INTEGER_MAX, limit }) => {
      if (itemId.get(askedId) === undefined) throw new MasalaError('NOT_FOUND', { itemId: askedId });
      const size = pageSize(limit);
      const { rows, next } = pageOf(
        movements.all(askedId, after, size + 1),
        size,
        ({ sequence }) => sequence,
      );
      return { movements: rows, next };
    },
  };
}

/** A lot's id and its item's SKU, a space between: the SKU comes last, since it may hold anything. */
const CURSOR = /^([0-9a-f-]{36}) (.+)$/su;

function writeCursor({ lotId, sku }: OnHandRow): string {
  return `${lotId} ${sku}`;
}

function readCursor(after: string | undefined): { lotId: string; sku: string } {
  if (after === undefined) return { lotId: '', sku: '' };
  const [, lotId, sku] = CURSOR.exec(after) ?? [];
  if (lotId === undefined || sku === undefined)
    throw paramsInvalid('after', 'must be the next of a page before');
  return { lotId, sku };
}
