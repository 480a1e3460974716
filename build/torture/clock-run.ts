// One run of the clock campaign: a server under a clock that jumps, clients that save meanwhile, what must hold after each
// jump, and the end at which the clients' journals are held against the database.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@masala/client';
import type { ControlConnection, ServerStatus, SupervisorControl } from '@masala/protocol/control';
import Sqlite from 'better-sqlite3';
import { chanceOf } from './chance.ts';
import type { ClientProgress } from './client-messages.ts';
import { connectOwn, setUpClients } from './client-setup.ts';
import { ClientsAtWork } from './clients-at-work.ts';
import { type JumpKind, jumpKinds, type PlannedJump, planJumps } from './clock-plan.ts';
import { type Audit, auditJournals } from './journal-audit.ts';
import { ServerProcess } from './server-process.ts';
import { passTime, until } from './waiting.ts';

export interface ClockRunOptions {
  readonly jumps: number;
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
  readonly tree: string;
  /** Told after each jump that everything has stood. */
  readonly onJump: (count: number, jump: PlannedJump) => void;
}

export interface ClockReport {
  readonly jumpsByKind: Readonly<Record<JumpKind, number>>;
  /** Jumps after which core, or core and supervisor, were started anew. */
  readonly startsUnderNewTime: number;
  readonly elapsedMs: number;
  readonly audit: Audit;
  readonly ledgerDifferences: number;
  /** Documents whose id or number does not come after that of the one booked before. */
  readonly outOfOrder: number;
  /** Backups at the end, all of them opened and checked. */
  readonly backups: number;
}

/**
 * As in the kill campaign, but with a watchdog that accuses after six seconds: a busy machine does not look like a core
 * that hangs, and each jump falls between pings.
 */
const settings = [
  'restart.budget=0',
  'restart.backoffMs=0',
  'watchdog.hangTimeoutMs=6000',
  'supervisor.absenceMs=100',
  'connections.max=64',
  // A backup under each time that the clock tells.
  'backup.intervalMs=1000',
];

/** The server of such a run, whose clock `ClockHand` sets. */
export function serverForJumps(tree: string, clockFile: string): ServerProcess {
  const preload = pathToFileURL(join(tree, 'build/torture/clock-preload.ts')).href;
  const environment = { NODE_OPTIONS: `--import=${preload}`, TORTURE_CLOCK: clockFile };
  return new ServerProcess({ tree, set: settings, environment });
}

/** Sets the clock of the server: what stands in its file is added to the true time. */
export class ClockHand {
  readonly #file: number;

  constructor(path: string) {
    writeFileSync(path, new Float64Array(1));
    this.#file = openSync(path, 'r+');
  }

