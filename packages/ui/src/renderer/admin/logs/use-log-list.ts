// The log viewer's lines for a component: read for its filters, older ones on demand, newer ones while it follows.

import { useEffect, useMemo } from 'react';
import type { BridgeError } from '../../../bridge/bridge.ts';
import type { LogQuery } from '../../../bridge/logs.ts';
import { pageClock, useBridge, usePoll } from '../../shared/bridge-context.tsx';
import { type LogList, nothingRead } from './log-lines.ts';
import { LogReader } from './log-reader.ts';

export interface LogListView extends LogList {
  /** Nothing is there to show yet, and it is being looked for. */
  readonly isLoading: boolean;
  readonly error: BridgeError | undefined;
  readonly answeredAt: number | undefined;
  /** The newest lines, whatever was read before. */
  readonly reload: () => void;
  readonly readOlder: () => void;
}

/** @param query stable as long as it asks the same */
export function useLogList(query: LogQuery, isFollowing: boolean): LogListView {
  const bridge = useBridge();
  const reader = useMemo(
    () =>
      new LogReader({
        read: (before) => bridge.host('logs.read', before === undefined ? query : { ...query, before }),
        clock: pageClock,
      }),
    [bridge, query],
  );
  useEffect(() => reader.follow(isFollowing), [reader, isFollowing]);
  const { data = nothingRead, error, answeredAt, reload } = usePoll(reader);
  return useMemo(
    () => ({
      ...data,
      isLoading: data.lines.length === 0 && error === undefined && reader.isReadingOn(),
      error,
      answeredAt,
      reload,
      readOlder: reader.readOlder,
    }),
    [data, error, answeredAt, reload, reader],
  );
}
