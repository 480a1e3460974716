// What the supervisor writes down for the next one, and reads of what a core left: all of it through the lane, so that a disk
// that hangs stops nothing. None of it rejects for a silent disk: what is not known is null.

import { type RunFile, readRunFileAsync, type StartFlags, writeRunFileAsync } from '@masala/protocol/control';
import { type DiskLane, DiskSilentError } from '../disk-lane.ts';
import type { Log } from '../log.ts';
import { openStderr, type StderrFile, stderrTail } from './core-spawn.ts';
import type { Lifecycle } from './lifecycle-state.ts';

export interface CoreFilesOptions {
  readonly dataDir: string;
  readonly flags: StartFlags;
  /** Times of supervisor starts, ours last: carried along in run/wanted.json. */
  readonly supervisorStarts: readonly number[];
  readonly disk: DiskLane;
  readonly log: Log;
}

type ExitReason = RunFile<'exit-reason.json'>;

export class CoreFiles {
  readonly #options: CoreFilesOptions;

  constructor(options: CoreFilesOptions) {
    this.#options = options;
  }

  /** Writes run/wanted.json; on the disk when it settles, unless the log says otherwise. Never rejects. */
  async persist(
    wanted: 'running' | 'stopped',
    { deaths, lastDeath }: Pick<Lifecycle, 'deaths' | 'lastDeath'>,
  ): Promise<void> {
    const { dataDir, disk, flags, supervisorStarts, log } = this.#options;
    const content = {
      wanted,
      flags,
      deaths: [...deaths],
      lastDeath,
      supervisorStarts: [...supervisorStarts],
    };
    try {
      await disk.write('run/wanted.json', () => writeRunFileAsync(dataDir, 'wanted.json', content));
    } catch (error) {
      // A full disk must not keep the core from being started: only a crash of us both would miss this file.
      log('supervisor.wanted.unwritten', { error });
    }
  }

  /** Who holds the directory, as he wrote himself, and what the last one wrote before he ended. */
  async beforeStart(): Promise<{ core: RunFile<'core.json'> | null; words: ExitReason | null }> {
    const { dataDir, disk } = this.#options;
    const read = async () => ({
      core: await readRunFileAsync(dataDir, 'core.json'),
      words: await readRunFileAsync(dataDir, 'exit-reason.json'),
    });
    // A core that only a silent disk knows of keeps a second one out by its own lock.
    return await disk.run('run/core.json', read).catch(() => ({ core: null, words: null }));
  }

  /** What a core has left that began to write at `stderrFrom` of the file. */
  async afterDeath(
    stderrFrom: number,
  ): Promise<{ words: ExitReason | null; stderr: string | null; wantedStopped: boolean }> {
    const { dataDir, disk } = this.#options;
    const read = async () => ({
      words: await readRunFileAsync(dataDir, 'exit-reason.json'),
      stderr: await stderrTail(dataDir, stderrFrom),
      wantedStopped: (await readRunFileAsync(dataDir, 'wanted.json'))?.wanted === 'stopped',
    });
    const unread = { words: null, stderr: null, wantedStopped: false };
    return await disk.run('run/exit-reason.json', read).catch(() => unread);
  }

  /** Null where the disk is silent: a core without it is better than none. Rejects with other errors. Close it after use. */
  async openStderr(): Promise<StderrFile | null> {
    const { dataDir, disk } = this.#options;
    let isLate = false;
    const open = async () => {
      const opened = await openStderr(dataDir);
      if (isLate) await opened.file.close();
      return opened;
    };
    try {
      return await disk.run('logs/core-stderr.log', open);
    } catch (error) {
      isLate = true;
      if (error instanceof DiskSilentError) return null;
      throw error;
    }
  }
}
