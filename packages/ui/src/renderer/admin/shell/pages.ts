// The pages: where each is, its name, its icon, and the key that goes there. The router, the navigation and the shortcuts read it.

import type { IconName } from '../../shared/components/icon.tsx';
import { texts } from '../../shared/texts.ts';

export interface PageEntry {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
  /** After `g`. */
  readonly key: string;
  readonly group: keyof typeof texts.shell.groups;
}

const { pages: names } = texts.shell;

/** In the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { path: '/', name: names.dashboard, icon: 'dashboard', key: 'd', group: 'server' },
  { path: '/devices', name: names.devices, icon: 'devices', key: 'c', group: 'server' },
  { path: '/stock', name: names.stock, icon: 'stock', key: 's', group: 'data' },
  { path: '/items', name: names.items, icon: 'items', key: 'i', group: 'data' },
  { path: '/backups', name: names.backups, icon: 'backups', key: 'b', group: 'care' },
  { path: '/settings', name: names.settings, icon: 'settings', key: 'e', group: 'care' },
  { path: '/logs', name: names.logs, icon: 'logs', key: 'l', group: 'care' },
];
