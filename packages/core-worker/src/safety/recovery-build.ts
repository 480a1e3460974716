// Builds the database that the admin has chosen, in the scratch folder: from a backup and the journal, from what can still
// be read, or empty.

import { join } from 'node:path';
import { ageInWords, MasalaError } from '@masala/protocol';
import { GENESIS_HASH } from '../store/chain.ts';
import type { ChainEnd } from '../store/chain-end.ts';
import { createStore } from '../store/open.ts';
import type { JournalSurvey } from './journal/survey.ts';
import { quarantinedDatabase } from './quarantine.ts';
import type { RecoveryParts } from './recovery.ts';
import type { RecoveryNote, RecoveryRequest } from './recovery-note.ts';
import { chooseRestorePoint } from './restore/choose.ts';
import type { RestoreReport } from './restore/restore.ts';
import type { RestoreSources } from './restore-sources.ts';

export interface BuildParts extends Pick<RecoveryParts, 'dataDir' | 'pool' | 'now' | 'newEpoch'> {
  readonly note: RecoveryNote;
  readonly request: RecoveryRequest;
  readonly scratchFolder: string;
  readonly sources: RestoreSources;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkDone) => void;
}

interface WorkDone {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** A checked database in the scratch folder, closed and on the disk, and what to tell of it. */
export interface Built {
  readonly path: string;
  readonly end: ChainEnd;
  /** The last sequence that it shares with the history before. */
  readonly branchSequence: number;
  /** UTC ms of the newest command that is in it; null where there is none. */
  readonly asOf: number | null;
  readonly summary: string[];
  readonly warnings: string[];
  readonly report: unknown;
  /** Records that are missing, and that were made anew, where it was salvaged. */
  readonly salvage?: { readonly lost: number; readonly remade: number };
}

/** Throws the MasalaErrors of its tasks: NO_RESTORE_POINT, BACKUP_UNKNOWN, BACKUP_DAMAGED, SALVAGE_IMPOSSIBLE … */
export async function buildDatabase(parts: BuildParts): Promise<Built> {
  switch (parts.request.action) {
    case 'restore':
      return restored(parts, parts.request);
    case 'salvage':
      return salvaged(parts);
    case 'fresh':
      return fresh(parts);
  }
}

/** Empty, but a child of the history before, so that a client learns that all of its commands are gone. */
function fresh({ note, scratchFolder, sources, now, newEpoch }: BuildParts): Built {
  const path = join(scratchFolder, 'masala.db');
  const epoch = newEpoch();
  const parent = note.chainEnd?.epoch ?? sources.newest?.manifest.epoch;
  const branch = parent === undefined ? null : { epoch: parent, sequence: 0, hash: GENESIS_HASH };
  createStore(path, { epoch, origin: 'fresh', branch, at: now() }).close();
  return {
    path,
    end: { epoch, sequence: 0, hash: GENESIS_HASH },
    branchSequence: 0,
    asOf: null,
    summary: ['A new empty database has been created.'],
    warnings: [],
    report: {},
  };
}

/** What a backup and the journal reach. A backup that turns out to be damaged is passed over, unless it was asked for. */
async function restored(
  parts: BuildParts,
  wish: Extract<RecoveryRequest, { action: 'restore' }>,
): Promise<Built> {
  const { sources, pool, scratchFolder, now, newEpoch, signal, onProgress } = parts;
  // Nobody knows what they hold: it may have been newer than what is taken instead.
  const passedOver = [
    ...sources.unreadable.map(({ id, problem }) => `The backup ${id} cannot be used: ${problem}`),
    ...(sources.journals?.unreadable ?? []).map(({ folder, reason }) => {
      return `The journal in ${folder} cannot be read (${reason}): what only it held is not back.`;
    }),
  ];
  let points = wish.id === null ? sources.ownPoints : sources.points;
  for (;;) {
    const choice = chooseRestorePoint(points, journalsFor(wish, sources.journals), wish);
    const { point } = choice;
    try {
      const report = await pool.run(
        'restore',
        { scratchFolder, choice, until: wish.until, at: now(), newEpoch: newEpoch() },
        { signal, onMessage: (message) => onProgress(message as WorkDone) },
      );
      return {
        path: report.databasePath,
        end: { epoch: report.epoch, sequence: report.lastSequence, hash: report.lastHash },
        branchSequence: report.branchSequence,
        asOf: report.lastCommandAt,
        summary: restoreSummary(report, now()),
        warnings: [...passedOver, ...report.warnings],
        report,
      };
    } catch (error) {
      const isDamaged = error instanceof MasalaError && error.code === 'BACKUP_DAMAGED';
      if (!isDamaged || point === null || wish.id !== null) throw error;
      const { id } = point.manifest;
      passedOver.push(`The backup ${id} is damaged (${String(error.data?.reason)}) and was passed over.`);
      points = points.filter(({ path }) => path !== point.path);
    }
  }
}

/** What can still be read of the damaged files, which stay as they are. */
async function salvaged(parts: BuildParts): Promise<Built> {
  const { dataDir, note, pool, scratchFolder, now, newEpoch, signal, onProgress } = parts;
  const report = await pool.run(
    'salvage',
    {
      // A kill in the middle of the swap has left it in quarantine already.
      damagedPath: quarantinedDatabase(dataDir, note.reason, note.at) ?? join(dataDir, 'masala.db'),
      scratchFolder,
      at: now(),
      newEpoch: newEpoch(),
      chainEnd: note.chainEnd,
    },
    { signal, onMessage: (message) => onProgress(message as WorkDone) },
  );
  const { tables, counts, warnings } = report;
  const told = tables.map(({ name, carried, lost, remade }) => {
    return `${name}: ${carried} carried, ${lost} lost, ${remade} made anew`;
  });
  return {
    path: report.databasePath,
    end: { epoch: report.epoch, sequence: report.lastSequence, hash: report.lastHash },
    branchSequence: report.branchSequence,
    asOf: report.lastCommandAt,
    summary: [
      `Salvaged what could be read: ${counts.documents} documents, ${counts.commands} commands.`,
      ...told,
    ],
    warnings: [...warnings],
    report,
    salvage: {
      lost: tables.reduce((sum, { lost }) => sum + lost, 0),
      remade: tables.reduce((sum, { remade }) => sum + remade, 0),
    },
  };
}

/** The journals that a restore may follow: none where the backup is wanted as it was made. */
export function journalsFor(
  wish: Extract<RecoveryRequest, { action: 'restore' }>,
  journals: JournalSurvey | null,
): Pick<JournalSurvey, 'journals'> {
  return wish.asMade === true || journals === null ? { journals: [] } : journals;
}

function restoreSummary(report: RestoreReport, now: number): string[] {
  const { backupId, backupMadeAt, replayedCommands, lastSequence, lastCommandAt, counts } = report;
  const origin =
    backupId === null || backupMadeAt === null
      ? 'Restored from the journal alone.'
      : `Restored the backup ${backupId} (made ${ageInWords(now - backupMadeAt)}).`;
  const replayed = `${replayedCommands} later commands were booked again from the journal.`;
  const state =
    lastCommandAt === null
      ? 'It holds no command.'
      : `The newest command is ${lastSequence}, booked ${new Date(lastCommandAt).toLocaleString()} (${ageInWords(now - lastCommandAt)}).`;
  return [
    origin,
    ...(replayedCommands > 0 ? [replayed] : []),
    state,
    `It holds ${counts.documents} documents.`,
  ];
}
