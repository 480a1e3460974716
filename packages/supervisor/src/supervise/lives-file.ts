// lives.json in the data directory: the last lives of the core, for the dashboard's timeline. History to look at: nothing is
// decided by it, so a file that cannot be read or written keeps nobody from serving.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode, type Life, misfit, supervisorControl } from '@masala/protocol/control';
import { replaceFileDurablyAsync } from '@masala/protocol/durable-file';
import type { DiskLane } from '../disk-lane.ts';
import type { Log } from '../log.ts';

const FILE = 'lives.json';

/** Newest first; none where there is no file, or a damaged one. Only where nothing waits meanwhile: it waits for the disk. */
export function readLives(dataDir: string, log: Log): readonly Life[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'));
    const problem = misfit(supervisorControl.methods['lives.list'].result, value, FILE);
    if (problem !== undefined) throw new Error(problem);
    return (value as { readonly lives: readonly Life[] }).lives;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) log('supervisor.lives.unread', { error });
    return [];
  }
}

export class LivesFile {
  readonly #dataDir: string;
  readonly #disk: DiskLane;
  readonly #log: Log;

  constructor(dataDir: string, disk: DiskLane, log: Log) {
    this.#dataDir = dataDir;
    this.#disk = disk;
    this.#log = log;
  }

  /** Never rejects. Never in the space that is kept for a full disk: each start needs a part of it, a life is written thrice. */
  async write(lives: readonly Life[]): Promise<void> {
    const content = `${JSON.stringify({ lives })}\n`;
    try {
      await this.#disk.write(FILE, () => replaceFileDurablyAsync(join(this.#dataDir, FILE), content));
    } catch (error) {
      this.#log('supervisor.lives.unwritten', { error });
    }
  }
}
