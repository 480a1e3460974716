// A list by pages for a component: read when it appears, anew when its question, the data or the server's state changes.

import { useMemo } from 'react';
import type { Bridge, BridgeError } from '../../bridge/bridge.ts';
import { pageClock, useBridge, useBridgeEvents, usePoll } from './bridge-context.tsx';
import { type ListPage, PageList } from './page-list.ts';

export interface PageListView<Row> {
  /** Undefined before the first page. */
  readonly rows: readonly Row[] | undefined;
  readonly hasMore: boolean;
  /** There would be more rows, but no page with them. */
  readonly isCut: boolean;
  /** UTC ms when the rows came. */
  readonly answeredAt: number | undefined;
  /** Why they could not be read anew; what was read before stays. */
  readonly error: BridgeError | undefined;
  readonly reload: () => void;
  readonly readMore: () => void;
}

/** @param read stable: made outside of the component, or by useCallback; another function is another question */
export function usePageList<Row, Cursor>(
  read: (bridge: Bridge, after: Cursor | undefined) => Promise<ListPage<Row, Cursor>>,
): PageListView<Row> {
  const bridge = useBridge();
  const list = useMemo(
    () => new PageList<Row, Cursor>({ read: (after) => read(bridge, after), clock: pageClock }),
    [bridge, read],
  );
  const { data, answeredAt, error, reload } = usePoll(list);
  useBridgeEvents((event) => {
    if (event.type === 'client') list.changed();
  });
  return useMemo(
    () => ({
      rows: data?.rows,
      hasMore: data !== undefined && data.next !== null,
      isCut: data?.isCut === true,
      answeredAt,
      error,
      reload,
      readMore: list.readMore,
    }),
    [data, answeredAt, error, reload, list],
  );
}