  set(aheadMs: number): void {
    writeSync(this.#file, Float64Array.of(aheadMs), 0, 8, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export class ClockRun {
  readonly #server: ServerProcess;
  readonly #hand: ClockHand;
  readonly #options: ClockRunOptions;
  readonly #clients = new ClientsAtWork();
  #own: Client | undefined;
  /** The last command in the newest backup that was seen. */
  #backedUp = 0;

  constructor(server: ServerProcess, hand: ClockHand, options: ClockRunOptions) {
    this.#server = server;
    this.#hand = hand;
    this.#options = options;
  }

  /** Throws with the reason where something did not stand a jump. The caller calls `end` in either case. */
  async run(): Promise<ClockReport> {
    const { port, epoch } = await this.#server.startAndServe();
    const own = await connectOwn(this.#server, Number(port));
    this.#own = own;
    for (const task of await setUpClients(this.#server, own, { ...this.#options, port: Number(port) })) {
      this.#clients.start(this.#options.tree, task);
    }
    await this.#clients.everybodySaves();
    const jumps = planJumps(this.#options.jumps, chanceOf(this.#options.seed));
    const startedAt = performance.now();
    for (const [index, jump] of jumps.entries()) {
      await passTime(jump.delayMs);
      await this.#jump(jump, epoch);
      await this.#backupsStand();
      this.#options.onJump(index + 1, jump);
    }
    const elapsedMs = Math.round(performance.now() - startedAt);
    await this.#clients.finish();
    const { differencesTotal } = await own.call('ledger.verify', {});
    const backups = await this.#backupsProve();
    await this.#server.stop();
    const databasePath = join(this.#server.dataDir, 'masala.db');
    const jumpsByKind = Object.fromEntries(
      jumpKinds.map((kind) => [kind, jumps.filter((jump) => jump.kind === kind).length]),
    ) as Record<JumpKind, number>;
    return {
      jumpsByKind,
      startsUnderNewTime: jumps.filter(({ sequel }) => sequel !== 'nothing').length,
      elapsedMs,
      audit: auditJournals(databasePath, this.#clients.journals()),
      ledgerDifferences: differencesTotal,
      outOfOrder: countOutOfOrder(databasePath),
      backups,
    };
  }

  /** No process of the clients is left, whatever happened, and none is started any more. */
  async end(): Promise<void> {
    this.#own?.close();
    await this.#clients.end();
  }

  async #jump({ aheadMs, sequel }: PlannedJump, epoch: string | null): Promise<void> {
    const before = await this.#serves('a running server', () => true);
    const clients = this.#clients.progress;
    this.#hand.set(aheadMs);
    if (sequel === 'nothing') return await this.#unnoticed(before, clients);
    await this.#startAnew(sequel, before);
    const after = await this.#serves('another core', ({ core }) => core.pid !== before.core.pid);
    if (after.epoch !== epoch) throw new Error(`the epoch was ${epoch} and is ${after.epoch}`);
    await this.#clients.everybodySaves(clients);
  }

  /** Whatever the clock says now, the newest backup is never older than one that was there before. */
  async #backupsStand(): Promise<void> {
    const list = await this.#told('the backups', (control) => control.call('backup.list', {}));
    const reach = Math.max(0, ...list.points.map(({ lastSequence }) => lastSequence));
    if (reach < this.#backedUp)
      throw new Error(`a backup up to ${this.#backedUp} is gone, the newest has ${reach}`);
    this.#backedUp = reach;
  }

  /** Each backup is opened and checked; gives how many there are. */
  async #backupsProve(): Promise<number> {
    await this.#told('a backup', (control) => control.call('backup.now', {}));
    const { points } = await this.#told('the verification', (control) => control.call('backup.verify', {}));
    const bad = points.find(({ state }) => state !== 'verified');
    if (bad !== undefined) throw new Error(`the backup ${bad.id} is ${bad.state}: ${bad.problem}`);
    return points.length;
  }

  async #told<Answer>(
    what: string,
    question: (control: ControlConnection<SupervisorControl>) => Promise<Answer>,
  ): Promise<Answer> {
    return await until(what, async () => (await this.#server.ask(question)) ?? undefined);
  }

  async #startAnew(sequel: 'core' | 'both', { core, supervisor }: ServerStatus): Promise<void> {
    // The supervisor first, so that it cannot start another core in between.
    if (sequel === 'both') this.#server.signal(Number(supervisor?.pid), 'SIGKILL');
    this.#server.signal(Number(core.pid), 'SIGKILL');
    if (sequel === 'core') return;
    await this.#server.gone(Number(supervisor?.pid));
    this.#server.start();
  }

  /** The same processes go on, and no client loses its connection. */
  async #unnoticed(before: ServerStatus, clients: readonly ClientProgress[]): Promise<void> {
    await this.#clients.everybodySaves();
    const { core, supervisor } = await this.#serves('a running server', () => true);
    if (core.pid !== before.core.pid || supervisor?.pid !== before.supervisor?.pid) {
      throw new Error(`only the clock jumped, and a process ended: ${JSON.stringify(core.lastDeath)}`);
    }
    for (const [number, progress] of this.#clients.progress.entries()) {
      if (progress.losses === clients[number]?.losses) continue;
      throw new Error(`only the clock jumped, and client-${number} lost its connection`);
    }
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

/** Documents in the order of their booking: ids grow, and so do the numbers of a kind and a year. */
function countOutOfOrder(databasePath: string): number {
  const database = new Sqlite(databasePath, { readonly: true });
  try {
    const ids = database
      .prepare<[], string>(
        `SELECT answer ->> '$.id' FROM commands
         WHERE outcome = 'done'
           AND method IN ('receipts.create', 'dispatches.create', 'returns.create', 'adjustments.create')
         ORDER BY sequence`,
      )
      .pluck()
      .all();
    return ids.filter((id, index) => id <= (ids[index - 1] ?? '')).length;
  } finally {
    database.close();
  }
}
