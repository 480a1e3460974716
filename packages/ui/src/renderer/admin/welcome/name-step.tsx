// The first step: the name under which people find the server.

import { useState } from 'react';
import { Button } from '../../shared/components/button.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { useContractForm } from '../../shared/use-contract-form.ts';
import { StepFrame } from './step-frame.tsx';
import { nameProblem } from './welcome-steps.ts';

const words = texts.welcome;

interface NameStepProps {
  /** What its field begins with. */
  readonly written: string;
  readonly onType: (text: string) => void;
  /** With an empty name where the step was skipped. */
  readonly onNext: (name: string) => void;
}

export function NameStep({ written, onType, onNext }: NameStepProps) {
  // A form that is given what is typed into it would begin anew with every key.
  const [name] = useState(written);
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
        <Input
          {...form.field('name', { onChange: (event) => onType(event.target.value) })}
          autoComplete="organization"
          spellCheck={false}
        />
      </Field>
    </StepFrame>
  );
}
