// What the pages /items and /stock are: a list of goods, found by the beginning of a SKU, with the movements of each.

import type { RowData } from '@tanstack/react-table';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Bridge } from '../../../bridge/bridge.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import type { Column } from '../../shared/components/data-table.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import type { IconName } from '../../shared/components/icon.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { PagedTable } from '../../shared/components/paged-table.tsx';
import type { ListPage } from '../../shared/page-list.ts';
import { texts } from '../../shared/texts.ts';
import { useLater } from '../../shared/use-later.ts';
import { usePageList } from '../../shared/use-page-list.ts';
import styles from './goods-page.module.css';
import { type ItemShown, MovementsDrawer, useMovements } from './movements-drawer.tsx';
import { SkuSearch } from './sku-search.tsx';

const words = texts.items;

interface GoodsPageProps<Row, Cursor> {
  readonly words: {
    readonly title: string;
    readonly lead: string;
    /** What is listed, and in which order. */
    readonly list: string;
    readonly none: string;
    readonly noneHint: string;
    readonly noneFits: (prefix: string) => string;
  };
  /** Of the empty list. */
  readonly icon: IconName;
  /** A page of what has this beginning of a SKU; all of it for ''. Made outside of the component, as the next three. */
  readonly read: (
    bridge: Bridge,
    prefix: string,
    after: Cursor | undefined,
  ) => Promise<ListPage<Row, Cursor>>;
  /** The last one, with the movements, comes by itself. */
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly itemOf: (row: Row) => ItemShown;
  /** How many there are. */
  readonly count: (shown: number, hasMore: boolean, isCut: boolean) => ReactNode;
}

export function GoodsPage<Row extends RowData, Cursor>(props: GoodsPageProps<Row, Cursor>) {
  const { words: own, icon, read, columns, rowKey, itemOf, count } = props;
  const [written, setWritten] = useState('');
  const prefix = useLater(written.trim());
  const list = usePageList(
    useCallback((bridge: Bridge, after: Cursor | undefined) => read(bridge, prefix, after), [read, prefix]),
  );
  const movements = useMovements();
  const { show } = movements;
  const allColumns = useMemo(
    () => [...columns, movementsColumn((row: Row) => itemOf(row), show)],
    [columns, itemOf, show],
  );
  return (
    <>
      <PageHeader title={own.title} note={own.lead} />
      <div className={styles.toolbar}>
        <SkuSearch label={words.search} hint={words.searchHint} value={written} onChange={setWritten} />
        <span role="status" className={styles.count}>
          {list.rows !== undefined && count(list.rows.length, list.hasMore, list.isCut)}
        </span>
      </div>
      <Card flush className={styles.list}>
        <PagedTable
          list={list}
          label={own.list}
          columns={allColumns}
          rowKey={rowKey}
          empty={
            prefix === '' ? (
              <EmptyState icon={icon} title={own.none}>
                {own.noneHint}
              </EmptyState>
            ) : (
              <EmptyState icon="search" title={own.noneFits(prefix)}>
                {words.noneFitsHint}
              </EmptyState>
            )
          }
        />
      </Card>
      <MovementsDrawer movements={movements} />
    </>
  );
}

function movementsColumn<Row>(
  itemOf: (row: Row) => ItemShown,
  onShow: (item: ItemShown) => void,
): Column<Row> {
  return {
    id: 'actions',
    header: words.columns.actions,
    align: 'end',
    cell: (row) => (
      <Button
        compact
        look="quiet"
        aria-label={words.movements.openOf(itemOf(row).sku)}
        onClick={() => onShow(itemOf(row))}
      >
        {words.movements.open}
      </Button>
    ),
  };
}
