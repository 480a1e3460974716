// All reads of the inventory that need no scan: the main thread answers them on its read-only connection.

import type { DocumentAction, DocumentArea, ReadName } from '@masala/protocol';
import type { ReadHandlers } from '../rpc/handlers.ts';
import type { Database } from '../store/sqlite.ts';
import { documentReads } from './reads/documents.ts';
import { itemReads } from './reads/items.ts';
import { partnerReads } from './reads/partners.ts';
import { stockReads } from './reads/stock.ts';

export type InventoryReadName =
  | Extract<ReadName, 'units.list' | `items.${string}` | `partners.${string}`>
  | `${DocumentArea}.${Extract<DocumentAction, 'get' | 'list'>}`
  | 'stock.onHand'
  | 'stock.movements';

/** The handlers of point reads and short indexed lists; their statements are prepared here, once for the connection. */
export function inventoryReads(database: Database): ReadHandlers<InventoryReadName> {
  const documents = documentReads(database);
  const receipts = documents('receipt');
  const dispatches = documents('dispatch');
  const returns = documents('return');
  const adjustments = documents('adjustment');
  return {
    ...itemReads(database),
    ...partnerReads(database),
    ...stockReads(database),
    'receipts.get': receipts.get,
    'receipts.list': receipts.list,
    'dispatches.get': dispatches.get,
    'dispatches.list': dispatches.list,
    'returns.get': returns.get,
    'returns.list': returns.list,
    'adjustments.get': adjustments.get,
    'adjustments.list': adjustments.list,
  };
}
