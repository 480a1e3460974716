// The filters of the log viewer: each narrows what is read, all of them together.

import { type LogFileName, type LogLevelName, logFiles, logLevels } from '../../../bridge/logs.ts';
import { IconButton } from '../../shared/components/button.tsx';
import { Field, Input, Select } from '../../shared/components/field.tsx';
import { texts } from '../../shared/texts.ts';
import styles from './log-filters.module.css';
import type { LogFilterTexts } from './log-lines.ts';

const words = texts.logs;

interface LogFiltersProps {
  readonly filters: LogFilterTexts;
  readonly onChange: (filters: LogFilterTexts) => void;
  readonly onClear: () => void;
  readonly canClear: boolean;
}

export function LogFilters({ filters, onChange, onClear, canClear }: LogFiltersProps) {
  const fieldOf = (name: keyof LogFilterTexts) => ({
    value: filters[name],
    onChange: (event: { readonly target: { readonly value: string } }) =>
      onChange({ ...filters, [name]: event.target.value }),
  });
  return (
    <search className={styles.filters} aria-label={words.filters}>
      <Field label={words.level} className={styles.level}>
        <Select {...fieldOf('level')}>
          <option value="">{words.anyLevel}</option>
          {logLevels.map((level: LogLevelName) => (
            <option key={level} value={level}>
              {words.andAbove(words.levels[level])}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.file} className={styles.file}>
        <Select {...fieldOf('file')}>
          <option value="">{words.anyFile}</option>
          {logFiles.map((file: LogFileName) => (
            <option key={file} value={file}>
              {words.files[file]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.event} className={styles.text}>
        <Input {...fieldOf('event')} placeholder={words.eventSample} autoComplete="off" spellCheck={false} />
      </Field>
      <Field label={words.text} className={styles.text}>
        <Input {...fieldOf('text')} type="search" autoComplete="off" spellCheck={false} />
      </Field>
      <Field label={words.since} className={styles.time}>
        <Input {...fieldOf('since')} type="datetime-local" />
      </Field>
      <Field label={words.until} className={styles.time}>
        <Input {...fieldOf('until')} type="datetime-local" />
      </Field>
      <IconButton icon="close" label={words.clear} disabled={!canClear} onClick={onClear} />
    </search>
  );
}
