// The options that every subcommand of `masala-server` has.

import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { defaultDataDir } from '../data-dir.ts';
import type { OutputOptions } from './output.ts';

export interface CommonOptions extends OutputOptions {
  readonly dataDir: string;
}

/** Wraps an action, which gives the exit code, for commander. */
export type Act = <Options extends CommonOptions>(
  action: (options: Options) => Promise<number>,
) => (options: Options) => Promise<void>;

/** The command with `--data-dir` and `--json`. */
export function common(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'the data directory of the server', dataDirOf, defaultDataDir())
    .option('--json', 'print one JSON document', false);
}

/** Empty is a variable that a script forgot to set: the current folder would silently begin a second history. */
function dataDirOf(folder: string): string {
  if (folder.trim() === '') throw new InvalidArgumentError('It has to name a folder.');
  return resolve(folder);
}
