// From the command line to a core that serves, or to an exit code that says why not.

import { exitCodes, type LogLevel, reasonOf } from '@masala/protocol';
import { Core } from './core.ts';
import { Exit } from './exit.ts';
import { openLog } from './log.ts';
import { lockDataDirectory, prepareDataDirectory } from './safety/data-directory.ts';
import { freeBytes } from './safety/disk-space/free-space.ts';
import { makeRoomForStart } from './safety/disk-space/room-for-start.ts';
import { readAllSettings } from './settings-file.ts';
import { readStartOptions, type StartOptions } from './start-options.ts';
import { StartRefused } from './start-refused.ts';

export interface RunOptions {
  readonly argv: readonly string[];
  /** UTC ms at which the process began. */
  readonly startedAt: number;
  readonly supervisorProgram: string;
}

/** Resolves when the core serves; a start that is refused ends the process. */
export async function run({ argv, startedAt, supervisorProgram }: RunOptions): Promise<void> {
  const { dataDir, flags, safeMode } = optionsOrUsage(argv);
  const exit = new Exit(dataDir);
  exit.catchFaults();
  try {
    prepareDataDirectory(dataDir);
    const { settings, sources } = readAllSettings(dataDir, flags);
    const lock = await lockDataDirectory(dataDir);
    await makeRoomForStart(dataDir, freeBytes);
    const log = openLog(dataDir, settings['log.level'] as LogLevel, () => performance.now());
    exit.log = log;
    const core = new Core({
      dataDir,
      settings,
      sources,
      safeMode,
      startedAt,
      supervisorProgram,
      lock,
      log,
      exit,
    });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => void core.stop(signal));
    }
    await core.start();
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    exit.leave(error.exitCode, error.message, error.cause);
  }
}

function optionsOrUsage(argv: readonly string[]): StartOptions {
  try {
    return readStartOptions(argv);
  } catch (error) {
    process.stderr.write(`masala core: ${reasonOf(error)}\n`);
    process.exit(exitCodes.USAGE.code);
  }
}
