// The page /items: what is kept in stock, found by the beginning of its SKU, with the movements of each.

import type { Bridge } from '../../../bridge/bridge.ts';
import type { DoorResult } from '../../../bridge/doors.ts';
import type { Column } from '../../shared/components/data-table.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { type ListPage, PAGE_ROWS } from '../../shared/page-list.ts';
import { texts } from '../../shared/texts.ts';
import { GoodsPage } from './goods-page.tsx';

const words = texts.items;

type Item = DoorResult<'client:items.list'>['items'][number];

const columns: readonly Column<Item>[] = [
  { id: 'sku', header: words.columns.sku, cell: (row) => <strong>{row.sku}</strong> },
  { id: 'name', header: words.columns.name, cell: (row) => row.name, wide: true },
  { id: 'unit', header: words.columns.unit, cell: (row) => row.unit },
  { id: 'decimals', header: words.columns.decimals, cell: (row) => row.decimals, align: 'end' },
  {
    id: 'state',
    header: words.columns.state,
    cell: (row) => (
      <Pill tone={row.active ? 'good' : 'neutral'}>{row.active ? words.active : words.inactive}</Pill>
    ),
  },
];

export function ItemsPage() {
  return (
    <GoodsPage
      words={words}
      icon="items"
      read={readItems}
      columns={columns}
      rowKey={(row) => row.id}
      itemOf={itemOf}
      count={words.count}
    />
  );
}

async function readItems(
  bridge: Bridge,
  prefix: string,
  after: string | undefined,
): Promise<ListPage<Item, string>> {
  const { items, next } = await bridge.client('items.list', {
    limit: PAGE_ROWS,
    ...(prefix === '' ? {} : { skuPrefix: prefix }),
    ...(after === undefined ? {} : { after }),
  });
  return { rows: items, next };
}

function itemOf(item: Item) {
  return { ...item, itemId: item.id };
}
