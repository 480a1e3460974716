// One round of the full campaign: a server whose data directory lies on a small file system of its own, clients that save,
// the planned fills with what must hold during and after each, and the end at which the journals are held against the database.
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@masala/client';
import type { RestorePointTold, ServerStatus } from '@masala/protocol/control';
import { SmallFileSystem } from '../testing/small-file-system.ts';
import type { ClientProgress } from './client-messages.ts';
import { connectOwn, setUpClients } from './client-setup.ts';
import { ClientsAtWork } from './clients-at-work.ts';
import type { FillScene, PlannedFill } from './full-plan.ts';
import { auditJournals, complaintsOf } from './journal-audit.ts';
import { ServerProcess } from './server-process.ts';
import { passTime, until } from './waiting.ts';

export interface FullRoundOptions {
  readonly fills: readonly PlannedFill[];
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
  /** The source tree that server and clients run from. */
  readonly tree: string;
  /** Told after each fill from which everything has recovered. */
  readonly onFill: (fill: PlannedFill) => void;
}

/** What a round has come to, also where it broke off. */
export interface FullTally {
  acknowledged: number;
  lost: number;
  doubled: number;
  /** Databases that SQLite's own check or `ledger.verify` finds damaged, and backups that are listed as good and are not. */
  damageUndetected: number;
  /** Spells in which saves were told that the disk is full. */
  spells: number;
  backups: number;
}

const MEBIBYTE = 1024 * 1024;
/** Holds the compiled code (5.5 MB), the reserve (2 MB), and a round's database, log, backups and logs twice. */
const DISK_MEGABYTES = 24;

/** What is free when no fill has left its mark any more: saves that had to wait make a long log, which is then cut. */
const ROOM_BYTES = 8 * MEBIBYTE;

/** As in the kill campaign; thresholds that fit the small disk, and looks and snapshots often enough to meet every fill. */
const settings = [
  'restart.backoffMs=0',
  'watchdog.hangTimeoutMs=6000',
  'connections.max=64',
  'backup.intervalMs=1000',
  `disk.lowBytes=${4 * MEBIBYTE}`,
  `disk.criticalBytes=${2 * MEBIBYTE}`,
  'disk.checkIntervalMs=500',
  'disk.lowCheckIntervalMs=200',
];

export class FullRound {
  readonly #options: FullRoundOptions;
  readonly #server: ServerProcess;
  readonly #disk: SmallFileSystem;
  readonly #clients = new ClientsAtWork();
  #own: Client | undefined;
  /** What the server told everybody: saves meet a full disk, and no longer. */
  readonly #told = { full: 0, recovered: 0 };
  readonly tally: FullTally = {
    ...{ acknowledged: 0, lost: 0, doubled: 0, damageUndetected: 0, spells: 0, backups: 0 },
  };

  constructor(options: FullRoundOptions) {
    this.#options = options;
    this.#server = new ServerProcess({ tree: options.tree, set: settings });
    this.#disk = new SmallFileSystem(this.#server.dataDir, DISK_MEGABYTES);
  }

