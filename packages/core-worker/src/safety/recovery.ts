// The recovery state: says what is wrong and what the newest good state is, takes the admin's choice, and carries it out.
//
// The choice is on the disk before it is begun (recovery.json), so that a kill anywhere in it only makes the next start do
// it again. What is built is built in a scratch folder and checked there; until it is put in place nothing has changed.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ageInWords, MasalaError } from '@masala/protocol';
import type { CoreControl, LastRecovery, RecoveryTold, ResultOf } from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import type { Agreed, SafetyDesk } from '../control-methods.ts';
import type { LogLine } from '../log.ts';
import type { CoreState } from '../state.ts';
import { readChainEnd } from '../store/chain-end.ts';
import type { Pool } from '../store/pool.ts';
import type { BackupFolders } from './backups/backup-folders.ts';
import { NOT_COMPARABLE, type Preview } from './backups/preview.ts';
import { toldOf } from './backups/restore-point.ts';
import { putInPlace } from './put-in-place.ts';
import { type Built, buildDatabase } from './recovery-build.ts';
import {
  type RecoveryNote,
  type RecoveryRequest,
  removeRecoveryNote,
  writeRecoveryNote,
} from './recovery-note.ts';
import { checkShown } from './restore/shown.ts';
import { type RestoreSources, restoreSources } from './restore-sources.ts';

/** A request that was begun so often without an end kills the core; the admin has to choose another. */
const TRIES_MAX = 3;

export interface RecoveryParts {
  readonly dataDir: string;
  readonly folders: BackupFolders;
  readonly pool: Pool;
  readonly state: CoreState;
  readonly now: () => number;
  readonly newEpoch: () => string;
  readonly log: LogLine;
}

export class Recovery implements SafetyDesk {
  readonly lastRecovery = null;
  readonly #parts: RecoveryParts;
  readonly #done = Promise.withResolvers<LastRecovery | null>();
  readonly #stop = new AbortController();
  /** Backups that were chosen by name, and turned out to be damaged. */
  readonly #refused = new Set<string>();
  #note: RecoveryNote;
  #sources: RestoreSources;
  #working: RecoveryTold['working'] = null;
  #failure: RecoveryTold['failure'] = null;
  #running: Promise<void> = Promise.resolve();

  private constructor(parts: RecoveryParts, note: RecoveryNote, sources: RestoreSources) {
    this.#parts = parts;
    this.#note = note;
    this.#sources = sources;
  }

  /** Looks at what there is to restore from, and goes on with what was chosen before a kill. */
  static async begin(parts: RecoveryParts, note: RecoveryNote): Promise<Recovery> {
    const recovery = new Recovery(parts, note, await restoreSources(parts.folders));
    const { state, log } = parts;
    log('recovery.entered', { reason: note.reason, message: note.message });
    if (note.request === null) return recovery;
    // A choice that has killed three cores, or the one that is in safe mode, is not made a fourth time by itself.
    if (note.tries >= TRIES_MAX || state.has('safe-mode')) {
      log('recovery.request.dropped', { request: note.request, tries: note.tries });
      recovery.#giveUp('the core died of it, or is in safe mode');
    } else recovery.#begin(note.request);
    return recovery;
  }

  /**
   * Settles when there is a database to serve: the one that was built, or (null) the good one that a restore which failed was
   * to replace. It stays pending while the admin has not chosen.
   */
  get done(): Promise<LastRecovery | null> {
    return this.#done.promise;
  }

  get recovery(): RecoveryTold {
    const { reason, at } = this.#note;
    const { newest, unreachable } = this.#sources;
    return {
      reason,
      question: this.#question(),
      message: this.#message(),
      since: at,
      newest: newest === null ? null : toldOf(newest),
      unreachable: [...unreachable],
      working: this.#working,
      failure: this.#failure,
    };
  }

  async list(): Promise<ResultOf<CoreControl, 'backup.list'>> {
    await this.#look();
    return this.#sources.told;
  }

  backupNow(): Promise<never> {
    return Promise.reject(new MasalaError('SERVER_IN_RECOVERY'));
  }

  verify(): Promise<never> {
    return Promise.reject(new MasalaError('SERVER_IN_RECOVERY'));
  }

  /** Nothing is served that a backup could be compared with. */
  async preview(id: string): Promise<Preview> {
    const { points } = await restoreSources(this.#parts.folders);
    if (points.every(({ manifest }) => manifest.id !== id)) throw new MasalaError('BACKUP_UNKNOWN', { id });
    return NOT_COMPARABLE;
  }

  /** Throws RECOVERY_RUNNING while an earlier choice is carried out. */
  async choose(request: RecoveryRequest, { shown }: Agreed = {}): Promise<void> {
    if (shown !== undefined) {
      await this.#look();
      checkShown(shown, this.#sources.points, undefined);
    }
    if (this.#working !== null) throw new MasalaError('RECOVERY_RUNNING');
    this.#begin(request);
  }

  /** Breaks a running recovery off; the next start goes on with it. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Where a backup was chosen by name, and this says that it is damaged. */
  async #refuse(request: RecoveryRequest, error: unknown): Promise<void> {
    if (!(error instanceof MasalaError) || error.code !== 'BACKUP_DAMAGED') return;
    if (request.action !== 'restore' || request.id === null) return;
    this.#refused.add(request.id);
    await this.#look();
  }

  async #look(): Promise<void> {
    this.#sources = await restoreSources(this.#parts.folders, this.#refused);
  }

  #begin(request: RecoveryRequest): void {
    const { dataDir } = this.#parts;
    // A try that was killed behind its swap has left a mark of its own.
    const chainEnd = this.#note.chainEnd ?? readChainEnd(dataDir);
    this.#keep({ ...this.#note, request, tries: this.#note.tries + 1, chainEnd });
    this.#failure = null;
    this.#working = { action: request.action, phase: 'looking', done: 0, total: 0 };
    this.#running = this.#carryOut(request);
  }

