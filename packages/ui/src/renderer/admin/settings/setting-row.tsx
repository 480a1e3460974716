// One setting: its label and explanation, its field in humane units, its default, and who has the last word on it.

import { environmentName } from '@masala/protocol/tables';
import type { SettingTold } from '../../../bridge/doors.ts';
import { Button } from '../../shared/components/button.tsx';
import { Field, Input, Select, Switch } from '../../shared/components/field.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { texts } from '../../shared/texts.ts';
import type { ContractForm } from '../../shared/use-contract-form.ts';
import { unitsFor } from './amounts.ts';
import styles from './setting-row.module.css';
import { choicesOf, isOverridden, waitsForRestart } from './setting-rules.ts';
import {
  fieldName,
  readWritten,
  valueWords,
  type Written,
  type WrittenSettings,
  writtenOf,
} from './written.ts';

const words = texts.settings;

interface SettingRowProps {
  readonly setting: SettingTold;
  readonly form: ContractForm<WrittenSettings>;
  /** What stands in its field now. */
  readonly written: Written;
}

export function labelOf({ name }: SettingTold): string {
  return words.labels[name] ?? name;
}

export function SettingRow({ setting, form, written }: SettingRowProps) {
  const name = fieldName(setting.name);
  const isDefault = readWritten(setting, written) === setting.default;
  const reset = () =>
    form.hook.setValue(name, writtenOf(setting, setting.default), {
      shouldDirty: true,
      shouldValidate: true,
    });
  return (
    <div className={styles.row}>
      <div className={styles.control}>
        <SettingControl setting={setting} form={form} written={written} />
        <p className={styles.default}>
          {words.defaultIs(valueWords(setting, setting.default))}
          {!isDefault && (
            <Button compact look="quiet" aria-label={words.resetOf(labelOf(setting))} onClick={reset}>
              {words.reset}
            </Button>
          )}
        </p>
      </div>
      <div className={styles.about}>
        <p>{setting.meaning}</p>
        <p className={styles.origin}>
          <code>{setting.name}</code>
          {setting.source !== 'default' && (
            <Pill tone={isOverridden(setting) ? 'warn' : 'accent'}>{words.sources[setting.source]}</Pill>
          )}
        </p>
        <InForce setting={setting} />
      </div>
    </div>
  );
}

/** Only where what is in force is not what the field says. */
function InForce({ setting }: { readonly setting: SettingTold }) {
  const value = valueWords(setting, setting.value);
  if (setting.source === 'environment')
    return (
      <p className={styles.note}>{words.overridden.environment(value, environmentName(setting.name))}</p>
    );
  if (setting.source === 'flag') return <p className={styles.note}>{words.overridden.flag(value)}</p>;
  return waitsForRestart(setting) ? <p className={styles.note}>{words.untilRestart(value)}</p> : null;
}

function SettingControl({ setting, form, written }: SettingRowProps) {
  const name = fieldName(setting.name);
  const label = labelOf(setting);
  if (setting.type === 'switch') {
    return (
      <Switch
        label={label}
        checked={written.text === 'true'}
        onChange={(event) =>
          form.hook.setValue(name, { text: String(event.target.checked), unit: '' }, { shouldDirty: true })
        }
      />
    );
  }
  const choices = choicesOf(setting.name);
  const units = unitsFor(setting.unit);
  const text = form.field(`${name}.text`);
  return (
    <Field label={label} error={form.problem(`${name}.text`)}>
      {choices !== undefined ? (
        <Select {...text}>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </Select>
      ) : (
        <span className={styles.amount}>
          <Input
            {...text}
            autoComplete="off"
            spellCheck={false}
            inputMode={setting.type === 'integer' ? 'decimal' : 'text'}
          />
          {units.length > 0 && (
            <Select
              {...form.field(`${name}.unit`, { deps: `${name}.text` })}
              id={`${name}-unit`}
              // What is wrong is the number.
              aria-invalid={false}
              aria-label={words.unitOf(label)}
              className={styles.unit}
            >
              {units.map((unit) => (
                <option key={unit.name} value={unit.name}>
                  {words.units[unit.name]}
                </option>
              ))}
            </Select>
          )}
        </span>
      )}
    </Field>
  );
}
