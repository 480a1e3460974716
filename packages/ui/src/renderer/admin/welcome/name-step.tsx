// The first step: the name under which people find the server.

import { Button } from '../../shared/components/button.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { useContractForm } from '../../shared/use-contract-form.ts';
import { StepFrame } from './step-frame.tsx';
import { nameProblem } from './welcome-steps.ts';

const words = texts.welcome;

interface NameStepProps {
  readonly name: string;
  /** With an empty name where the step was skipped. */
  readonly onNext: (name: string) => void;
}

export function NameStep({ name, onNext }: NameStepProps) {
  const form = useContractForm({
    values: { name },
    judge: (fields) => ({ name: nameProblem(fields.name) }),
    onSubmit: (fields) => onNext(fields.name.trim()),
  });
  return (
    <StepFrame
      title={words.name.title}
      text={words.name.text}
      onSkip={() => onNext('')}
      form={form.props}
      next={
        <Button type="submit" look="primary">
          {words.next}
        </Button>
      }
    >
      <Field label={words.name.label} hint={words.name.hint} error={form.problem('name')}>
        <Input {...form.field('name')} autoComplete="organization" spellCheck={false} />
      </Field>
    </StepFrame>
  );
}
