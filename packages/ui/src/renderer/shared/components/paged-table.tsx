// A list that is read page by page, as a table: what could be read, and beside it why no more could be.

import type { RowData } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { PageListView } from '../use-page-list.ts';
import { type Column, DataTable } from './data-table.tsx';
import { DoorFailure } from './door-failure.tsx';
import styles from './paged-table.module.css';

interface PagedTableProps<Row> {
  readonly list: PageListView<Row>;
  /** What the table lists; read aloud. */
  readonly label: string;
  /** Stable: made outside of the component, or by useMemo. */
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly height?: 'tall' | 'fill';
  readonly empty: ReactNode;
}

export function PagedTable<Row extends RowData>({
  list,
  label,
  columns,
  rowKey,
  height = 'tall',
  empty,
}: PagedTableProps<Row>) {
  const { rows, hasMore, error, answeredAt, reload, readMore } = list;
  return (
    <>
      {error !== undefined && (
        <div className={styles.failure}>
          <DoorFailure error={error} onRetry={reload} answeredAt={answeredAt} />
        </div>
      )}
      {(rows !== undefined || error === undefined) && (
        <DataTable
          label={label}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          height={height}
          hasMore={hasMore}
          onEnd={readMore}
          empty={empty}
        />
      )}
    </>
  );
}
