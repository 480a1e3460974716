// Finds stock by the beginning of a SKU: the contract lists stock by item, so the items are found first.

import type { Bridge } from '../../../bridge/bridge.ts';
import type { DoorResult } from '../../../bridge/doors.ts';
import type { ListPage } from '../../shared/page-list.ts';

export type StockRow = DoorResult<'client:stock.onHand'>['rows'][number];

/** As many as one looks through; each is a question of its own. */
export const FOUND_ITEMS_MAX = 20;

type StockReads = Pick<Bridge, 'client'>;

/** In the order of SKUs; an item without stock has no row. It is cut where more items fit than are looked at. Rejects with a BridgeError. */
export async function findStock(bridge: StockReads, skuPrefix: string): Promise<ListPage<StockRow, never>> {
  const { items, next } = await bridge.client('items.list', { skuPrefix, limit: FOUND_ITEMS_MAX });
  const answers = await Promise.all(items.map(({ id }) => bridge.client('stock.onHand', { itemId: id })));
  return { rows: answers.flatMap(({ rows }) => rows), next: null, isCut: next !== null };
}
