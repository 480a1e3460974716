// The newest documents of every kind, asked for anew when one is booked.

import { useMemo } from 'react';
import { ask } from '../../shared/ask.ts';
import { type Door, pageClock, useBridge, useBridgeEvents, usePoll } from '../../shared/bridge-context.tsx';
import { DoorPoll } from '../../shared/door-poll.ts';
import { type DocumentHead, RECENT_MAX, recentOf } from './recent-documents.ts';

const doors = [
  'client:receipts.list',
  'client:dispatches.list',
  'client:returns.list',
  'client:adjustments.list',
] as const;

/** A thousand bookings a second are one question a second. */
const GATHER_MS = 1_000;

export function useRecentDocuments(): Door<readonly DocumentHead[]> {
  const bridge = useBridge();
  const poll = useMemo(
    () =>
      new DoorPoll<readonly DocumentHead[]>({
        everyMs: null,
        clock: pageClock,
        ask: async (signal) => {
          const pages = await Promise.all(
            doors.map((door) => ask(bridge, door, { limit: RECENT_MAX }, signal)),
          );
          return recentOf(pages.map((page) => page.documents));
        },
      }),
    [bridge],
  );
  useBridgeEvents((event) => {
    if (event.type === 'client' && event.message.event !== 'stock.changed') poll.changed(GATHER_MS);
  });
  return usePoll(poll);
}
