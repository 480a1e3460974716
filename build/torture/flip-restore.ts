// A restore from a prepared server's backups and journal, as the recovery makes it, called in this process like the checks.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { buildDatabase } from '../../packages/core-worker/src/safety/recovery-build.ts';
import { chooseRestorePoint } from '../../packages/core-worker/src/safety/restore/choose.ts';
import {
  type RestoreParams,
  type RestoreReport,
  restore,
} from '../../packages/core-worker/src/safety/restore/restore.ts';
import { restoreSources } from '../../packages/core-worker/src/safety/restore-sources.ts';
import type { Pool } from '../../packages/core-worker/src/store/pool.ts';
import type { PoolChannel } from '../../packages/core-worker/src/store/pool-task.ts';

/** Where a restore may look: either part of a server may be all that is left. */
export interface Sources {
  /** Null: the data directory is lost. */
  readonly dataDir: string | null;
  /** Null: none is set. */
  readonly secondFolder: string | null;
  readonly serverId: string;
}

export interface Restored {
  readonly databasePath: string;
  readonly lastSequence: number;
  /** What the admin is told of it: damaged backups, cut ends, gaps. */
  readonly told: readonly string[];
}

const silent: PoolChannel = { send: async () => undefined, throwIfStopped: () => undefined };
const newEpoch = () => 'the epoch of a restore';
/** The newest good state, whatever that is. */
const newest = { action: 'restore', id: null, until: null } as const;
const note = { reason: 'damaged', at: 0, message: '', request: newest, tries: 1, chainEnd: null } as const;

/** Gives the code of the error where it is refused. Throws what is no word about the files. */
export async function restoreNewest(sources: Sources, scratchFolder: string): Promise<Restored | string> {
  const folders = foldersOf(sources, scratchFolder);
  // The one task that a restore runs in the pool.
  const run = (_task: string, params: RestoreParams) => restore(params, silent);
  try {
    const found = await restoreSources(folders);
    const { path, end, warnings, report } = await buildDatabase({
      ...{ dataDir: folders.dataDir, scratchFolder, sources: found, note, request: newest },
      ...{ now: Date.now, newEpoch, signal: new AbortController().signal, onProgress: () => undefined },
      pool: { run } as unknown as Pool,
    });
    const { cutTail } = report as RestoreReport;
    const told = [...warnings, ...found.points.flatMap(({ problem }) => problem ?? [])];
    if (cutTail !== null) told.push(`the end is cut: ${JSON.stringify(cutTail)}`);
    const journalProblem = found.told.journal?.reason;
    if (journalProblem != null) told.push(journalProblem);
    return { databasePath: path, lastSequence: end.sequence, told };
  } catch (error) {
    if (error instanceof MasalaError) return error.code;
    throw error;
  }
}

/** The state after a command, by the undamaged journal alone: what a restore that ends there has to come to. */
export async function restoreUpTo(
  sources: Sources,
  sequence: number,
  scratchFolder: string,
): Promise<string> {
  const { journals } = await restoreSources(foldersOf(sources, scratchFolder));
  const whole = chooseRestorePoint([], journals ?? { journals: [] }, { id: null, until: null });
  const legs = whole.legs.map((leg) => ({ ...leg, to: Math.min(leg.to, sequence) }));
  const choice = { ...whole, legs, reach: sequence };
  const report = await restore(
    { scratchFolder, choice, until: null, at: Date.now(), newEpoch: newEpoch() },
    silent,
  );
  return report.databasePath;
}

function foldersOf({ dataDir, secondFolder, serverId }: Sources, scratchFolder: string) {
  const empty = join(scratchFolder, 'empty-data-directory');
  mkdirSync(empty, { recursive: true });
  return { dataDir: dataDir ?? empty, secondFolder, serverId };
}
