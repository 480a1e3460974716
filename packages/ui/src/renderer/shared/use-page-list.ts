// A list by pages for a component: read when it appears, anew when its question or the server's state changes.

import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Bridge } from '../../bridge/bridge.ts';
import { useBridge, useLinks } from './bridge-context.tsx';
import { type ListPage, PageList, type PageListState } from './page-list.ts';

export interface PageListView<Row> extends PageListState<Row> {
  readonly reload: () => void;
  readonly readMore: () => void;
}

/** @param read stable: made outside of the component, or by useCallback; another function is another question */
export function usePageList<Row, Cursor>(
  read: (bridge: Bridge, after: Cursor | undefined) => Promise<ListPage<Row, Cursor>>,
): PageListView<Row> {
  const bridge = useBridge();
  const { client, status } = useLinks();
  const list = useMemo(() => new PageList<Row, Cursor>((after) => read(bridge, after)), [bridge, read]);
  const situation = `${status?.core.pid} ${client}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another core, or the same one reached again, is asked again.
  useEffect(() => {
    void list.reload();
    return () => list.rest();
  }, [list, situation]);
  const state = useSyncExternalStore(list.subscribe, list.state);
  return useMemo(
    () => ({ ...state, reload: () => void list.reload(), readMore: () => void list.readMore() }),
    [state, list],
  );
}
