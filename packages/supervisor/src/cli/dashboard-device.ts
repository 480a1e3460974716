// Which of the paired devices is this PC's dashboard, by the profile that its host keeps beside the server's key.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Undefined while the dashboard was never open, and where its profile cannot be read: it pairs itself anew then. */
export function dashboardDeviceId(dataDir: string): string | undefined {
  try {
    const text = readFileSync(join(dataDir, 'identity', 'dashboard', 'profile.json'), 'utf8');
    const { deviceId } = JSON.parse(text) as { readonly deviceId?: unknown };
    return typeof deviceId === 'string' ? deviceId : undefined;
  } catch {
    return undefined;
  }
}
