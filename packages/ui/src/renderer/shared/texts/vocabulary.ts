// What things are called, and how they are counted: each word once, so that no two pages call one thing differently.

import { plural } from '../plural.ts';

export const documentKinds = {
  receipt: 'Receipt',
  dispatch: 'Dispatch',
  return: 'Return',
  adjustment: 'Adjustment',
} as const;

export const backupKinds = {
  snapshot: 'Snapshot',
  daily: 'Daily',
  weekly: 'Weekly',
  manual: 'By hand',
  emergency: 'Emergency',
} as const;

export const backupStates = {
  verified: 'Verified',
  unverified: 'Not verified yet',
  damaged: 'Damaged',
} as const;

export const pageNames = {
  dashboard: 'Dashboard',
  stock: 'Stock',
  items: 'Items',
  devices: 'Clients and devices',
  backups: 'Backups',
  settings: 'Settings',
  logs: 'Logs',
} as const;

export const changesCounted = (count: number) => plural(count, { one: '# change', other: '# changes' });

export const clientsCounted = (count: number) => plural(count, { one: '# client', other: '# clients' });

export const clientsConnected = (count: number) =>
  plural(count, { one: '# client is connected', other: '# clients are connected' });

export const documentsCounted = (count: number) => plural(count, { one: '# document', other: '# documents' });

export const savesBeingFinished = (count: number) =>
  plural(count, { one: '# save is being finished', other: '# saves are being finished' });
