// Tables: a real table for every reader, sorted by TanStack Table; long ones draw only the rows in sight (TanStack Virtual).

import {
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { classes } from '../classes.ts';
import { texts } from '../texts.ts';
import styles from './data-table.module.css';
import { Icon } from './icon.tsx';
import { SkeletonLines } from './skeleton.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Makes the column sortable: by this value, null last. */
  readonly sortBy?: (row: Row) => string | number | null;
  /** Numbers stand at the end. */
  readonly align?: 'start' | 'end';
  /** Takes what is left of the width. */
  readonly wide?: boolean;
  /** Its content is as large as the cell: a button that is easy to hit. */
  readonly fills?: boolean;
}

interface DataTableProps<Row> {
  /** What the table lists; read aloud. */
  readonly label: string;
  /** Stable: made outside of the component, or by useMemo. */
  readonly columns: readonly Column<Row>[];
  /** Undefined while they load. */
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  /** Instead of the table where there are no rows. */
  readonly empty: ReactNode;
  readonly sortedBy?: { readonly id: string; readonly desc?: boolean };
  /**
   * Scrolls by itself in a frame of this height, `fill`: of what stands around it. Else it is as high as its rows (at most
   * VIRTUAL_FROM of them).
   */
  readonly height?: 'medium' | 'tall' | 'fill';
  /** Where it has no room its rows become blocks: for tables whose rows have buttons. */
  readonly stacks?: boolean;
  /** Whether rows follow that are not loaded yet. */
  readonly hasMore?: boolean;
  /** The last row is in sight: the place to load more. Called again for every further list that ends in sight; stable. */
  readonly onEnd?: () => void;
  /** Whether the reader has left the first row; stable. */
  readonly onScrolled?: (isScrolled: boolean) => void;
}

