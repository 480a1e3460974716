#!/usr/bin/env node
// Where the `masala` command begins.

import { run } from './program.ts';

// A reader that has seen enough (`masala watch | head`) closes the pipe; that is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Not process.exit: what is still on its way to a pipe would be lost.
process.exitCode = await run(process.argv.slice(2));
