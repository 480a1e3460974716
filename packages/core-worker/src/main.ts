// The core worker's program: compiled code first, then the settings, the lock, and the core.

import { enableCompileCache, flushCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const startedAt = Date.now();
const supervisorProgram = fileURLToPath(new URL('../../supervisor/src/main.ts', import.meta.url));

// Whatever is made here is this user's alone, also where a library makes it (the database).
process.umask(0o077);

// Before anything large is loaded: with the cache of the last start a restart answers a third sooner. The core is made to be
// killed, so the cache is written as soon as it serves and not at its exit.
const dataDirAt = process.argv.indexOf('--data-dir') + 1;
const dataDir = dataDirAt === 0 ? undefined : process.argv[dataDirAt];
if (dataDir !== undefined) enableCompileCache(join(resolve(dataDir), 'run', 'compile-cache'));

const { run } = await import('./run.ts');
await run({ argv: process.argv.slice(2), startedAt, supervisorProgram });
flushCompileCache();
