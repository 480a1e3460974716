// Keeps the last half hour of the server's speed: asks each two seconds for what is new since.

import { useMemo } from 'react';
import type { MetricsPoint } from '../../../bridge/doors.ts';
import { ask } from '../../shared/ask.ts';
import { pageClock, useBridge, usePoll } from '../../shared/bridge-context.tsx';
import { DoorPoll } from '../../shared/door-poll.ts';
import { keptPoints } from './speed.ts';

/** As long as the server's own step: there is nothing new sooner. */
const EVERY_MS = 2_000;

export interface SpeedView {
  readonly points: readonly MetricsPoint[];
  readonly stepMs: number;
  readonly isMeasured: boolean;
}

const NOTHING: SpeedView = { points: [], stepMs: EVERY_MS, isMeasured: false };

export function useSpeed(): SpeedView {
  const bridge = useBridge();
  const poll = useMemo(() => {
    let view = NOTHING;
    return new DoorPoll<SpeedView>({
      everyMs: EVERY_MS,
      clock: pageClock,
      ask: async () => {
        const since = view.points.at(-1)?.at;
        const told = await ask(bridge, 'control:metrics.read', since === undefined ? {} : { since });
        const points = keptPoints(view.points, told.points, Date.now());
        view = { points, stepMs: told.stepMs, isMeasured: true };
        return view;
      },
    });
  }, [bridge]);
  return usePoll(poll).data ?? NOTHING;
}
