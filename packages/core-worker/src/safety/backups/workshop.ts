// Makes, verifies, copies and removes backups, one thing at a time: the hands of backups.ts. Files are touched in pool threads.

import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { MasalaError, reasonOf } from '@masala/protocol';
import { Pool } from '../../store/pool.ts';
import type { PoolChannel } from '../../store/pool-task.ts';
import type { Database } from '../../store/sqlite.ts';
import { inTime } from '../in-time.ts';
import { coded } from './backup-error.ts';
import {
  type BackupFolders,
  DATABASE_SUFFIX,
  dataRoot,
  kindFolder,
  makeFolderInside,
  scratchFolder,
  secondRoot,
} from './backup-folders.ts';
import { copyDatabase } from './copy-database.ts';
import { Courier } from './courier.ts';
import { copyPath, type MadeBackup } from './make-backup.ts';
import { type BackupKind, type Manifest, newBackupId } from './manifest.ts';
import { moveBackupIntoPlace } from './place-backup.ts';
import type { BackupPlace, RestorePoint, RestorePointList } from './restore-point.ts';
import { nextOrder } from './schedule.ts';
import type { BackupProgress } from './unpack.ts';

export interface WorkshopParts {
  readonly folders: BackupFolders;
  readonly databasePath: string;
  /** Of Masala. */
  readonly version: string;
  /** What has to stay free on a drive beside a backup: backups must not be what fills it. */
  readonly reserveBytes: number;
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly now: () => number;
}

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined;
}

/** The uncompressed copy, and then the unpacked one of the verification, beside the compressed file. */
const SCRATCH_DATABASES = 2;

export class Workshop {
  readonly #parts: WorkshopParts;
  /** Not the server's own pool: a report must not wait for a backup, nor a backup for a report. */
  readonly #pool = new Pool(1);
  readonly #courier = new Courier();

  constructor(parts: WorkshopParts) {
    this.#parts = parts;
  }

