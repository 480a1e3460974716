// Where a supervisor begins that nobody sees: the core starts it, by this path, when the earlier one is gone.

import { parseArgs } from 'node:util';
import { readRunFile, type StartFlags } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { AdminsDesk } from './admins-desk.ts';
import { coreProgram } from './core-program.ts';
import { superviseUntilEnd } from './process-end.ts';
import { startSupervisor } from './supervisor.ts';
import { trayHostProgram } from './tray/tray-program.ts';

const NO_FLAGS: StartFlags = { host: null, port: null, discoveryPort: null, set: [] };

/** Revives the supervisor of a data directory with the flags of its start. Returns the exit code. */
export async function revive(dataDir: string, program: string): Promise<number> {
  const wanted = readRunFile(dataDir, 'wanted.json');
  if (wanted?.wanted === 'stopped') return exitCodes.OK.code;
  // Without the file (somebody emptied run/) nobody has said that the core is to stop; only its flags are forgotten.
  const flags = wanted?.flags ?? NO_FLAGS;
  const environment = process.env;
  const desk = new AdminsDesk({ dataDir, flags, environment, trayProgram: trayHostProgram });
  const start = await startSupervisor({
    dataDir,
    flags,
    coreProgram: program,
    environment,
    onShow: () => desk.show(),
    onWindowHidden: () => desk.windowHidden(),
  });
  if (start.type === 'already-running') return exitCodes.ALREADY_RUNNING.code;
  if (start.type === 'refused') return exitCodes[start.exitCode].code;
  desk.attend(start.supervisor);
  const end = await superviseUntilEnd(start.supervisor);
  await desk.close();
  return exitCodes[end.exitCode].code;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, adopt: { type: 'boolean' } } });
  const dataDir = values['data-dir'];
  process.exitCode = dataDir === undefined ? exitCodes.USAGE.code : await revive(dataDir, coreProgram);
}
