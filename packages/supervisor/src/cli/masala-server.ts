#!/usr/bin/env node
// Where the `masala-server` command begins.

import { coreProgram } from '../core-program.ts';
import { runCommandLine } from './program.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), coreProgram);