  /**
   * Makes backups of these kinds from one copying, in the data directory. Daily and weekly ones are placed only when they were
   * verified.
   */
  async make(
    kinds: readonly BackupKind[],
    known: RestorePointList,
    options: WorkOptions,
  ): Promise<RestorePoint[]> {
    const { folders } = this.#parts;
    const root = dataRoot(folders);
    const scratch = await this.#scratch(this.#databaseBytes());
    try {
      const made = await this.#make(scratch, options);
      const manifests = this.#manifests(kinds, made, known);
      const isProven = kinds.some((kind) => kind === 'daily' || kind === 'weekly');
      const proven = isProven ? await this.#proven(manifests, made.packedPath, scratch, options) : manifests;
      return await this.#placeAll(proven, made.packedPath, root, options);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** Makes one backup in a folder of the caller's choice, such as on a USB drive. */
  async makeIn(
    folder: string,
    kind: BackupKind,
    known: RestorePointList,
    options: WorkOptions,
  ): Promise<RestorePoint> {
    await this.#expectFolder(folder);
    const { databasePath } = this.#parts;
    const elsewhere = join(folder, '.masala-scratch');
    const scratch = await this.#scratchForElsewhere(folder, elsewhere);
    const isHere = !scratch.startsWith(elsewhere);
    try {
      const made = isHere
        ? await this.#make(scratch, options)
        : await this.#courier.run(
            folder,
            'backup.make',
            { databasePath, scratchFolder: scratch },
            poolOptions(options),
          );
      const [manifest] = this.#manifests([kind], made, known);
      if (manifest === undefined) throw new Error('a kind without a manifest');
      const path = join(folder, manifest.id + DATABASE_SUFFIX);
      const params = {
        from: made.packedPath,
        manifest,
        path,
        scratchFolder: join(folder, '.masala-copy'),
        base: folder,
      };
      await this.#courier.run(folder, 'backup.place', params, poolOptions(options));
      return pointOf(manifest, path, 'path');
    } finally {
      if (isHere) rmSync(scratch, { recursive: true, force: true });
      // Also what a killed run left there. A drive that does not answer any more keeps it.
      const remove = () => rm(elsewhere, { recursive: true, force: true });
      await inTime(folder, remove).catch(() => undefined);
    }
  }

  /** Makes a backup from an open connection, on this thread: its file may be gone, so that no other can open it. */
  async emergency(database: Database, known: RestorePointList, options: WorkOptions): Promise<RestorePoint> {
    const root = dataRoot(this.#parts.folders);
    const pageBytes = database.pragma('page_size', { simple: true }) as number;
    const pages = database.pragma('page_count', { simple: true }) as number;
    const scratch = await this.#scratch(pages * pageBytes);
    try {
      const startedAt = performance.now();
      const content = await coded(root, () =>
        copyDatabase(database, copyPath(scratch), directChannel(options)),
      );
      const params = { content, copyMs: performance.now() - startedAt, scratchFolder: scratch };
      const made = await this.#pool.run('backup.pack', params, poolOptions(options));
      const manifests = this.#manifests(['emergency'], made, known);
      const [point] = await this.#placeAll(manifests, made.packedPath, root, options);
      if (point === undefined) throw new Error('no manifest was placed');
      return point;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** Verifies one that is in place, and marks its manifest with what was found. */
  async verify(point: RestorePoint, options: WorkOptions): Promise<RestorePoint> {
    const { manifest, path, place } = point;
    const scratch = await this.#scratch(manifest.databaseBytes);
    const params = { path, manifest, scratchFolder: scratch, at: this.#parts.now(), mark: true };
    const found =
      place === 'data'
        ? await this.#pool.run('backup.verify', params, poolOptions(options))
        : await this.#courier.run(path, 'backup.verify', params, poolOptions(options));
    return pointOf(found, path, place);
  }

  /** Copies one to the second folder. */
  async copyToSecond({ manifest, path: from }: RestorePoint, options: WorkOptions): Promise<RestorePoint> {
    const { folders, reserveBytes, freeBytes } = this.#parts;
    const root = secondRoot(folders);
    const base = folders.secondFolder;
    if (root === null || base === null) throw new Error('there is no second folder');
    const free = await coded(base, () => inTime(base, () => freeBytes(base)));
    if (free < manifest.bytes + reserveBytes) throw new MasalaError('BACKUP_SPACE_LOW', { folder: base });
    const path = join(kindFolder(root, manifest.kind), manifest.id + DATABASE_SUFFIX);
    const params = { from, manifest, path, scratchFolder: scratchFolder(root), base };
    await this.#courier.run(base, 'backup.place', params, poolOptions(options));
    return pointOf(manifest, path, 'second');
  }

  async remove(place: BackupPlace, paths: readonly string[], options: WorkOptions): Promise<void> {
    const { secondFolder } = this.#parts.folders;
    if (place === 'data') await this.#pool.run('backup.remove', { paths }, poolOptions(options));
    else await this.#courier.run(secondFolder ?? '', 'backup.remove', { paths }, poolOptions(options));
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#courier.close()]);
  }

  #make(scratch: string, options: WorkOptions): Promise<MadeBackup> {
    const { databasePath } = this.#parts;
    return this.#pool.run('backup.make', { databasePath, scratchFolder: scratch }, poolOptions(options));
  }

  #manifests(
    kinds: readonly BackupKind[],
    { content, elapsedMs, bytes, sha256 }: MadeBackup,
    known: RestorePointList,
  ): Manifest[] {
    const { folders, version, now } = this.#parts;
    const madeAt = now();
    const ids = new Set([
      ...known.points.map(({ manifest: { id } }) => id),
      ...known.unreadable.map(({ id }) => id),
    ]);
    let order = known.points.reduce((newest, { manifest }) => Math.max(newest, manifest.order), 0);
    return kinds.map((kind) => {
      order = nextOrder(madeAt, order);
      const id = newBackupId(kind, madeAt, (taken) => ids.has(taken));
      return {
        ...{ format: 1, id, kind, madeAt, order, elapsedMs, serverId: folders.serverId, version },
        ...content,
        ...{ bytes, sha256, verified: null, problem: null },
      };
    });
  }

  /** The manifests with the mark of a verification, which one file of the same content gives to all. */
  async #proven(
    manifests: readonly Manifest[],
    path: string,
    scratch: string,
    options: WorkOptions,
  ): Promise<Manifest[]> {
    const [manifest] = manifests;
    if (manifest === undefined) return [];
    const params = {
      path,
      manifest,
      scratchFolder: join(scratch, 'verify'),
      at: this.#parts.now(),
      mark: false,
    };
    const { verified, problem } = await this.#pool.run('backup.verify', params, poolOptions(options));
    if (problem !== null) throw new MasalaError('BACKUP_DAMAGED', { reason: problem });
    return manifests.map((one) => ({ ...one, verified }));
  }

  /** The first is moved into place, the others are copies of it: a damaged sector then takes one of them. */
  async #placeAll(
    manifests: readonly Manifest[],
    packedPath: string,
    root: string,
    options: WorkOptions,
  ): Promise<RestorePoint[]> {
    const points: RestorePoint[] = [];
    for (const manifest of manifests) {
      const path = join(kindFolder(root, manifest.kind), manifest.id + DATABASE_SUFFIX);
      const [first] = points;
      if (first === undefined) {
        await coded(root, () => {
          makeFolderInside(this.#parts.folders.dataDir, kindFolder(root, manifest.kind));
          moveBackupIntoPlace(packedPath, manifest, path);
        });
      } else {
        const scratch = join(scratchFolder(root), 'copy');
        const params = {
          from: first.path,
          manifest,
          path,
          scratchFolder: scratch,
          base: this.#parts.folders.dataDir,
        };
        await this.#pool.run('backup.place', params, poolOptions(options));
      }
      points.push(pointOf(manifest, path, 'data'));
    }
    return points;
  }

  /** A new scratch folder, where there is room for the work on a database of this size. Throws BACKUP_SPACE_LOW. */
  async #scratch(
    databaseBytes: number,
    parent = scratchFolder(dataRoot(this.#parts.folders)),
  ): Promise<string> {
    const { folders, freeBytes, reserveBytes } = this.#parts;
    const scratch = join(parent, randomBytes(4).toString('hex'));
    return await coded(parent, async () => {
      // It may have been deleted together with the database.
      await mkdir(folders.dataDir, { recursive: true, mode: 0o700 });
      await mkdir(scratch, { recursive: true, mode: 0o700 });
      const free = await freeBytes(scratch);
      const needed = SCRATCH_DATABASES * databaseBytes + reserveBytes;
      if (free >= needed) return scratch;
      await rm(scratch, { recursive: true, force: true });
      throw new MasalaError('BACKUP_SPACE_LOW', { folder: parent, freeBytes: free, neededBytes: needed });
    });
  }

  /** In the data directory, which is faster than a USB drive; on that only where there is no room here. */
  async #scratchForElsewhere(folder: string, elsewhere: string): Promise<string> {
    const bytes = this.#databaseBytes();
    try {
      return await this.#scratch(bytes);
    } catch (error) {
      if (!(error instanceof MasalaError && error.code === 'BACKUP_SPACE_LOW')) throw error;
      return await coded(folder, () => inTime(folder, () => this.#scratch(bytes, elsewhere)));
    }
  }

  async #expectFolder(folder: string): Promise<void> {
    const unreachable = (reason: string) => new MasalaError('BACKUP_FOLDER_UNREACHABLE', { folder, reason });
    if (!isAbsolute(folder)) throw unreachable('its path has to be a full one');
    const found = await inTime(folder, () => stat(folder)).catch((error: unknown) => {
      throw unreachable(reasonOf(error));
    });
    if (!found.isDirectory()) throw unreachable('it is not a folder');
  }

  #databaseBytes(): number {
    const { databasePath } = this.#parts;
    const paths = [databasePath, `${databasePath}-wal`];
    return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  }
}

function pointOf(manifest: Manifest, path: string, place: BackupPlace): RestorePoint {
  const { problem, verified } = manifest;
  const sound = verified === null ? 'unverified' : 'verified';
  return { manifest, path, place, state: problem === null ? sound : 'damaged', problem };
}

function poolOptions({ signal, onProgress }: WorkOptions) {
  return {
    ...(signal === undefined ? {} : { signal }),
    onMessage: (message: unknown) => onProgress?.(message as BackupProgress),
  };
}

/** The line of a task that runs on the caller's own thread. */
function directChannel({ signal, onProgress }: WorkOptions): PoolChannel {
  return {
    send: async (message) => onProgress?.(message as BackupProgress),
    throwIfStopped: () => {
      if (signal?.aborted) throw new MasalaError('CANCELLED');
    },
  };
}
