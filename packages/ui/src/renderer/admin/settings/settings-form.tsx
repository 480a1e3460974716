// The form of all settings: grouped, searched, judged by the protocol's table, and written all at once.

import { useMemo, useState } from 'react';
import { type FieldErrors, type Resolver, useForm, useWatch } from 'react-hook-form';
import type { SettingTold } from '../../../bridge/doors.ts';
import { useAct } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { labelOf, SettingRow } from './setting-row.tsx';
import { changesOf, grouped, matchesSearch } from './setting-rules.ts';
import styles from './settings-form.module.css';
import { allValues, allWritten, fieldName, problemWords, type WrittenSettings } from './written.ts';

const words = texts.settings;

interface SettingsFormProps {
  readonly settings: readonly SettingTold[];
  readonly onSaved: () => void;
}

function resolverOf(settings: readonly SettingTold[]): Resolver<WrittenSettings> {
  return (written) => {
    const errors: FieldErrors<WrittenSettings> = {};
    for (const setting of settings) {
      const name = fieldName(setting.name);
      const field = written[name];
      const message = field === undefined ? undefined : problemWords(setting, field);
      if (message !== undefined) errors[name] = { text: { type: 'validate', message } };
    }
    return Object.keys(errors).length === 0 ? { values: written, errors: {} } : { values: {}, errors };
  };
}

export function SettingsForm({ settings, onSaved }: SettingsFormProps) {
  const [search, setSearch] = useState('');
  const values = useMemo(() => allWritten(settings), [settings]);
  const resolver = useMemo(() => resolverOf(settings), [settings]);
  // What is being written stays when the server's values are read anew.
  const form = useForm<WrittenSettings>({
    values,
    resolver,
    mode: 'onChange',
    resetOptions: { keepDirtyValues: true },
  });
  const watched = useWatch({ control: form.control }) as WrittenSettings;
  const changes = changesOf(settings, allValues(settings, watched));
  const set = useAct('control:settings.set', { done: words.saved });
  const save = async () => {
    const result = await set.run({ changes: [...changes] });
    if (result === undefined) return;
    form.reset(watched);
    onSaved();
  };
  // What does not fit may be hidden by the search.
  const showAll = () => setSearch('');
  const groups = grouped(settings.filter((setting) => matchesSearch(setting, labelOf(setting), search)));
  return (
    <form className={styles.form} noValidate onSubmit={form.handleSubmit(save, showAll)}>
      <Field label={words.search} className={styles.search}>
        <Input
          type="search"
          autoComplete="off"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </Field>
      {groups.length === 0 && (
        <EmptyState icon="search" title={words.none}>
          {words.noneHint}
        </EmptyState>
      )}
      {groups.map((group) => (
        <Card key={group.name} flush title={words.groups[group.name]}>
          {group.settings.map((setting) => (
            <SettingRow
              key={setting.name}
              setting={setting}
              form={form}
              written={watched[fieldName(setting.name)] ?? { text: '', unit: '' }}
            />
          ))}
        </Card>
      ))}
      {changes.length > 0 && (
        <div className={styles.bar}>
          <p role="status" className={styles.changed}>
            {words.changed(changes.length)}
            {!form.formState.isValid && <span className={styles.mend}>{words.toMend}</span>}
          </p>
          <Button onClick={() => form.reset(values)}>{words.discard}</Button>
          <Button type="submit" look="primary" isBusy={set.isRunning}>
            {words.save}
          </Button>
        </div>
      )}
    </form>
  );
}
