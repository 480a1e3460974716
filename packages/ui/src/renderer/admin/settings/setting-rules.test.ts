// What the settings page lets through is what the protocol's table lets through, and nothing is written that did not change.

import {
  changesOf,
  choicesOf,
  grouped,
  matchesSearch,
  type SettingValue,
  settingProblem,
  waitsForRestart,
} from './setting-rules.ts';
import { allTold as all, told } from './testing-settings.ts';

test('every setting of the table has a group of its own', () => {
  const groups = grouped(all);
  expect(groups.map(({ name }) => name)).not.toContain('others');
  expect(groups.flatMap((group) => group.settings)).toHaveLength(all.length);
});

test('a setting that nobody foresaw is shown all the same', () => {
  const strange = { ...told('disk.lowBytes'), name: 'sites.headOffice' };
  expect(grouped([strange])).toEqual([{ name: 'others', settings: [strange] }]);
});

test.each([
  ['disk.lowBytes', 1, 'outOfBounds'],
  ['disk.lowBytes', undefined, 'notExact'],
  ['server.name', 'x'.repeat(61), 'tooLong'],
  ['backup.secondFolder', 'backups', 'notARootPath'],
  ['log.level', 'loud', 'unfitting'],
  ['log.level', 'debug', undefined],
  ['backup.secondFolder', 'D:\\Backups', undefined],
  ['server.port', 0, undefined],
] as const)('%s = %s: %s', (name, value, problem) => {
  expect(settingProblem(told(name), value)).toBe(problem);
});

test('a rule that is a list of words is offered as a choice', () => {
  expect(choicesOf('log.level')).toEqual(['debug', 'info', 'warn', 'error']);
  expect(choicesOf('backup.secondFolder')).toBeUndefined();
  expect(choicesOf('toString')).toBeUndefined();
});

test('a search finds words of the name, the label, the explanation and the environment', () => {
  const setting = told('watchdog.hangTimeoutMs');
  for (const search of ['hang', 'SILENCE core', 'masala_watchdog', 'patience', ''])
    expect(matchesSearch(setting, 'Patience', search)).toBe(true);
  expect(matchesSearch(setting, 'Patience', 'hang backup')).toBe(false);
});

test('only what changed is written, and the default is written by taking the setting out of the file', () => {
  const stored = told('disk.lowBytes', { stored: 2 ** 30, value: 2 ** 30, source: 'file' });
  const list = [told('server.name'), stored, told('log.level')];
  const values = new Map<string, SettingValue>([
    ['server.name', 'Mill'],
    ['disk.lowBytes', stored.default],
    ['log.level', 'info'],
  ]);
  expect(changesOf(list, values)).toEqual([
    { name: 'server.name', value: 'Mill' },
    { name: 'disk.lowBytes', value: null },
  ]);
});

test('a value waits for a restart until it is in force; one that a flag overrides waits for nothing', () => {
  expect(waitsForRestart(told('server.name'))).toBe(false);
  expect(waitsForRestart(told('server.name', { stored: 'Mill' }))).toBe(true);
  expect(waitsForRestart(told('server.name', { stored: 'Mill', value: 'Mill', source: 'file' }))).toBe(false);
  // Taken out of the file, and still in force.
  expect(waitsForRestart(told('server.name', { value: 'Mill', source: 'file' }))).toBe(true);
  expect(waitsForRestart(told('server.name', { stored: 'Mill', value: 'Bakery', source: 'flag' }))).toBe(
    false,
  );
});
