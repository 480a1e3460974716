// Where the core's program lies: the supervisor starts it by path and never imports it.

import { join } from 'node:path';

export const coreProgram = join(import.meta.dirname, '../../core-worker/src/main.ts');
