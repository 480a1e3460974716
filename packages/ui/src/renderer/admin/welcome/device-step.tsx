// The third step: the first device joins.

import { useCallback, useState } from 'react';
import { Button } from '../../shared/components/button.tsx';
import { texts } from '../../shared/texts.ts';
import { JoinDevice } from '../devices/join-device.tsx';
import { StepFrame } from './step-frame.tsx';

const words = texts.welcome;

interface DeviceStepProps {
  readonly onBack: () => void;
  readonly onNext: () => void;
}

export function DeviceStep({ onBack, onNext }: DeviceStepProps) {
  const [isJoined, setJoined] = useState(false);
  const onJoined = useCallback(() => setJoined(true), []);
  return (
    <StepFrame
      title={words.device.title}
      text={words.device.text}
      onBack={onBack}
      onSkip={isJoined ? undefined : onNext}
      next={
        isJoined && (
          <Button look="primary" onClick={onNext}>
            {words.next}
          </Button>
        )
      }
    >
      <JoinDevice onJoined={onJoined} />
    </StepFrame>
  );
}
