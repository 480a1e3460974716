// Looks after the backups: makes what is due, copies it to the second folder, removes what has had its time, tells what fails.

import { isAbsolute } from 'node:path';
import { MasalaError, type NoticeData, type NoticeName, reasonOf } from '@masala/protocol';
import { pause } from '../../health/background-tasks.ts';
import type { LogLine } from '../../log.ts';
import type { Database } from '../../store/sqlite.ts';
import { clearScratch, dataRoot, type SecondFolderState } from './backup-folders.ts';
import { isGood, type ListedBackup, listedIn, missingInSecond } from './listed.ts';
import type { BackupKind } from './manifest.ts';
import {
  type BackupPlace,
  listRestorePoints,
  type RestorePoint,
  type RestorePointList,
  restorePointAt,
} from './restore-point.ts';
import { backupsToRemove, extraSnapshots } from './retention.ts';
import {
  dueBackups,
  type NewestBackup,
  type ScheduledKind,
  type ScheduleFacts,
  scheduledKinds,
  untilNextBackupMs,
} from './schedule.ts';
import type { BackupProgress } from './unpack.ts';
import { type WorkOptions, Workshop, type WorkshopParts } from './workshop.ts';

/** Looking costs milliseconds; half a minute is soon enough for a drive that was plugged in again, and for a jump of the clock. */
const LOOK_MAX_MS = 30_000;
const LOOK_MIN_MS = 50;
/** Ten seconds after a start everything else has found its feet: a restart is not slowed down by the backup that it missed. */
const FIRST_LOOK_MAX_MS = 10_000;
/** After a failure: soon enough to lose little, seldom enough not to keep a sick disk busy. */
const RETRY_MAX_MS = 5 * 60_000;

type BackupNotice = Extract<
  NoticeName,
  'backup-failed' | 'second-folder-unreachable' | 'second-folder-same-disk'
>;

export interface BackupsParts extends WorkshopParts {
  /** The setting backup.intervalMs. */
  readonly intervalMs: number;
  /** The database as it is now. */
  readonly present: () => { readonly epoch: string; readonly lastSequence: number };
  /** Whether a folder's drive is nearly full, so that no backup is made on it. */
  readonly isCritical: (folder: string) => boolean;
  /** Shows a notice, or takes it away where `data` is null; the same again means nothing. */
  readonly notice: (name: BackupNotice, data: NoticeData | null) => void;
  /** After each backup that was made: the disk is looked at. */
  readonly onMade: () => void | Promise<void>;
  /** Long work advances. */
  readonly onProgress: (progress: BackupProgress) => void;
  readonly log: LogLine;
}

export interface MakeOptions extends WorkOptions {
  /** A folder of the caller's choice; the usual ones when absent. */
  readonly to?: string | undefined;
}

export class Backups {
  readonly #parts: BackupsParts;
  readonly #workshop: Workshop;
  /** Ends when what was asked for before has ended: backups, verifications and retention never meet. */
  #turn: Promise<unknown> = Promise.resolve();
  /** When this process made one of a kind, by the steady clock. */
  readonly #madeAt: Partial<Record<ScheduledKind, number>> = {};
  readonly #startedAt = performance.now();
  /** Breaks off what is under way. */
  #end = new AbortController();
  /** How long the last copying to the second folder took. */
  #lastCopyMs = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #secondState: SecondFolderState['state'] = 'none';
  /** What fails at the moment; both are one notice. */
  readonly #failures: { make?: string; copy?: string } = {};

  constructor(parts: BackupsParts) {
    this.#parts = parts;
    this.#workshop = new Workshop(parts);
  }

