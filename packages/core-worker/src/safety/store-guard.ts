// What guards the database while it is served: backups, journal, checks, free space, and the eye on the file itself.

import { join } from 'node:path';
import { MasalaError, type Settings } from '@masala/protocol';
import type { CoreControl, LastRecovery, RestorePointTold, ResultOf } from '@masala/protocol/control';
import { keepSpaceReserve, runFolder } from '@masala/protocol/control';
import type { Agreed, SafetyDesk } from '../control-methods.ts';
import type { BackgroundTasks } from '../health/background-tasks.ts';
import type { LogLine } from '../log.ts';
import type { Service } from '../service.ts';
import type { CoreState } from '../state.ts';
import { readChainEnd } from '../store/chain-end.ts';
import type { Lineage } from '../store/open.ts';
import type { OnProgress } from '../works.ts';
import type { BackupFolders } from './backups/backup-folders.ts';
import { Backups } from './backups/backups.ts';
import { NOT_COMPARABLE } from './backups/preview.ts';
import { toldOf } from './backups/restore-point.ts';
import { DiskWatch } from './disk-space/disk-watch.ts';
import { freeBytes } from './disk-space/free-space.ts';
import { IntegrityWatch } from './integrity/integrity-watch.ts';
import { Journal } from './journal/journal.ts';
import { journalsFor } from './recovery-build.ts';
import { type RecoveryReason, type RecoveryRequest, writeRecoveryNote } from './recovery-note.ts';
import { chooseRestorePoint } from './restore/choose.ts';
import { checkShown } from './restore/shown.ts';
import { journalRoot, restoreSources } from './restore-sources.ts';
import { bootId } from './start-check/boot-id.ts';
import { StorageWatch } from './storage-watch.ts';

export interface StoreGuardParts {
  readonly dataDir: string;
  readonly settings: Settings;
  readonly folders: BackupFolders;
  readonly service: Service;
  readonly state: CoreState;
  /** How the recovery of this start ended; null where there was none. */
  readonly lastRecovery: LastRecovery | null;
  readonly version: string;
  readonly now: () => number;
  readonly log: LogLine;
  /** Ends the process at once; the next start is a recovery. */
  readonly leave: (reason: 'STORAGE_LOST' | 'DATABASE_DAMAGED', message: string) => never;
  /** Stops in order, to be started again. */
  readonly stopFor: (reason: 'RECOVERY_REQUESTED', message: string) => void;
}

export class StoreGuard implements SafetyDesk {
  readonly recovery = null;
  readonly lastRecovery: LastRecovery | null;
  readonly #parts: StoreGuardParts;
  readonly #storage: StorageWatch;
  readonly #disk: DiskWatch;
  readonly #backups: Backups;
  readonly #journal: Journal | null;
  readonly #integrity: IntegrityWatch;
  #isLeaving = false;

