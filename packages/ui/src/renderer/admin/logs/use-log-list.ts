// The log viewer's lines: read for its filters, older ones on demand, newer ones while it follows.

import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LogQuery } from '../../../bridge/logs.ts';
import { useBridge } from '../../shared/bridge-context.tsx';
import { watchVisibility } from '../../shared/page-visibility.ts';
import { type LogLines, LogReader } from './log-reader.ts';

/** A reader sees a line as soon as it can be read; the file's end is in memory anyway. */
const FOLLOW_EVERY_MS = 1_500;

export interface LogListView extends LogLines {
  readonly reload: () => void;
  readonly readOlder: () => void;
}

/** @param query stable as long as it asks the same */
export function useLogList(query: LogQuery, isFollowing: boolean): LogListView {
  const bridge = useBridge();
  const reader = useMemo(
    () =>
      new LogReader((before) =>
        bridge.host('logs.read', before === undefined ? query : { ...query, before }),
      ),
    [bridge, query],
  );
  useEffect(() => {
    void reader.reload();
    return () => reader.rest();
  }, [reader]);
  useEffect(() => {
    if (!isFollowing) return;
    let timer: number | undefined;
    const stopWatching = watchVisibility((isVisible) => {
      window.clearInterval(timer);
      if (isVisible) timer = window.setInterval(() => void reader.readNewer(), FOLLOW_EVERY_MS);
    });
    return () => {
      stopWatching();
      window.clearInterval(timer);
    };
  }, [reader, isFollowing]);
  const state = useSyncExternalStore(reader.subscribe, reader.state);
  return useMemo(
    () => ({ ...state, reload: () => void reader.reload(), readOlder: () => void reader.readOlder() }),
    [state, reader],
  );
}
