// An item's movements in a drawer: how what is in stock came about, newest first.

import { useCallback, useMemo, useState } from 'react';
import type { Bridge } from '../../../bridge/bridge.ts';
import type { DoorResult } from '../../../bridge/doors.ts';
import { useDoor } from '../../shared/bridge-context.tsx';
import type { Column } from '../../shared/components/data-table.tsx';
import { Drawer } from '../../shared/components/drawer.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PagedTable } from '../../shared/components/paged-table.tsx';
import { formats } from '../../shared/formats.ts';
import { type ListPage, PAGE_ROWS } from '../../shared/page-list.ts';
import { quantityText } from '../../shared/quantity.ts';
import { texts } from '../../shared/texts.ts';
import { usePageList } from '../../shared/use-page-list.ts';
import styles from './movements-drawer.module.css';

const words = texts.items.movements;

type Movement = DoorResult<'client:stock.movements'>['movements'][number];

export interface ItemShown {
  readonly itemId: string;
  readonly sku: string;
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
}

export interface Movements {
  /** Stays while the drawer closes. */
  readonly item: ItemShown | undefined;
  readonly isOpen: boolean;
  readonly show: (item: ItemShown) => void;
  readonly setOpen: (open: boolean) => void;
}

/** Which item's movements a page shows. */
export function useMovements(): Movements {
  const [item, setItem] = useState<ItemShown>();
  const [isOpen, setOpen] = useState(false);
  const show = useCallback((shown: ItemShown) => {
    setItem(shown);
    setOpen(true);
  }, []);
  return { item, isOpen, show, setOpen };
}

export function MovementsDrawer({ movements }: { readonly movements: Movements }) {
  const { item, isOpen, setOpen } = movements;
  if (item === undefined) return null;
  return (
    <Drawer
      hasOwnScroll
      open={isOpen}
      onOpenChange={setOpen}
      title={words.title(item.sku)}
      note={
        <>
          {item.name} · <OnHand item={item} />
        </>
      }
    >
      <MovementList item={item} />
    </Drawer>
  );
}

function OnHand({ item }: { readonly item: ItemShown }) {
  const { data } = useDoor('client:stock.onHand', { itemId: item.itemId, limit: 1 }, { isLive: true });
  if (data === undefined || data.quantity === null) return null;
  return (
    <>
      {words.onHand}: {quantityText(data.quantity, item.decimals)} {item.unit}
    </>
  );
}

function MovementList({ item }: { readonly item: ItemShown }) {
  const { itemId, decimals } = item;
  const read = useCallback(
    async (bridge: Bridge, after: number | undefined): Promise<ListPage<Movement, number>> => {
      const page = await bridge.client('stock.movements', {
        itemId,
        limit: PAGE_ROWS,
        ...(after === undefined ? {} : { after }),
      });
      return { rows: page.movements, next: page.next };
    },
    [itemId],
  );
  const list = usePageList(read);
  const columns = useMemo(() => movementColumns(decimals), [decimals]);
  return (
    <PagedTable
      list={list}
      label={words.list}
      height="fill"
      columns={columns}
      rowKey={(row) => `${row.sequence} ${row.line} ${row.lotId}`}
      empty={
        <EmptyState icon="stock" title={words.none}>
          {words.noneHint}
        </EmptyState>
      }
    />
  );
}

function movementColumns(decimals: number): readonly Column<Movement>[] {
  return [
    { id: 'at', header: words.columns.at, cell: (row) => formats.dateTime(row.at) },
    {
      id: 'document',
      header: words.columns.document,
      cell: (row) => words.kinds[row.documentKind] ?? row.documentKind,
      wide: true,
    },
    { id: 'number', header: words.columns.number, cell: (row) => row.documentNumber },
    {
      id: 'quantity',
      header: words.columns.quantity,
      align: 'end',
      cell: (row) => (
        <span className={row.quantity < 0 ? styles.out : styles.in}>
          {row.quantity > 0 && '+'}
          {quantityText(row.quantity, decimals)}
        </span>
      ),
    },
  ];
}
