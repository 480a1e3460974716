// settings.json of a data directory, and the port that is kept in it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProblem, readSettings, reasonOf, type SettingsFound } from '@masala/protocol';
import { hasErrorCode } from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import { StartRefused } from './start-refused.ts';

export type SettingsInForce = Pick<SettingsFound, 'settings' | 'sources'>;

const PORT_SETTING = 'server.port';

/** Works out every setting, and where it comes from. Throws SETTINGS_INVALID with a line for each problem. */
export function readAllSettings(dataDir: string, flags: readonly string[]): SettingsInForce {
  const fileText = readSettingsText(dataDir);
  const found = readSettings({ fileText, environment: process.env, flags });
  if (found.problems.length > 0) {
    throw new StartRefused('SETTINGS_INVALID', found.problems.map(describeProblem).join('\n'));
  }
  const { settings, sources } = found;
  if (settings[PORT_SETTING] !== 0) return found;
  // 0 picks a port once: the one that was picked before is kept, or every client would have to search again.
  const kept = readSettings({ fileText }).settings;
  return fileText === undefined || !(PORT_SETTING in JSON.parse(fileText))
    ? found
    : { settings: { ...settings, [PORT_SETTING]: kept[PORT_SETTING] }, sources };
}

/** Keeps the port that was picked. */
export function keepPort(dataDir: string, port: number): void {
  const values = JSON.parse(readSettingsText(dataDir) ?? '{}') as Record<string, unknown>;
  const text = JSON.stringify({ ...values, [PORT_SETTING]: port }, null, 2);
  replaceFileDurably(join(dataDir, 'settings.json'), `${text}\n`);
}

function readSettingsText(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, 'settings.json'), 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    const reason = reasonOf(error);
    throw new StartRefused('SETTINGS_INVALID', `settings.json cannot be read: ${reason}`, error);
  }
}
