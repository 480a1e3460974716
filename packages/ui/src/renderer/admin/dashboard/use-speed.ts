// Keeps the last half hour of the server's speed: asks each two seconds for what is new since.

import { useMemo } from 'react';
import type { MetricsPoint } from '../../../bridge/doors.ts';
import { ask } from '../../shared/ask.ts';
import { type Door, pageClock, useBridge, usePoll } from '../../shared/bridge-context.tsx';
import { DoorPoll } from '../../shared/door-poll.ts';
import { keptPoints } from './speed.ts';

/** As long as the server's own step: there is nothing new sooner. */
const EVERY_MS = 2_000;

export interface SpeedView {
  /** Oldest first. */
  readonly points: readonly MetricsPoint[];
  readonly stepMs: number;
}

export function useSpeed(): Door<SpeedView> {
  const bridge = useBridge();
  const poll = useMemo(() => {
    let kept: readonly MetricsPoint[] = [];
    return new DoorPoll<SpeedView>({
      everyMs: EVERY_MS,
      clock: pageClock,
      ask: async (signal) => {
        const since = kept.at(-1)?.at;
        const params = since === undefined ? {} : { since };
        const told = await ask(bridge, 'control:metrics.read', params, signal);
        kept = keptPoints(kept, told.points, pageClock.now());
        return { points: kept, stepMs: told.stepMs };
      },
    });
  }, [bridge]);
  return usePoll(poll);
}
