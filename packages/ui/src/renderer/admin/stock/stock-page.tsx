// The page /stock: what is there now by item and lot, kept true while people book.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Bridge } from '../../../bridge/bridge.ts';
import { useBridgeEvents } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { type Column, DataTable } from '../../shared/components/data-table.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { type ListPage, PAGE_ROWS } from '../../shared/page-list.ts';
import { quantityText } from '../../shared/quantity.ts';
import { texts } from '../../shared/texts.ts';
import { useLater } from '../../shared/use-later.ts';
import { usePageList } from '../../shared/use-page-list.ts';
import styles from '../items/items-page.module.css';
import { MovementsDrawer, useMovements } from '../items/movements-drawer.tsx';
import { SkuSearch } from '../items/sku-search.tsx';
import { FOUND_ITEMS_MAX, findStock, type StockRow } from './stock-search.ts';

const words = texts.stock;

/** Under load stock changes a hundred times a second; a reader follows one new picture in two. */
const REREAD_AFTER_MS = 2_000;

export function StockPage() {
  const [written, setWritten] = useState('');
  const prefix = useLater(written.trim());
  const [isCut, setCut] = useState(false);
  const read = useCallback(
    async (bridge: Bridge, after: string | undefined): Promise<ListPage<StockRow, string>> => {
      if (prefix !== '') {
        const found = await findStock(bridge, prefix);
        setCut(found.isCut);
        return { rows: found.rows, next: null };
      }
      setCut(false);
      return await bridge.client('stock.onHand', {
        limit: PAGE_ROWS,
        ...(after === undefined ? {} : { after }),
      });
    },
    [prefix],
  );
  const list = usePageList(read);
  useStockChanges(list.reload);
  const movements = useMovements();
  const { show } = movements;
  const columns = useMemo(() => stockColumns(show), [show]);
  return (
    <>
      <PageHeader title={words.title} note={words.lead} />
      <div className={styles.toolbar}>
        <SkuSearch label={words.search} hint={words.searchHint} value={written} onChange={setWritten} />
        <span role="status" className={styles.count}>
          {list.rows !== undefined &&
            (isCut ? words.firstItems(FOUND_ITEMS_MAX) : words.count(list.rows.length, list.hasMore))}
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
            rowKey={(row) => `${row.itemId} ${row.lotId}`}
            height="tall"
            onEnd={list.readMore}
            empty={<NoStock prefix={prefix} />}
          />
        )}
      </Card>
      <MovementsDrawer movements={movements} />
    </>
  );
}

/** Reads anew some time after a change; changes that come meanwhile are in that reading. */
function useStockChanges(reload: () => void): void {
  const timer = useRef<number>(undefined);
  const latest = useRef(reload);
  useEffect(() => {
    latest.current = reload;
  });
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  useBridgeEvents((event) => {
    if (event.type !== 'client' || timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, REREAD_AFTER_MS);
  });
}

function NoStock({ prefix }: { readonly prefix: string }) {
  if (prefix === '') {
    return (
      <EmptyState icon="stock" title={words.none}>
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

function stockColumns(onShow: (row: StockRow) => void): readonly Column<StockRow>[] {
  return [
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
    {
      id: 'actions',
      header: words.columns.actions,
      align: 'end',
      cell: (row) => (
        <Button
          compact
          look="quiet"
          aria-label={texts.items.movements.openOf(row.sku)}
          onClick={() => onShow(row)}
        >
          {texts.items.movements.open}
        </Button>
      ),
    },
  ];
}
