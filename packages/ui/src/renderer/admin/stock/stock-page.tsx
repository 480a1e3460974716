// The page /stock: what is there now by item and lot, kept true while people book.

import type { Bridge } from '../../../bridge/bridge.ts';
import type { Column } from '../../shared/components/data-table.tsx';
import { type ListPage, PAGE_ROWS } from '../../shared/page-list.ts';
import { quantityText } from '../../shared/quantity.ts';
import { texts } from '../../shared/texts.ts';
import { GoodsPage } from '../items/goods-page.tsx';
import { FOUND_ITEMS_MAX, findStock, type StockRow } from './stock-search.ts';

const words = texts.stock;

const columns: readonly Column<StockRow>[] = [
  { id: 'sku', header: words.columns.sku, cell: (row) => <strong>{row.sku}</strong> },
  { id: 'name', header: words.columns.name, cell: (row) => row.name, wide: true },
  { id: 'lot', header: words.columns.lot, cell: (row) => row.lotNumber ?? words.noLot },
  {
    id: 'quantity',
    header: words.columns.quantity,
    cell: (row) => quantityText(row.quantity, row.decimals),
    align: 'end',
  },
  { id: 'unit', header: words.columns.unit, cell: (row) => row.unit },
];

export function StockPage() {
  return (
    <GoodsPage
      words={words}
      icon="stock"
      read={readStock}
      columns={columns}
      rowKey={(row) => `${row.itemId} ${row.lotId}`}
      itemOf={itemOf}
      count={(shown, hasMore, isCut) =>
        isCut ? words.firstItems(FOUND_ITEMS_MAX) : words.count(shown, hasMore)
      }
    />
  );
}

async function readStock(
  bridge: Bridge,
  prefix: string,
  after: string | undefined,
): Promise<ListPage<StockRow, string>> {
  if (prefix !== '') return await findStock(bridge, prefix);
  return await bridge.client('stock.onHand', {
    limit: PAGE_ROWS,
    ...(after === undefined ? {} : { after }),
  });
}

function itemOf(row: StockRow) {
  return row;
}
