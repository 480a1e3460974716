// The rules of the settings page: what may be written, by the protocol's own table, and which settings a search shows.

import { environmentName, readSettings, type SettingName, settings } from '@masala/protocol/tables';
import type { SettingTold } from '../../../bridge/doors.ts';

export type SettingValue = SettingTold['value'];

/** In the order of the page. The beginnings of the names that belong to each. */
export const settingGroups = [
  { name: 'server', prefixes: ['server', 'discovery'] },
  { name: 'backups', prefixes: ['backup'] },
  { name: 'disk', prefixes: ['disk'] },
  { name: 'supervision', prefixes: ['watchdog', 'restart', 'stop', 'supervisor'] },
  { name: 'connections', prefixes: ['connections'] },
  { name: 'integrity', prefixes: ['integrity'] },
  { name: 'logs', prefixes: ['log'] },
] as const;
export type SettingGroupName = (typeof settingGroups)[number]['name'] | 'others';

export interface SettingGroup {
  readonly name: SettingGroupName;
  readonly settings: readonly SettingTold[];
}

/** Each setting in its group; groups without one are left out. What fits nowhere is shown all the same, at the end. */
export function grouped(all: readonly SettingTold[]): readonly SettingGroup[] {
  const groupOf = ({ name }: SettingTold): SettingGroupName => {
    const prefix = name.slice(0, name.indexOf('.'));
    return settingGroups.find(({ prefixes }) => prefixes.some((one) => one === prefix))?.name ?? 'others';
  };
  const names: readonly SettingGroupName[] = [...settingGroups.map(({ name }) => name), 'others'];
  return names
    .map((name) => ({ name, settings: all.filter((setting) => groupOf(setting) === name) }))
    .filter((group) => group.settings.length > 0);
}

/** Every word of the search is somewhere in the name, the label, the explanation, or the name in the environment. */
export function matchesSearch(setting: SettingTold, label: string, search: string): boolean {
  const text = [setting.name, label, setting.meaning, environmentName(setting.name)].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export type SettingProblem = 'notExact' | 'outOfBounds' | 'tooLong' | 'notARootPath' | 'unfitting';

/** What is wrong with a value, by the protocol's table; undefined where nothing is. */
export function settingProblem(
  setting: Pick<SettingTold, 'name' | 'type' | 'maxLength'>,
  value: SettingValue | undefined,
): SettingProblem | undefined {
  if (value === undefined) return 'notExact';
  if (readSettings({ fileText: JSON.stringify({ [setting.name]: value }) }).problems.length === 0)
    return undefined;
  if (setting.type === 'integer') return 'outOfBounds';
  if (setting.maxLength !== null && String(value).length > setting.maxLength) return 'tooLong';
  return setting.name === 'backup.secondFolder' ? 'notARootPath' : 'unfitting';
}

/** The words that a text setting may be, where its rule is a list of them: `^(debug|info)$`. */
export function choicesOf(name: string): readonly string[] | undefined {
  const row = Object.hasOwn(settings, name) ? settings[name as SettingName] : undefined;
  if (row === undefined || !('pattern' in row)) return undefined;
  return /^\^\(([a-z|]+)\)\$$/.exec(row.pattern.source)?.[1]?.split('|');
}

/** What the form begins with: what settings.json says, else what is in force. */
export function editedValue(setting: SettingTold): SettingValue {
  return setting.stored ?? (setting.source === 'default' ? setting.default : setting.value);
}

/** Whether a flag or the environment stands above what is written here. */
export function isOverridden({ source }: SettingTold): boolean {
  return source === 'flag' || source === 'environment';
}

/** Whether the next start brings another value than the one in force. */
export function waitsForRestart(setting: SettingTold): boolean {
  if (isOverridden(setting)) return false;
  return (setting.stored ?? setting.default) !== setting.value;
}

/**
 * What to write for the fields that differ from what they began with; null takes one out of the file again. One whose value
 * is not exact counts as changed, too: the form lets nobody save it.
 */
export function changesOf(
  all: readonly SettingTold[],
  values: ReadonlyMap<string, SettingValue | undefined>,
): readonly { readonly name: string; readonly value: SettingValue | null }[] {
  return all.flatMap((setting) => {
    const { name } = setting;
    const value = values.get(name);
    if (!values.has(name) || value === editedValue(setting)) return [];
    return [{ name, value: value === undefined || value === setting.default ? null : value }];
  });
}
