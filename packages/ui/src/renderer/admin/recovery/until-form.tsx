// Back to a moment that the admin names.

import { type FormEvent, useState } from 'react';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { momentOf } from './moment.ts';
import styles from './recovery-page.module.css';

const words = texts.recovery.until;

export function UntilForm({ onChoose }: { readonly onChoose: (until: number) => void }) {
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = new FormData(event.currentTarget).get('until');
    const moment = momentOf(typeof field === 'string' ? field : '', Date.now());
    setError('error' in moment ? moment.error : undefined);
    if ('until' in moment) onChoose(moment.until);
  };
  return (
    <Card title={words.title} note={words.note}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <Field label={words.field} error={error}>
          <Input type="datetime-local" name="until" />
        </Field>
        <Button type="submit" icon="clock">
          {words.action}
        </Button>
      </form>
    </Card>
  );
}
