// The first step: the name under which people find the server.

import { settings } from '@masala/protocol/tables';
import { useForm } from 'react-hook-form';
import { Button } from '../../shared/components/button.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { StepFrame } from './step-frame.tsx';

const words = texts.welcome;
const { maxLength } = settings['server.name'];

interface NameStepProps {
  readonly name: string;
  /** With an empty name where the step was skipped. */
  readonly onNext: (name: string) => void;
}

export function NameStep({ name, onNext }: NameStepProps) {
  const form = useForm({ defaultValues: { name } });
  const field = form.register('name', {
    validate: (written) => {
      const trimmed = written.trim();
      if (trimmed === '') return words.name.empty;
      return trimmed.length <= maxLength || words.name.tooLong(maxLength);
    },
  });
  return (
    <StepFrame
      title={words.name.title}
      text={words.name.text}
      onSkip={() => onNext('')}
      onSubmit={() => void form.handleSubmit((written) => onNext(written.name.trim()))()}
      next={
        <Button type="submit" look="primary">
          {words.next}
        </Button>
      }
    >
      <Field label={words.name.label} hint={words.name.hint} error={form.formState.errors.name?.message}>
        <Input {...field} autoComplete="off" spellCheck={false} />
      </Field>
    </StepFrame>
  );
}
