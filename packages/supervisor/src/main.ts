// Where a supervisor begins that nobody sees: the core starts it, by this path, when the earlier one is gone.

import { parseArgs } from 'node:util';
import { readRunFile, type StartFlags } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { coreProgram } from './core-program.ts';
import { superviseUntilEnd } from './process-end.ts';
import { startSupervisor } from './supervisor.ts';

const NO_FLAGS: StartFlags = { host: null, port: null, discoveryPort: null, set: [] };

/** Revives the supervisor of a data directory with the flags of its start. Returns the exit code. */
export async function revive(dataDir: string, program: string): Promise<number> {
  const wanted = readRunFile(dataDir, 'wanted.json');
  if (wanted?.wanted === 'stopped') return exitCodes.OK.code;
  const start = await startSupervisor({
    dataDir,
    // Without the file (somebody emptied run/) nobody has said that the core is to stop; only its flags are forgotten.
    flags: wanted?.flags ?? NO_FLAGS,
    coreProgram: program,
    environment: process.env,
  });
  if (start.type === 'already-running') return exitCodes.ALREADY_RUNNING.code;
  if (start.type === 'refused') return exitCodes[start.exitCode].code;
  return exitCodes[(await superviseUntilEnd(start.supervisor)).exitCode].code;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, adopt: { type: 'boolean' } } });
  const dataDir = values['data-dir'];
  process.exitCode = dataDir === undefined ? exitCodes.USAGE.code : await revive(dataDir, coreProgram);
}