  /** The background task. Never rejects for a backup that fails: that is told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs, folders } = this.#parts;
    await this.#alone(() => clearScratch(dataRoot(folders)));
    await pause(Math.min(intervalMs, FIRST_LOOK_MAX_MS), signal);
    const lookMs = Math.min(Math.max(intervalMs / 10, LOOK_MIN_MS), LOOK_MAX_MS);
    while (!signal.aborted) {
      await this.#alone(() => this.#tend(signal));
      await pause(lookMs, signal);
    }
  }

  /** Everything that can be restored from, newest first. */
  list(): Promise<RestorePointList> {
    return listRestorePoints(this.#parts.folders);
  }

  /** When the next one is due (UTC ms), by this list; null while they pause, or while there is nothing to back up. */
  nextAt(list: RestorePointList): number | null {
    const { folders, isCritical, now } = this.#parts;
    const untilMs = isCritical(folders.dataDir) ? null : untilNextBackupMs(this.#scheduleFacts(list));
    if (untilMs === null) return null;
    return now() + Math.round(Math.max(untilMs, this.#retryAt - performance.now()));
  }

  /**
   * Makes one now, also while backups pause. With `to` it lies there and nowhere else.
   * Rejects with BACKUP_SPACE_LOW, BACKUP_FOLDER_UNREACHABLE, BACKUP_WAL_LIMIT, BACKUP_FAILED, BACKUP_DAMAGED or CANCELLED.
   */
  make(kind: BackupKind, { to, ...options }: MakeOptions = {}): Promise<RestorePoint> {
    return this.#alone(async () => {
      const list = await this.list();
      if (to === undefined) {
        const [point] = await this.#make([kind], list, options);
        if (point === undefined) throw new Error('a kind without a backup');
        await this.#tendSecond(await this.list(), options);
        await this.#retain(await this.list(), options);
        return point;
      }
      const point = await this.#reported([kind], () =>
        this.#workshop.makeIn(to, kind, list, this.#told(options)),
      );
      this.#logMade(point);
      return point;
    });
  }

  /**
   * Opens, checks and restores into a scratch file: one backup in each of its places (by its id, or by the path of one that
   * lies elsewhere), or all of them. Rejects with BACKUP_UNKNOWN, and with BACKUP_DAMAGED where not even the manifest can be
   * read; what is found damaged otherwise is told in the points.
   */
  verify(id: string | undefined, options: WorkOptions = {}): Promise<RestorePoint[]> {
    return this.#alone(async () => {
      const verified: RestorePoint[] = [];
      for (const point of await this.#find(id)) {
        verified.push(await this.#verify(point, this.#told(options)));
      }
      return verified;
    });
  }

