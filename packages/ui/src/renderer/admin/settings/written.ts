// A setting as it stands in its field: a text and a unit; and back into the exact value that the server keeps.

import type { SettingTold } from '../../../bridge/doors.ts';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { type AmountUnit, exactValue, humaneUnit, unitsFor } from './amounts.ts';
import { editedValue, type SettingValue, settingProblem } from './setting-rules.ts';

export interface Written {
  /** Of a switch `true` or `false`. */
  readonly text: string;
  /** Empty where the setting has none. */
  readonly unit: AmountUnit['name'] | '';
}

/** By the names of the fields. */
export type WrittenSettings = Record<string, Written>;

/** The form takes points in a field's name for a path. */
export function fieldName(settingName: string): string {
  return settingName.replaceAll('.', '/');
}

export function writtenOf(setting: SettingTold, value: SettingValue): Written {
  if (typeof value !== 'number') return { text: String(value), unit: '' };
  const unit = humaneUnit(value, setting.unit);
  return unit === undefined
    ? { text: String(value), unit: '' }
    : { text: String(value / unit.size), unit: unit.name };
}

/** Undefined for what is no exact value of the setting's type. */
export function readWritten(setting: SettingTold, { text, unit }: Written): SettingValue | undefined {
  switch (setting.type) {
    case 'switch':
      return text === 'true';
    case 'text':
      return text.trim();
    case 'integer':
      return exactValue(text, unitsFor(setting.unit).find(({ name }) => name === unit)?.size ?? 1);
  }
}

export function allWritten(settings: readonly SettingTold[]): WrittenSettings {
  return Object.fromEntries(
    settings.map((setting) => [fieldName(setting.name), writtenOf(setting, editedValue(setting))]),
  );
}

/** What stands in the fields; undefined for what is not exact, or has no field. */
export function allValues(
  settings: readonly SettingTold[],
  written: WrittenSettings,
): ReadonlyMap<string, SettingValue | undefined> {
  return new Map(
    settings.map((setting) => {
      const field = written[fieldName(setting.name)];
      return [setting.name, field === undefined ? undefined : readWritten(setting, field)];
    }),
  );
}

/** "5 min", "500 MB", "on". */
export function valueWords(setting: SettingTold, value: SettingValue): string {
  if (typeof value === 'boolean') return value ? texts.settings.on : texts.settings.off;
  if (typeof value === 'string') return value === '' ? texts.settings.empty : value;
  const unit = humaneUnit(value, setting.unit);
  if (unit !== undefined) return `${formats.number(value / unit.size)} ${unit.name}`;
  // A port is a name made of digits: 8090, not 8,090.
  return setting.unit === 'port' ? String(value) : formats.number(value);
}

/** What is wrong, in words; undefined where nothing is. */
export function problemWords(setting: SettingTold, written: Written): string | undefined {
  const { problems } = texts.settings;
  const problem = settingProblem(setting, readWritten(setting, written));
  if (problem === undefined) return undefined;
  if (problem === 'outOfBounds')
    return problems.outOfBounds(boundWords(setting, setting.minimum), boundWords(setting, setting.maximum));
  if (problem === 'tooLong') return problems.tooLong(setting.maxLength ?? 0);
  return problems[problem];
}

function boundWords(setting: SettingTold, bound: number | null): string {
  return bound === null ? texts.everywhere.unknown : valueWords(setting, bound);
}
