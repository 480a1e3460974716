// The way out: why the core ends is on the disk before it does.

import { type ExitCodeName, exitCodes } from '@masala/protocol';
import { writeRunFile } from '@masala/protocol/control';
import type { Log } from './log.ts';

export class Exit {
  readonly #dataDir: string;
  #log: Log | undefined;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** From now on the last words also reach the log. */
  set log(log: Log) {
    this.#log = log;
  }

  /** Ends the process at once with a reason: in run/exit-reason.json, on stderr, in the log. Nobody is answered any more. */
  leave(reason: Exclude<ExitCodeName, 'OK'>, message: string, error?: unknown): never {
    const { code } = exitCodes[reason];
    try {
      writeRunFile(this.#dataDir, 'exit-reason.json', {
        pid: process.pid,
        at: Date.now(),
        code,
        reason,
        message,
      });
    } catch (failed) {
      // A directory that cannot be written to is often the very reason; stderr has both.
      process.stderr.write(`exit-reason.json could not be written: ${String(failed)}\n`);
    }
    process.stderr.write(`masala core: ${reason}: ${message}\n`);
    this.#log?.lastWords();
    this.#log?.line(isFault(reason) ? 'core.fault' : 'core.start.refused', {
      exitCode: code,
      reason,
      message,
      ...(error === undefined ? {} : { error }),
    });
    process.exit(code);
  }

  /** Whatever nobody caught ends the process: its state is no longer known, and a restart is cheap. */
  catchFaults(): void {
    process.on('uncaughtException', (error) => this.leave('FAULT', stackOf(error), error));
    process.on('unhandledRejection', (error) => this.leave('FAULT', stackOf(error), error));
  }
}

function isFault(reason: ExitCodeName): boolean {
  return exitCodes[reason].restart;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
