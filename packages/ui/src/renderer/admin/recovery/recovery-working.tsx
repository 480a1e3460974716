// How far the chosen way is.

import type { RecoveryTold } from '../../../bridge/doors.ts';
import { Card } from '../../shared/components/card.tsx';
import { Progress } from '../../shared/components/progress.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';

const words = texts.recovery.working;

export function RecoveryWorking({ working }: { readonly working: NonNullable<RecoveryTold['working']> }) {
  const { action, phase, done, total } = working;
  const name = texts.recovery.phases[phase] ?? phase;
  return (
    <Card aria-label={words.title[action]}>
      <Progress
        label={name === '' ? words.starting : name}
        done={done}
        total={total}
        note={total > 0 ? words.share(formats.share(done / total)) : undefined}
      />
      <p className="visually-hidden" role="status">
        {words.title[action]}: {name}
      </p>
    </Card>
  );
}
