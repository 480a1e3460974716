// lives.json in the data directory: the last lives of the core, for the dashboard's timeline. History to look at: nothing is
// decided by it, so a file that cannot be read or written keeps nobody from serving.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode, type Life, misfit, supervisorControl } from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import type { Log } from '../log.ts';

const FILE = 'lives.json';

export class LivesFile {
  readonly #dataDir: string;
  readonly #log: Log;

  constructor(dataDir: string, log: Log) {
    this.#dataDir = dataDir;
    this.#log = log;
  }

  /** Newest first; none where there is no file, or a damaged one. */
  read(): readonly Life[] {
    try {
      const value: unknown = JSON.parse(readFileSync(join(this.#dataDir, FILE), 'utf8'));
      const problem = misfit(supervisorControl.methods['lives.list'].result, value, FILE);
      if (problem !== undefined) throw new Error(problem);
      return (value as { readonly lives: readonly Life[] }).lives;
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) this.#log('supervisor.lives.unread', { error });
      return [];
    }
  }

  /** Never in the space that is kept for a full disk: each start needs a part of that, and a life is written thrice. */
  write(lives: readonly Life[]): void {
    const content = `${JSON.stringify({ lives })}\n`;
    try {
      replaceFileDurably(join(this.#dataDir, FILE), content);
    } catch (error) {
      this.#log('supervisor.lives.unwritten', { error });
    }
  }
}
