// Back to a moment that the admin names.

import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { useContractForm } from '../../shared/use-contract-form.ts';
import { momentOf, untilProblem } from './moment.ts';
import styles from './recovery-page.module.css';

const words = texts.recovery.until;
const EMPTY = { until: '' };

export function UntilForm({ onChoose }: { readonly onChoose: (until: number) => void }) {
  const form = useContractForm({
    values: EMPTY,
    judge: ({ until }) => ({ until: untilProblem(until, Date.now()) }),
    onSubmit: ({ until }) => onChoose(momentOf(until, Date.now())),
  });
  return (
    <Card title={words.title} note={words.note}>
      <form className={styles.form} {...form.props}>
        <Field label={words.field} error={form.problem('until')}>
          <Input {...form.field('until')} type="datetime-local" />
        </Field>
        <Button type="submit" icon="clock">
          {words.action}
        </Button>
      </form>
    </Card>
  );
}