  /** Throws with the reason where something did not come back, or was hurt. The caller calls `end` in either case. */
  async run(): Promise<void> {
    const { fills, tree, onFill } = this.#options;
    const port = Number((await this.#server.startAndServe()).port);
    const own = await this.#connect(port);
    for (const task of await setUpClients(this.#server, own, { ...this.#options, port })) {
      this.#clients.start(tree, task);
    }
    await this.#clients.everybodySaves();
    for (const fill of fills) {
      await passTime(fill.delayMs);
      await this.#fill(fill, own);
      onFill(fill);
    }
    // While saves go on: it is them who cut the log, whose length a backup has to reckon with.
    const failures = await this.#judgeBackups();
    await this.#clients.finish();
    await this.#judge(own, failures);
  }

  /** Nothing is left running or mounted, whatever happened. Keeps the files where `keep` says so, and gives their folder. */
  async end({ keep }: { readonly keep: boolean }): Promise<string | null> {
    this.#own?.close();
    await this.#clients.end();
    // The folder goes only after the mount in it.
    await this.#server.destroy({ keep: true });
    this.#disk.empty();
    if (keep) this.#keepFiles();
    this.#disk.remove();
    if (!keep) rmSync(this.#server.folder, { recursive: true, force: true });
    return keep ? this.#server.folder : null;
  }

  /** Copies what is on the small file system out of it; sockets are left. */
  #keepFiles(): void {
    cpSync(this.#disk.path, join(this.#server.folder, 'kept-data'), {
      recursive: true,
      filter: (path) => statSync(path).isFile() || statSync(path).isDirectory(),
    });
  }

  async #connect(port: number): Promise<Client> {
    const own = await connectOwn(this.#server, port);
    this.#own = own;
    own.subscribe(['server.notice'], ({ event, params }) => {
      if (event !== 'server.notice') return;
      if (params.notice === 'disk-full') this.#told.full++;
      if (params.notice === 'disk-recovered') this.#told.recovered++;
    });
    return own;
  }

  async #fill(fill: PlannedFill, own: Client): Promise<void> {
    const before = await this.#serves('a running server without a notice', ({ notices }) => !warns(notices));
    const clients = this.#clients.progress;
    const told = { ...this.#told };
    const backup = fill.scene === 'backup' ? this.#server.run('backup', 'now') : undefined;
    await passTime(fill.intoSceneMs);
    this.#disk.fill(fill.leaveBytes);
    await passTime(fill.creepMs);
    await until('a save that finds the disk full', () => {
      // What the server gives back meanwhile (a scratch file, a log) is taken as well.
      this.#disk.fill();
      return this.#told.full > told.full ? true : undefined;
    });
    await this.#startAnew(fill.scene, before);
    await this.#isFull(fill.scene, before, own);
    await passTime(fill.holdMs);
    // It may have failed on the full disk; that it ends is what counts.
    await backup;
    await this.#isFull(fill.scene, before, own);
    this.#disk.empty();
    await this.#recovers(fill.scene, before, clients, told.recovered);
    this.tally.spells += this.#told.full - told.full;
  }

  async #startAnew(scene: FillScene, { core, supervisor }: ServerStatus): Promise<void> {
    if (scene === 'saving' || scene === 'backup') return;
    // The supervisor first, so that it cannot start another core in between.
    if (scene === 'reboot') this.#server.signal(Number(supervisor?.pid), 'SIGKILL');
    this.#server.signal(Number(core.pid), 'SIGKILL');
    if (scene === 'restart') return;
    await this.#server.gone(Number(supervisor?.pid));
    this.#server.start();
  }

  /** Reads go on, and the admin is told. */
  async #isFull(scene: FillScene, before: ServerStatus, own: Client): Promise<void> {
    const status = await this.#serves(
      'the notice of a full disk',
      (now) => warns(now.notices) && isAnother(now, before) === (scene === 'restart' || scene === 'reboot'),
    );
    this.#noUnaskedDeath(scene, before, status);
    await own.call('items.list', {});
  }

  async #recovers(
    scene: FillScene,
    before: ServerStatus,
    clients: readonly ClientProgress[],
    recovered: number,
  ): Promise<void> {
    if (scene === 'saving' || scene === 'backup') {
      await until('saves that work again', () => (this.#told.recovered > recovered ? true : undefined));
      await this.#clients.everybodySaves();
    } else await this.#clients.everybodySaves(clients);
    const status = await this.#serves('the end of the notice', ({ notices }) => !warns(notices));
    await until('the log to give its space back', () =>
      this.#disk.freeBytes > ROOM_BYTES ? true : undefined,
    );
    this.#noUnaskedDeath(scene, before, status);
  }

  /** Only what the scene kills has ended, and one start was enough. */
  #noUnaskedDeath(scene: FillScene, before: ServerStatus, now: ServerStatus): void {
    const starts = { saving: 0, backup: 0, restart: 1, reboot: -before.core.restarts }[scene];
    const isSupervisorKept = now.supervisor?.pid === before.supervisor?.pid;
    if (now.core.restarts - before.core.restarts === starts && isSupervisorKept === (scene !== 'reboot'))
      return;
    throw new Error(
      `only the disk was full (${scene}), and a process ended: ${now.core.restarts} restarts after ` +
        `${before.core.restarts}; ${JSON.stringify(now.core.lastDeath)}`,
    );
  }

  async #judge(own: Client, failures: string[]): Promise<void> {
    const { differencesTotal } = await own.call('ledger.verify', {});
    await this.#server.stop();
    const audit = auditJournals(join(this.#server.dataDir, 'masala.db'), this.#clients.journals());
    const { acknowledged, lost, doubled, integrity } = audit;
    Object.assign(this.tally, { acknowledged, lost, doubled });
    if (integrity !== 'ok') this.tally.damageUndetected++;
    if (differencesTotal > 0) this.tally.damageUndetected++;
    failures.push(...complaintsOf(audit));
    if (differencesTotal > 0) failures.push(`ledger.verify found ${differencesTotal} differences`);
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }

  /** With space backups work again, and none that was made on the full disk passes for good and is not. */
  async #judgeBackups(): Promise<string[]> {
    let last = '';
    await until(
      () => `a backup with space again; the last try said: ${last}`,
      async () => {
        const { exitCode, output } = await this.#server.run('backup', 'now');
        last = output;
        return exitCode === 0 ? true : undefined;
      },
    );
    const listed = await this.#server.run('backup', 'list', '--json');
    const { points } = JSON.parse(listed.output) as { points: RestorePointTold[] };
    const passes = new Set(points.filter(({ state }) => state !== 'damaged').map(({ path }) => path));
    const verified = await this.#server.run('backup', 'verify', '--json');
    const checked = JSON.parse(verified.output) as RestorePointTold[];
    const bad = checked.filter(({ state, path }) => state !== 'verified' && passes.has(path));
    this.tally.backups = checked.length - bad.length;
    this.tally.damageUndetected += bad.length;
    return bad.map(({ path, problem }) => `${path} was listed as good, and is not: ${problem}`);
  }

  /** A running server that fits, told by its supervisor. */
  async #serves(what: string, fits: (status: ServerStatus) => boolean): Promise<ServerStatus> {
    let last: ServerStatus | null = null;
    return await until(
      () => `${what}; last status ${JSON.stringify(last)}; output:\n${this.#server.outputTail()}`,
      async () => {
        last = await this.#server.status();
        return last?.state === 'running' && fits(last) ? last : undefined;
      },
    );
  }
}

function warns(notices: ServerStatus['notices']): boolean {
  return notices.some(({ name }) => name === 'disk-low' || name === 'backups-paused');
}

function isAnother(now: ServerStatus, before: ServerStatus): boolean {
  return now.core.pid !== before.core.pid;
}
