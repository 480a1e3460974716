// The one catalogue of everything that the page says: by page, with plural rules, and nothing said anywhere else.

import { backups } from './texts/backups.ts';
import { dashboard } from './texts/dashboard.ts';
import { devices } from './texts/devices.ts';
import { everywhere } from './texts/everywhere.ts';
import { exit } from './texts/exit.ts';
import { forms } from './texts/forms.ts';
import { items } from './texts/items.ts';
import { logs } from './texts/logs.ts';
import { recovery } from './texts/recovery.ts';
import { settings } from './texts/settings.ts';
import { shell } from './texts/shell.ts';
import { stock } from './texts/stock.ts';
import { welcome } from './texts/welcome.ts';

export const texts = {
  backups,
  everywhere,
  dashboard,
  devices,
  exit,
  forms,
  items,
  logs,
  recovery,
  settings,
  shell,
  stock,
  welcome,
} as const;
