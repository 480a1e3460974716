// Why a start cannot go on: an exit code that is told durably, in the log, and to whoever started the core.

import type { ExitCodeName } from '@masala/protocol';

export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  readonly exitCode: Exclude<ExitCodeName, 'OK'>;

  constructor(exitCode: Exclude<ExitCodeName, 'OK'>, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
