// Where the tray host's program lies: the supervisor forks it by path, so that nothing of it is loaded into the supervisor.

import { join } from 'node:path';

export const trayHostProgram = join(import.meta.dirname, 'tray-host.ts');
