// Who is connected to the present core: nothing of what the last one told is shown once another is there, not even for a moment.

import { useMemo } from 'react';
import type { DoorResult } from '../../../bridge/doors.ts';
import { ask } from '../../shared/ask.ts';
import { type Door, pageClock, useBridge, useLinks, usePoll } from '../../shared/bridge-context.tsx';
import { DoorPoll } from '../../shared/door-poll.ts';

/** A save shows up while one still looks for it. */
const EVERY_MS = 2_000;

export type ClientsTold = DoorResult<'control:clients.list'>;
export type ClientTold = ClientsTold['clients'][number];

export function useClients(): Door<ClientsTold> {
  const bridge = useBridge();
  const { status } = useLinks();
  const corePid = status?.core.pid;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another core begins with a first request of its own.
  const poll = useMemo(
    () =>
      new DoorPoll<ClientsTold>({
        ask: (signal) => ask(bridge, 'control:clients.list', {}, signal),
        everyMs: EVERY_MS,
        clock: pageClock,
      }),
    [bridge, corePid],
  );
  return usePoll(poll);
}
