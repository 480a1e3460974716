// What has to be right before anything is started: the data directory and the settings.

import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasErrorCode, runFolder, type StartFlags } from '@masala/protocol/control';
import {
  describeProblem,
  type ExitCodeName,
  MasalaError,
  reasonOf,
  type Settings,
} from '@masala/protocol/tables';
import { findSettings } from './settings-store.ts';

export interface Refusal {
  readonly exitCode: ExitCodeName;
  /** One line for each problem. */
  readonly problems: readonly string[];
}

/** Makes the data directory's folders where they are missing; undefined when they can be written to. */
export function prepareDataDir(dataDir: string): Refusal | undefined {
  try {
    for (const folder of [dataDir, runFolder(dataDir)]) makeFolder(folder, 0o700);
    makeFolder(join(dataDir, 'logs'), 0o777);
    for (const folder of [dataDir, runFolder(dataDir), join(dataDir, 'logs')])
      accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return { exitCode: 'DATA_DIRECTORY_NOT_WRITABLE', problems: [`${dataDir}: ${reasonOf(error)}`] };
  }
}

/** Not `recursive`: that tries for ever where a file system, such as /proc, says of a new folder that its parent is missing. */
function makeFolder(folder: string, mode: number): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error; // another start was faster, or a file is in the way
    if (!statSync(folder).isDirectory()) throw error;
  }
}

/** Every setting, from all its sources; a refusal that lists everything that is wrong with them. */
export function readServerSettings(
  dataDir: string,
  flags: StartFlags,
  environment: NodeJS.ProcessEnv,
): Settings | Refusal {
  try {
    const { settings, problems } = findSettings(dataDir, flags, environment);
    if (problems.length === 0) return settings;
    return { exitCode: 'SETTINGS_INVALID', problems: problems.map(describeProblem) };
  } catch (error) {
    if (!(error instanceof MasalaError)) throw error;
    return { exitCode: 'SETTINGS_INVALID', problems: (error.data?.problems ?? []) as string[] };
  }
}