  constructor(parts: StoreGuardParts) {
    this.#parts = parts;
    this.lastRecovery = parts.lastRecovery;
    const { dataDir, settings, folders, service, version, state, now, log } = parts;
    const { pool, writer, serverId } = service;
    const databasePath = join(dataDir, 'masala.db');
    const notice: CoreState['notice'] = (name, data) => {
      state.notice(name, data, now());
      if (name === 'disk-low') state.degrade('low disk', data !== null);
    };
    this.#storage = new StorageWatch(databasePath);
    this.#disk = new DiskWatch({
      dataDir,
      secondFolder: folders.secondFolder,
      rules: {
        lowBytes: settings['disk.lowBytes'],
        criticalBytes: settings['disk.criticalBytes'],
        checkIntervalMs: settings['disk.checkIntervalMs'],
        lowCheckIntervalMs: settings['disk.lowCheckIntervalMs'],
      },
      freeBytes,
      keepReserve: () => void keepSpaceReserve(runFolder(dataDir)),
      notice,
      log,
    });
    this.#backups = new Backups({
      folders,
      databasePath,
      version,
      reserveBytes: settings['disk.criticalBytes'],
      freeBytes,
      intervalMs: settings['backup.intervalMs'],
      now,
      present: () => this.#present,
      isCritical: (folder) => this.#disk.isCritical(folder),
      onMade: () => this.#backupMade(),
      onProgress: () => state.advance(),
      notice,
      log,
    });
    const journalFolder = journalRoot(folders);
    this.#journal =
      journalFolder === null
        ? null
        : new Journal({
            folder: journalFolder,
            databasePath,
            serverId,
            lastSequence: () => writer.lastSequence,
            notice,
            log,
          });
    this.#integrity = new IntegrityWatch({
      dataDir,
      databasePath,
      rules: {
        delayMs: settings['integrity.checkDelayMs'],
        intervalMs: settings['integrity.checkIntervalMs'],
      },
      pool,
      now,
      bootId: bootId(),
      chainEnd: () => readChainEnd(dataDir),
      onProgress: () => state.advance(),
      onDamaged: (problems) => this.#endFor('DATABASE_DAMAGED', 'damaged', problems.join('; ')),
      log,
    });
  }

  start(tasks: BackgroundTasks): void {
    tasks.start('disk-watch', (signal) => this.#disk.run(signal));
    tasks.start('backups', async (signal) => {
      if (this.lastRecovery !== null) await this.#backUpNewHistory(signal);
      await this.#backups.run(signal);
    });
    const journal = this.#journal;
    if (journal !== null) tasks.start('journal', (signal) => journal.run(signal));
    tasks.start('integrity-watch', (signal) => this.#integrity.run(signal));
  }

  /** Until then the new epoch exists in one file alone, and damage to it would lead back to the old one. */
  async #backUpNewHistory(signal: AbortSignal): Promise<void> {
    try {
      await this.#backups.make('snapshot', { signal });
    } catch (error) {
      // Told by the backups themselves, which go on trying.
      if (!(error instanceof MasalaError)) throw error;
    }
  }

  /** Something was booked. */
  committed(): void {
    this.#journal?.wake();
  }

  /** Saves meet a full disk, or no longer do. */
  diskFull(isFull: boolean): void {
    this.#parts.service.events.notice(isFull ? 'disk-full' : 'disk-recovered', this.#parts.now());
    void this.#disk.look();
  }

  /**
   * Looks whether the database's files are still the ones that were opened. Where they are not, everything is refused from
   * here on, what the open handle still holds becomes a backup, and the process ends for a recovery.
   */
  async look(): Promise<void> {
    const problem = this.#isLeaving ? null : this.#storage.problem();
    if (problem === null) return;
    this.#isLeaving = true;
    const { service, state, log } = this.#parts;
    log('store.lost', { reason: problem });
    state.enter('recovery');
    // An import books on by itself, whatever the state: the backup has to hold all that anybody is told.
    service.listener.endLongCalls(new MasalaError('SERVER_IN_RECOVERY'));
    await service.writer.drained();
    try {
      await this.#backups.emergency(service.reader.database);
    } catch {
      // Told by the backups themselves; the process has to end all the same.
    }
    this.#endFor('STORAGE_LOST', 'lost', problem);
  }

  /** Ends what runs in threads of its own; what is broken off is done again after the next start. */
  async close(): Promise<void> {
    await this.#backups.close();
  }

  /** The end of the database that is served. */
  get #present() {
    const { opened, lastSequence } = this.#parts.service.writer;
    return { epoch: opened.epoch, lastSequence };
  }

  async list(): Promise<ResultOf<CoreControl, 'backup.list'>> {
    const list = await this.#backups.list();
    const { state } = this.#parts;
    return {
      // Safe mode runs no jobs.
      nextAt: state.has('safe-mode') ? null : this.#backups.nextAt(list),
      present: this.#present,
      points: list.points.map(toldOf),
      unreachable: [...list.unreachable],
      journal: this.#journal?.told ?? null,
    };
  }

  async backupNow(to: string | undefined, onProgress: OnProgress): Promise<RestorePointTold> {
    return toldOf(await this.#backups.make('manual', { to, onProgress }));
  }

  async verify(id: string | undefined, onProgress: OnProgress): Promise<RestorePointTold[]> {
    return (await this.#backups.verify(id, { onProgress })).map(toldOf);
  }

  async preview(id: string): Promise<ResultOf<CoreControl, 'backup.preview'>> {
    const { dataDir, service } = this.#parts;
    const { manifest } = await this.#backups.find(id);
    const { epoch, lastSequence, lastHash, counts } = manifest;
    const present = this.#present;
    if (!belongsTo(service.writer.opened.lineage, epoch)) return { ...NOT_COMPARABLE, present };
    const { end, ...preview } = await service.pool.run('backup.preview', {
      databasePath: join(dataDir, 'masala.db'),
      lastSequence,
      lastHash,
      movements: counts.movements,
    });
    return { ...preview, present: { epoch: present.epoch, lastSequence: end } };
  }

  /**
   * A restore while everything is well goes back: to a backup as it was made, or to a moment. What is there now becomes a
   * backup first, so that this choice too can be undone. Throws NOT_IN_RECOVERY for anything else.
   */
  async choose(request: RecoveryRequest, { shown, onProgress }: Agreed = {}): Promise<void> {
    if (request.action !== 'restore' || (request.id === null && request.until === null)) {
      throw new MasalaError('NOT_IN_RECOVERY');
    }
    const { folders, dataDir, now, stopFor } = this.#parts;
    const { points, ownPoints, journals } = await restoreSources(folders);
    checkShown(shown, points, this.#present);
    // Without it the journal would lead from that backup to the present again.
    const going = { ...request, asMade: request.until === null };
    const among = request.id === null ? ownPoints : points;
    // Told now, and not by a server that has stopped for it.
    chooseRestorePoint(among, journalsFor(going, journals), going);
    await this.#backups.make('emergency', onProgress === undefined ? {} : { onProgress });
    const message = 'The admin asked for a restore.';
    writeRecoveryNote(dataDir, {
      reason: 'requested',
      at: now(),
      message,
      request: going,
      tries: 0,
      chainEnd: null,
    });
    stopFor('RECOVERY_REQUESTED', message);
  }

  /** The disk has less space now, and the journal may let go of what every good backup holds. */
  async #backupMade(): Promise<void> {
    await this.#disk.look();
    if (this.#journal === null) return;
    const { points } = await this.#backups.list();
    const good = points.filter(({ state }) => state === 'verified');
    // With the data directory its backups go: the journal must not need them.
    if (!good.some(({ place }) => place === 'second')) return;
    this.#journal.prune(Math.min(...good.map(({ manifest }) => manifest.lastSequence)));
  }

  #endFor(exitReason: 'STORAGE_LOST' | 'DATABASE_DAMAGED', reason: RecoveryReason, message: string): never {
    const { dataDir, now, leave, log } = this.#parts;
    try {
      writeRecoveryNote(dataDir, { reason, at: now(), message, request: null, tries: 0, chainEnd: null });
    } catch (error) {
      // The folder may be gone as a whole; the next start finds that out by itself.
      log('recovery.note.unwritten', { error });
    }
    return leave(exitReason, message);
  }
}

/** Whether an epoch's rows are numbered as the present ones: a salvage numbers anew what it could read. */
function belongsTo(lineage: Lineage, epoch: string): boolean {
  const index = lineage.findIndex((branch) => branch.epoch === epoch);
  return index >= 0 && lineage.slice(0, index).every(({ origin }) => origin !== 'salvage');
}
