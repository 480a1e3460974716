// The page /items: what is kept in stock, found by the beginning of its SKU, with the movements of each.

import { useCallback, useMemo, useState } from 'react';
import type { Bridge } from '../../../bridge/bridge.ts';
import type { DoorResult } from '../../../bridge/doors.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { type Column, DataTable } from '../../shared/components/data-table.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { type ListPage, PAGE_ROWS } from '../../shared/page-list.ts';
import { texts } from '../../shared/texts.ts';
import { useLater } from '../../shared/use-later.ts';
import { usePageList } from '../../shared/use-page-list.ts';
import styles from './items-page.module.css';
import { MovementsDrawer, useMovements } from './movements-drawer.tsx';
import { SkuSearch } from './sku-search.tsx';

const words = texts.items;

type Item = DoorResult<'client:items.list'>['items'][number];

export function ItemsPage() {
  const [written, setWritten] = useState('');
  const prefix = useLater(written.trim());
  const read = useCallback(
    async (bridge: Bridge, after: string | undefined): Promise<ListPage<Item, string>> => {
      const { items, next } = await bridge.client('items.list', {
        limit: PAGE_ROWS,
        ...(prefix === '' ? {} : { skuPrefix: prefix }),
        ...(after === undefined ? {} : { after }),
      });
      return { rows: items, next };
    },
    [prefix],
  );
  const list = usePageList(read);
  const movements = useMovements();
  const { show } = movements;
  const columns = useMemo(() => itemColumns((item) => show({ ...item, itemId: item.id })), [show]);
  return (
    <>
      <PageHeader title={words.title} note={words.lead} />
      <div className={styles.toolbar}>
        <SkuSearch label={words.search} hint={words.searchHint} value={written} onChange={setWritten} />
        <span role="status" className={styles.count}>
          {list.rows !== undefined && words.count(list.rows.length, list.hasMore)}
        </span>
      </div>
      <Card flush className={styles.list}>
        {list.error !== undefined && (
          <div className={styles.failure}>
            <DoorFailure error={list.error} onRetry={list.reload} />
          </div>
        )}
        {(list.rows !== undefined || list.error === undefined) && (
          <DataTable
            label={words.list}
            columns={columns}
            rows={list.rows}
            rowKey={(row) => row.id}
            height="tall"
            onEnd={list.readMore}
            empty={<NoItems prefix={prefix} />}
          />
        )}
      </Card>
      <MovementsDrawer movements={movements} />
    </>
  );
}

function NoItems({ prefix }: { readonly prefix: string }) {
  if (prefix === '') {
    return (
      <EmptyState icon="items" title={words.none}>
        {words.noneHint}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="search" title={words.noneFits(prefix)}>
      {words.noneFitsHint}
    </EmptyState>
  );
}

function itemColumns(onShow: (item: Item) => void): readonly Column<Item>[] {
  return [
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
    {
      id: 'actions',
      header: words.columns.actions,
      align: 'end',
      cell: (row) => (
        <Button compact look="quiet" aria-label={words.movements.openOf(row.sku)} onClick={() => onShow(row)}>
          {words.movements.open}
        </Button>
      ),
    },
  ];
}
