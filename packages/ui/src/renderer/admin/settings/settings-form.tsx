// The form of all settings: grouped, searched, judged by the protocol's table, and written all at once.

import { useEffect, useMemo, useRef, useState } from 'react';
import type { SettingTold } from '../../../bridge/doors.ts';
import { useAct } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import { type Problems, useContractForm } from '../../shared/use-contract-form.ts';
import { labelOf, SettingRow } from './setting-row.tsx';
import { changesOf, grouped, matchesSearch, type SettingGroupName } from './setting-rules.ts';
import styles from './settings-form.module.css';
import { allValues, allWritten, fieldName, problemWords, type WrittenSettings } from './written.ts';

const words = texts.settings;

interface SettingsFormProps {
  readonly settings: readonly SettingTold[];
  readonly onSaved: () => void;
}

/** The reader goes on from there, whatever they read with. */
function lead(card: HTMLElement | undefined): void {
  card?.focus({ preventScroll: true });
  card?.scrollIntoView();
}

/** By the protocol's table, in the units that stand beside the fields. */
function judgeAll(settings: readonly SettingTold[], written: WrittenSettings): Problems<WrittenSettings> {
  return Object.fromEntries(
    settings.map((setting) => {
      const name = fieldName(setting.name);
      const field = written[name];
      return [`${name}.text`, field === undefined ? undefined : problemWords(setting, field)];
    }),
  );
}

export function SettingsForm({ settings, onSaved }: SettingsFormProps) {
  const [search, setSearch] = useState('');
  const cards = useRef(new Map<SettingGroupName, HTMLElement>());
  const values = useMemo(() => allWritten(settings), [settings]);
  const set = useAct('control:settings.set', { done: words.saved });
  // What does not fit may be hidden by the search: it comes back first, and then has the focus.
  const isRefused = useRef(false);
  const form = useContractForm<WrittenSettings>({
    values,
    judge: (written) => judgeAll(settings, written),
    eager: true,
    onSubmit: async (written) => {
      const result = await set.run({ changes: [...changesOf(settings, allValues(settings, written))] });
      if (result === undefined) return;
      hook.reset(written);
      onSaved();
    },
    onRefused: () => {
      isRefused.current = true;
      setSearch('');
    },
  });
  const { hook } = form;
  const watched = hook.watch();
  const changes = changesOf(settings, allValues(settings, watched));
  useEffect(() => {
    if (search !== '' || !isRefused.current) return;
    isRefused.current = false;
    const inOrder = grouped(settings).flatMap((group) => group.settings);
    const wrong = inOrder.find(({ name }) => hook.formState.errors[fieldName(name)] !== undefined);
    if (wrong !== undefined) hook.setFocus(`${fieldName(wrong.name)}.text`);
  });
  const groups = grouped(settings.filter((setting) => matchesSearch(setting, labelOf(setting), search)));
  return (
    <form className={styles.form} {...form.props}>
      <Field label={words.search} className={styles.search}>
        <Input
          type="search"
          autoComplete="off"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          // Whoever searches does not save.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      </Field>
      {groups.length > 1 && (
        <nav className={styles.groups} aria-label={words.groupList}>
          {groups.map(({ name }) => (
            <Button key={name} compact onClick={() => lead(cards.current.get(name))}>
              {words.groups[name]}
            </Button>
          ))}
        </nav>
      )}
      {groups.length === 0 && (
        <EmptyState icon="search" title={words.none}>
          {words.noneHint}
        </EmptyState>
      )}
      {groups.map((group) => (
        <Card
          key={group.name}
          flush
          title={words.groups[group.name]}
          tabIndex={-1}
          className={styles.group}
          ref={(card) => {
            if (card !== null) cards.current.set(group.name, card);
          }}
        >
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
            {!hook.formState.isValid && <span className={styles.mend}>{words.toMend}</span>}
          </p>
          <Button onClick={() => hook.reset(values)}>{words.discard}</Button>
          <Button type="submit" look="primary" isBusy={set.isRunning}>
            {words.save}
          </Button>
        </div>
      )}
    </form>
  );
}
