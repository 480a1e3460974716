// The last step: what the X does, and the end of the first run.

import { Button } from '../../shared/components/button.tsx';
import { Icon, type IconName } from '../../shared/components/icon.tsx';
import { texts } from '../../shared/texts.ts';
import styles from './closing-step.module.css';
import { StepFrame } from './step-frame.tsx';

const words = texts.welcome;

interface ClosingStepProps {
  readonly needsRestart: boolean;
  readonly isBusy: boolean;
  readonly onBack: () => void;
  readonly onFinish: () => void;
}

const facts: readonly { readonly icon: IconName; readonly text: string }[] = [
  { icon: 'external', text: words.closing.open },
  { icon: 'power', text: words.closing.exit },
];

export function ClosingStep({ needsRestart, isBusy, onBack, onFinish }: ClosingStepProps) {
  const all = needsRestart ? [...facts, { icon: 'refresh' as const, text: words.closing.restart }] : facts;
  return (
    <StepFrame
      title={words.closing.title}
      text={words.closing.text}
      onBack={onBack}
      next={
        <Button look="primary" isBusy={isBusy} onClick={onFinish}>
          {needsRestart ? words.closing.finishWithRestart : words.closing.finish}
        </Button>
      }
    >
      <ul className={styles.facts}>
        {all.map(({ icon, text }) => (
          <li key={icon} className={styles.fact}>
            <Icon name={icon} className={styles.icon} />
            {text}
          </li>
        ))}
      </ul>
    </StepFrame>
  );
}