  async #carryOut(request: RecoveryRequest): Promise<void> {
    const { dataDir, log } = this.#parts;
    const scratchFolder = join(dataDir, 'restore');
    log('recovery.begun', { ...request });
    try {
      rmSync(scratchFolder, { recursive: true, force: true });
      mkdirSync(scratchFolder, { mode: 0o700 });
      await this.#look();
      const built = await buildDatabase({
        ...this.#parts,
        note: this.#note,
        request,
        scratchFolder,
        sources: this.#sources,
        signal: this.#stop.signal,
        onProgress: (progress) => this.#progress(request, progress),
      });
      this.#putInPlace(request, built);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      await this.#refuse(request, error);
      this.#failed(request, error);
    } finally {
      rmSync(scratchFolder, { recursive: true, force: true });
    }
  }

  #putInPlace(request: RecoveryRequest, built: Built): void {
    const { dataDir, state, now, log } = this.#parts;
    const at = now();
    // By the time of the note: after a kill in the middle the rest goes into the same folder.
    const quarantine = putInPlace(dataDir, built, this.#note.reason, this.#note.at);
    const { epoch } = built.end;
    const { branchSequence, asOf, warnings } = built;
    const kept = quarantine === null ? [] : [`The files from before are kept in ${quarantine}.`];
    const summary = [...built.summary, ...kept];
    const told: LastRecovery = { action: request.action, at, asOf, epoch, branchSequence, summary, warnings };
    const report = { ...told, why: this.#note.message, quarantine, details: built.report };
    const reportPath = join(dataDir, 'last-recovery.json');
    replaceFileDurably(reportPath, `${JSON.stringify(report, null, 2)}\n`);
    removeRecoveryNote(dataDir);
    log('recovery.done', report);
    const asOfText = asOf === null ? 'an empty database' : new Date(asOf).toLocaleString();
    state.notice('database-recovered', { action: request.action, asOf: asOfText });
    if (built.salvage !== undefined)
      state.notice('database-salvaged', { ...built.salvage, report: reportPath });
    this.#done.resolve(told);
  }

  #failed(request: RecoveryRequest, error: unknown): void {
    const { log, state } = this.#parts;
    const known =
      error instanceof MasalaError ? error : new MasalaError('RESTORE_FAILED', undefined, { cause: error });
    const reason = String(known.data?.reason ?? (error instanceof Error ? error.message : error));
    log('recovery.failed', { request, code: known.code, error });
    this.#working = null;
    this.#failure = { code: known.code, message: known.message, reason };
    this.#giveUp(`${known.message} ${reason}`);
    state.advance();
  }

  /** The choice is no longer made by itself. Where the database was good, it still is, and is served again. */
  #giveUp(reason: string): void {
    const { dataDir, state } = this.#parts;
    if (this.#note.reason !== 'requested') return this.#keep({ ...this.#note, request: null, tries: 0 });
    removeRecoveryNote(dataDir);
    state.notice('restore-failed', { reason });
    this.#done.resolve(null);
  }

  #progress(request: RecoveryRequest, progress: { phase: string; done: number; total: number }): void {
    this.#working = { action: request.action, ...progress };
    this.#parts.state.advance();
  }

  #keep(note: RecoveryNote): void {
    writeRecoveryNote(this.#parts.dataDir, note);
    this.#note = note;
  }

  /** What happened, and how far the journal reaches beyond the newest backup. */
  #message(): string {
    const { newest, journalEnd } = this.#sources;
    if (journalEnd === null || journalEnd.at <= (newest?.manifest.lastCommandAt ?? 0))
      return this.#note.message;
    const age = ageInWords(this.#parts.now() - journalEnd.at);
    return `${this.#note.message}. The journal on the second drive reaches to command ${journalEnd.sequence} (${age}).`;
  }

  #question(): string {
    const { newest, unreachable } = this.#sources;
    const age = newest === null ? null : ageInWords(this.#parts.now() - newest.manifest.madeAt);
    switch (this.#note.reason) {
      case 'missing':
      case 'lost':
        if (age !== null) return `No database found. Restore from latest backup (${age})?`;
        return unreachable.length > 0
          ? `No database found, and the backups in ${unreachable.join(', ')} cannot be reached.`
          : 'No database found, and no backup of it.';
      case 'damaged':
        return age === null
          ? 'Database integrity issue detected. There is no good backup.'
          : 'Database integrity issue detected. Restore from backup?';
      case 'requested':
        return 'A restore was asked for.';
    }
  }
}
