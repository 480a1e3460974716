// Whether a backup has been proved.

import type { RestorePointTold } from '../../../bridge/doors.ts';
import { Pill } from '../../shared/components/pill.tsx';
import { texts } from '../../shared/texts.ts';

const tones = { verified: 'good', unverified: 'neutral', damaged: 'bad' } as const;

export function PointState({ state }: { readonly state: RestorePointTold['state'] }) {
  return <Pill tone={tones[state]}>{texts.recovery.points.states[state]}</Pill>;
}