  /** Makes a backup from a connection whose file was deleted or replaced; what is under way is broken off for it. */
  emergency(database: Database, options: WorkOptions = {}): Promise<RestorePoint> {
    this.#end.abort();
    this.#end = new AbortController();
    return this.#alone(async () => {
      const list = await this.list();
      const point = await this.#reported(['emergency'], () =>
        this.#workshop.emergency(database, list, this.#told(options)),
      );
      this.#logMade(point);
      return point;
    });
  }

  /** Breaks off what still runs, and ends the threads. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#workshop.close();
  }

  /** The one with this id. Rejects with BACKUP_UNKNOWN, and with BACKUP_DAMAGED where its manifest cannot be read. */
  async find(id: string): Promise<RestorePoint> {
    const [point] = await this.#find(id);
    if (point === undefined) throw new MasalaError('BACKUP_UNKNOWN', { id });
    return point;
  }

  // --- one look after the other ---------------------------------------------------------------------------

  async #tend(signal: AbortSignal): Promise<void> {
    const { folders, isCritical } = this.#parts;
    const options: WorkOptions = { signal };
    let list = await this.list();
    try {
      if (isCritical(folders.dataDir)) await this.#removeExtra(list, options);
      else if (await this.#makeDue(list, options)) list = await this.list();
      await this.#tendSecond(list, options);
      await this.#retain(await this.list(), options);
    } catch (error) {
      // Told where it was caught; the next look tries again.
      if (!(error instanceof MasalaError)) throw error;
    }
  }

  /** Makes what is due; gives whether anything was. */
  async #makeDue(list: RestorePointList, options: WorkOptions): Promise<boolean> {
    if (performance.now() < this.#retryAt) return false;
    const due = dueBackups(this.#scheduleFacts(list));
    if (due.length === 0) return false;
    try {
      await this.#make(due, list, options);
    } catch (error) {
      if (error instanceof MasalaError && error.code === 'CANCELLED') throw error;
      this.#failed('make', reasonFor(error));
      return false;
    }
    this.#failed('make', undefined);
    for (const kind of due) this.#madeAt[kind] = performance.now();
    return true;
  }

  #scheduleFacts({ points }: RestorePointList): ScheduleFacts {
    const { now, intervalMs, present } = this.#parts;
    const steady = performance.now();
    const newest: Partial<Record<ScheduledKind, NewestBackup>> = {};
    const madeAgoMs: Partial<Record<ScheduledKind, number>> = {};
    for (const kind of scheduledKinds) {
      const last = points.find((point) => point.manifest.kind === kind && isGood(point));
      if (last !== undefined) newest[kind] = last.manifest;
      const madeAt = this.#madeAt[kind];
      if (madeAt !== undefined) madeAgoMs[kind] = steady - madeAt;
    }
    const lastDurationMs = this.#lastCopyMs + (points[0]?.manifest.elapsedMs ?? 0);
    const uptimeMs = steady - this.#startedAt;
    return { now: now(), intervalMs, lastDurationMs, present: present(), newest, uptimeMs, madeAgoMs };
  }

  async #make(
    kinds: readonly BackupKind[],
    list: RestorePointList,
    options: WorkOptions,
  ): Promise<RestorePoint[]> {
    const points = await this.#reported(kinds, () => this.#workshop.make(kinds, list, this.#told(options)));
    for (const point of points) this.#logMade(point);
    await this.#parts.onMade();
    return points;
  }

  async #verify(point: RestorePoint, options: WorkOptions): Promise<RestorePoint> {
    const startedAt = performance.now();
    const found = await this.#coded(() => this.#workshop.verify(point, options));
    const { path, problem } = found;
    if (problem !== null) this.#parts.log('backup.damaged', { path, problem });
    else this.#parts.log('backup.verified', { path, elapsedMs: Math.round(performance.now() - startedAt) });
    return found;
  }

  // --- the second folder ----------------------------------------------------------------------------------

  /** Tells how the second folder is, and copies to it what is missing there. */
  async #tendSecond(list: RestorePointList, options: WorkOptions): Promise<void> {
    const { second } = list;
    this.#tellSecond(second);
    if (second.state === 'none' || second.state === 'unreachable') return;
    if (this.#parts.isCritical(second.folder) || performance.now() < this.#retryAt) return;
    try {
      for (const point of missingInSecond(list)) await this.#copyToSecond(point, this.#told(options));
      this.#failed('copy', undefined);
    } catch (error) {
      if (error instanceof MasalaError && error.code === 'CANCELLED') throw error;
      const code = error instanceof MasalaError ? error.code : undefined;
      this.#parts.log('backup.copy.failed', { folder: second.folder, code, error });
      this.#failed('copy', `copying to ${second.folder}: ${reasonFor(error)}`);
    }
  }

  async #copyToSecond(point: RestorePoint, options: WorkOptions): Promise<void> {
    const startedAt = performance.now();
    try {
      const { path, manifest } = await this.#coded(() => this.#workshop.copyToSecond(point, options));
      this.#lastCopyMs = Math.round(performance.now() - startedAt);
      this.#parts.log('backup.copied', { path, bytes: manifest.bytes, elapsedMs: this.#lastCopyMs });
    } catch (error) {
      if (!(error instanceof MasalaError) || error.code !== 'BACKUP_DAMAGED') throw error;
      // The one in the data directory has rotted: it is marked, and does not keep the others from being copied.
      await this.#verify(point, options);
    }
  }

  #tellSecond(second: SecondFolderState): void {
    const { notice, log } = this.#parts;
    const folder = 'folder' in second ? { folder: second.folder } : null;
    notice('second-folder-unreachable', second.state === 'unreachable' ? folder : null);
    notice('second-folder-same-disk', second.state === 'same-disk' ? folder : null);
    if (second.state !== this.#secondState) log('backup.second.changed', { ...second });
    this.#secondState = second.state;
  }

  // --- what goes ------------------------------------------------------------------------------------------

  async #retain(list: RestorePointList, options: WorkOptions): Promise<void> {
    for (const place of ['data', 'second'] as const) {
      await this.#remove(place, backupsToRemove(listedIn(place, list)), options);
    }
  }

  async #removeExtra(list: RestorePointList, options: WorkOptions): Promise<void> {
    await this.#remove('data', extraSnapshots(listedIn('data', list)), options);
  }

  async #remove(place: BackupPlace, outlived: readonly ListedBackup[], options: WorkOptions): Promise<void> {
    if (outlived.length === 0) return;
    const paths = outlived.map(({ path }) => path);
    await this.#workshop.remove(place, paths, this.#told(options));
    this.#parts.log('backup.removed', { paths });
  }

  // --- what is told ---------------------------------------------------------------------------------------

  #failed(what: 'make' | 'copy', reason: string | undefined): void {
    if (reason === undefined) delete this.#failures[what];
    else {
      this.#failures[what] = reason;
      this.#retryAt = performance.now() + Math.min(this.#parts.intervalMs, RETRY_MAX_MS);
    }
    const told = this.#failures.make ?? this.#failures.copy;
    this.#parts.notice('backup-failed', told === undefined ? null : { reason: told });
  }

  /** Does the making of backups; what fails is logged, and becomes a MasalaError. */
  async #reported<Value>(kinds: readonly BackupKind[], work: () => Promise<Value>): Promise<Value> {
    try {
      return await this.#coded(work);
    } catch (error) {
      const code = error instanceof MasalaError ? error.code : undefined;
      if (code !== 'CANCELLED') this.#parts.log('backup.failed', { kinds, code, error });
      throw error;
    }
  }

  async #coded<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof MasalaError) throw error;
      if (isAbort(error) || this.#end.signal.aborted) throw new MasalaError('CANCELLED');
      throw new MasalaError('BACKUP_FAILED', { reason: reasonOf(error) }, { cause: error });
    }
  }

  #logMade({ manifest, path, state }: RestorePoint): void {
    const { id, kind, bytes, lastSequence, elapsedMs } = manifest;
    this.#parts.log('backup.made', { id, kind, path, bytes, lastSequence, elapsedMs, state });
  }

  // --- the rest -------------------------------------------------------------------------------------------

  async #find(id: string | undefined): Promise<readonly RestorePoint[]> {
    if (id !== undefined && isAbsolute(id)) {
      const found = await restorePointAt(id).catch((error: unknown) => {
        throw new MasalaError('BACKUP_DAMAGED', { reason: reasonOf(error) });
      });
      return [found];
    }
    const { points, unreadable } = await this.list();
    if (id === undefined) return points;
    const found = points.filter(({ manifest }) => manifest.id === id);
    if (found.length > 0) return found;
    const problem = unreadable.find((one) => one.id === id)?.problem;
    if (problem !== undefined) throw new MasalaError('BACKUP_DAMAGED', { reason: problem });
    throw new MasalaError('BACKUP_UNKNOWN', { id });
  }

  #told({ signal, onProgress }: WorkOptions): WorkOptions {
    return {
      signal: signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]),
      onProgress: (progress) => {
        this.#parts.onProgress(progress);
        onProgress?.(progress);
      },
    };
  }

  #alone<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** For a sentence on the admin's screen. */
function reasonFor(error: unknown): string {
  if (!(error instanceof MasalaError)) return reasonOf(error);
  const reason = error.data?.reason;
  return typeof reason === 'string' ? `${error.message} ${reason}` : error.message;
}

/** What the pool says of a task that was given up before it began. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
