// Settings as the server tells them, for tests: the rows of the protocol's own table, as on a new server.

import { type SettingName, settings } from '@masala/protocol/tables';
import type { SettingTold } from '../../../bridge/doors.ts';

export function told(name: SettingName, changed: Partial<SettingTold> = {}): SettingTold {
  const row = settings[name];
  return {
    name,
    type: row.type,
    meaning: row.meaning,
    default: row.default,
    value: row.default,
    source: 'default',
    stored: null,
    unit: row.type === 'integer' ? row.unit : null,
    minimum: row.type === 'integer' ? row.minimum : null,
    maximum: row.type === 'integer' ? row.maximum : null,
    maxLength: row.type === 'text' ? row.maxLength : null,
    needsRestart: row.needsRestart,
    ...changed,
  };
}

export const allTold = (Object.keys(settings) as SettingName[]).map((name) => told(name));
