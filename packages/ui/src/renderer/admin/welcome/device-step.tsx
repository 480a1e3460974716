// The third step: the first device joins.

import { Button } from '../../shared/components/button.tsx';
import { texts } from '../../shared/texts.ts';
import { JoinDevice } from '../devices/join-device.tsx';
import { StepFrame } from './step-frame.tsx';

const words = texts.welcome;

interface DeviceStepProps {
  readonly onBack: (() => void) | undefined;
  readonly onNext: () => void;
}

export function DeviceStep({ onBack, onNext }: DeviceStepProps) {
  return (
    <StepFrame
      title={words.device.title}
      text={words.device.text}
      onBack={onBack}
      next={<Button onClick={onNext}>{words.next}</Button>}
    >
      <JoinDevice />
    </StepFrame>
  );
}