/** Up to here drawing all of them is quicker than working out which are in sight. */
const VIRTUAL_FROM = 60;
/** A row of one line; rows that are higher are measured. */
const ROW_HEIGHT_PX = 45;
/** Heights that are remembered beyond the list's own rows: of a list that moves on for days they are let go. */
const HEIGHTS_SPARE = 1_000;

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowKey,
    empty,
    sortedBy,
    height,
    stacks,
    hasMore = false,
    onEnd,
    onScrolled,
  } = props;
  const [sorting, setSorting] = useState<SortingState>(
    sortedBy === undefined ? [] : [{ id: sortedBy.id, desc: sortedBy.desc ?? false }],
  );
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const data = useMemo(() => (rows === undefined ? [] : [...rows]), [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowKey,
    state: { sorting },
    onSortingChange: setSorting,
  });
  const sorted = table.getRowModel().rows;

  const frame = useRef<HTMLElement>(null);
  const [isScrolled, setScrolled] = useState(false);
  useEffect(() => onScrolled?.(isScrolled), [isScrolled, onScrolled]);
  const isVirtual = sorted.length > VIRTUAL_FROM;
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT_PX,
    getItemKey: (index) => sorted[index]?.id ?? index,
    // Who reads further down keeps the row that he reads, whatever comes above it; who is at the top sees what is new.
    anchorTo: isScrolled ? 'end' : 'start',
    overscan: 12,
    enabled: isVirtual,
  });
  useEffect(() => {
    const heights = virtual.itemSizeCache;
    if (heights.size <= sorted.length + HEIGHTS_SPARE) return;
    const known = new Set<unknown>(sorted.map((row) => row.id));
    for (const id of heights.keys()) if (!known.has(id)) heights.delete(id);
  }, [virtual, sorted]);
  const inSight = virtual.getVirtualItems();
  const first = isVirtual ? (inSight[0]?.index ?? 0) : 0;
  const last = isVirtual ? (inSight.at(-1)?.index ?? -1) : sorted.length - 1;
  const above = isVirtual ? (inSight[0]?.start ?? 0) : 0;
  const below = isVirtual ? virtual.getTotalSize() - (inSight.at(-1)?.end ?? 0) : 0;

  const endedWith = hasMore && last === sorted.length - 1 ? data : null;
  useEffect(() => {
    if (endedWith !== null) onEnd?.();
  }, [endedWith, onEnd]);

  if (rows !== undefined && rows.length === 0) return empty;
  return (
    <section
      ref={frame}
      className={classes(
        styles.frame,
        styles[height ?? (isVirtual ? 'tall' : 'free')],
        isVirtual && styles.virtual,
        stacks && styles.stacking,
      )}
      onScroll={(event) => setScrolled(event.currentTarget.scrollTop > 0)}
      aria-label={texts.everywhere.tableOf(label)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reached by the keyboard.
      tabIndex={0}
    >
      <table
        className={styles.table}
        aria-label={label}
        // Unknown as long as more can be loaded.
        aria-rowcount={hasMore ? -1 : sorted.length + 1}
        aria-busy={rows === undefined}
      >
        <thead className={styles.head}>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <HeaderCell
                key={column.id}
                column={column}
                sorting={sorting.find((entry) => entry.id === column.id)}
                onSort={(desc) => setSorting([{ id: column.id, desc }])}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === undefined && (
            <tr>
              <td className={styles.cell} colSpan={columns.length}>
                <span className="visually-hidden">{texts.everywhere.loading}</span>
                <SkeletonLines lines={4} />
              </td>
            </tr>
          )}
          {above > 0 && <Spacer height={above} columns={columns.length} />}
          {sorted.slice(first, last + 1).map((row, offset) => (
            <tr
              key={row.id}
              ref={isVirtual ? virtual.measureElement : undefined}
              data-index={first + offset}
              aria-rowindex={first + offset + 2}
              className={styles.row}
            >
              {columns.map((column) => (
                <td
                  key={column.id}
                  data-head={column.header}
                  className={classes(
                    styles.cell,
                    column.align === 'end' && styles.end,
                    column.wide && styles.wide,
                    column.fills && styles.filled,
                  )}
                >
                  {column.cell(row.original)}
                </td>
              ))}
            </tr>
          ))}
          {below > 0 && <Spacer height={below} columns={columns.length} />}
          {rows !== undefined && hasMore && (
            <tr>
              <td className={classes(styles.cell, styles.more)} colSpan={columns.length}>
                {texts.everywhere.loadingMore}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

type Features = typeof features;

function definitionOf<Row extends RowData>(column: Column<Row>): ColumnDef<Features, Row> {
  const { id, header, sortBy } = column;
  return {
    id,
    header,
    accessorFn: (row: Row) => sortBy?.(row) ?? undefined,
    enableSorting: sortBy !== undefined,
    sortFn: (left, right) =>
      sortBy === undefined ? 0 : compare(sortBy(left.original), sortBy(right.original)),
    // Whichever way the others go.
    sortUndefined: 'last',
  };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compare(left: string | number | null, right: string | number | null): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return collator.compare(String(left ?? ''), String(right ?? ''));
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: { readonly desc: boolean } | undefined;
  readonly onSort: (desc: boolean) => void;
}

function HeaderCell<Row>({ column, sorting, onSort }: HeaderCellProps<Row>) {
  const place = classes(styles.header, column.align === 'end' && styles.end);
  if (column.sortBy === undefined) {
    return (
      <th scope="col" className={place}>
        {column.header}
      </th>
    );
  }
  const direction = sorting === undefined ? 'none' : sorting.desc ? 'descending' : 'ascending';
  return (
    <th scope="col" className={place} aria-sort={direction}>
      <button
        type="button"
        className={styles.sort}
        onClick={() => onSort(sorting === undefined ? false : !sorting.desc)}
      >
        {column.header}
        <Icon name={sorting === undefined ? 'sort' : sorting.desc ? 'chevronDown' : 'chevronUp'} />
      </button>
    </th>
  );
}

/** Stands for the rows out of sight. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a row of nothing is none to who hears the table.
    <tr role="presentation">
      <td colSpan={columns} className={styles.spacer} style={{ height: `${height}px` }} />
    </tr>
  );
}
