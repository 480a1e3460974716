// One run of the kill campaign: a server and its clients, the planned kills with what must hold after each, and the end
// at which the clients' journals are held against the database.
import { join } from 'node:path';
import type { Client } from '@masala/client';
import { exitCodes } from '@masala/protocol';
import type { Death, ServerStatus } from '@masala/protocol/control';
import { type Chance, chanceOf } from './chance.ts';
import type { ClientProgress } from './client-messages.ts';
import { connectOwn, setUpClients } from './client-setup.ts';
import { ClientsAtWork } from './clients-at-work.ts';
import { type Audit, auditJournals } from './journal-audit.ts';
import { type KillKind, killKinds, type PlannedKill, planKills } from './kill-plan.ts';
import { ServerProcess } from './server-process.ts';
import { passTime, until } from './waiting.ts';

export interface KillRunOptions {
  readonly kills: number;
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
  readonly only: KillKind | undefined;
  /** The source tree that server and clients run from. */
  readonly tree: string;
  /** Told after each kill from which everything has recovered. */
  readonly onKill: (count: number, kill: PlannedKill) => void;
}

export interface KillReport {
  readonly killsByKind: Readonly<Record<KillKind, number>>;
  readonly duringRecovery: number;
  readonly elapsedMs: number;
  /** Acknowledged saves a second over the whole time of the kills. */
  readonly savesPerSecond: number;
  readonly coreStarts: number;
  readonly supervisorStarts: number;
  /** Cores that ended although the campaign did nothing to them, and why. */
  readonly unaskedDeaths: readonly string[];
  readonly audit: Audit;
  readonly ledgerDifferences: number;
}

/**
 * Deaths without limit, since it is the campaign that kills; and waits that are short, since it waits for each of them.
 * A busy machine holds a core up for a second and more while it starts: a hang time-out of four accuses it seldom.
 */
const settings = [
  'restart.budget=0',
  'restart.backoffMs=0',
  'watchdog.hangTimeoutMs=4000',
  'supervisor.absenceMs=100',
  'connections.max=64',
];

/**
 * What the campaign does to a core, as its supervisor tells it: one that it adopted shows no signal. (A machine that is
 * busy for seconds may look hung without a SIGSTOP of ours: no fault of the core's.)
 */
const ASKED_FOR: ReadonlySet<Death['cause']> = new Set<Death['cause']>(['killed', 'hung', 'unknown']);

/**
 * Where the supervisor is killed while its core is only starting, the next one may see no core yet and start another,
 * which finds the directory locked and ends: the lock has done its duty, and the first one is adopted.
 */
const SPARE_CORE = exitCodes.DATA_DIRECTORY_LOCKED.code;

/** The server of such a run. */
export function serverForKills(tree: string): ServerProcess {
  return new ServerProcess({ tree, set: settings });
}

/** What a kill is judged against: everybody as they were just before. */
interface Before {
  readonly status: ServerStatus;
  readonly clients: readonly ClientProgress[];
}

export class KillRun {
  readonly #server: ServerProcess;
  readonly #options: KillRunOptions;
  readonly #chance: Chance;
  readonly #clients = new ClientsAtWork();
  readonly #corePids = new Set<number>();
  readonly #supervisorPids = new Set<number>();
  /** By their time. */
  readonly #unaskedDeaths = new Map<number, string>();
  /** The campaign's own connection. */
  #own: Client | undefined;

  constructor(server: ServerProcess, options: KillRunOptions) {
    this.#server = server;
    this.#options = options;
    this.#chance = chanceOf(options.seed);
  }

  /** Throws with the reason where something did not come back. The caller calls `end` in either case. */
  async run(): Promise<KillReport> {
    const status = await this.#server.startAndServe();
    const port = Number(status.port);
    const own = await connectOwn(this.#server, port);
    this.#own = own;
    for (const task of await setUpClients(this.#server, own, { ...this.#options, port })) {
      this.#clients.start(this.#options.tree, task);
    }
    await this.#clients.everybodySaves();
    const kills = planKills(this.#options.kills, this.#options.clients, this.#options.only, this.#chance);
    const startedAt = performance.now();
    const answeredBefore = this.#clients.answered;
    await this.#carryOut(kills);
    const elapsedMs = performance.now() - startedAt;
    const saves = this.#clients.answered - answeredBefore;
    await this.#clients.finish();
    const ledgerDifferences = await verifyLedger(own);
    await this.#server.stop();
    const killsByKind = Object.fromEntries(
      killKinds.map((kind) => [kind, kills.filter((kill) => kill.kind === kind).length]),
    ) as Record<KillKind, number>;
    return {
      killsByKind,
      duringRecovery: kills.filter((kill) => kill.duringRecovery).length,
      elapsedMs: Math.round(elapsedMs),
      savesPerSecond: Math.round((saves * 1_000) / elapsedMs),
      coreStarts: this.#corePids.size,
      supervisorStarts: this.#supervisorPids.size,
      unaskedDeaths: [...this.#unaskedDeaths.values()],
      audit: auditJournals(join(this.#server.dataDir, 'masala.db'), this.#clients.journals()),
      ledgerDifferences,
    };
  }

  /** No process of the clients is left, whatever happened, and none is started any more. */
  async end(): Promise<void> {
    this.#own?.close();
    await this.#clients.end();
  }

  // --- the kills --------------------------------------------------------------------------------------

  async #carryOut(kills: readonly PlannedKill[]): Promise<void> {
    let before: Before | undefined;
    for (const [index, kill] of kills.entries()) {
      if (!kill.duringRecovery || before === undefined) {
        await passTime(kill.delayMs);
        before = await this.#look();
      } else {
        // The kill before has just begun its recovery: as soon as its successor shows itself, this one strikes.
        await this.#nextCoreShows(before);
        await passTime(kill.delayMs);
        before = { ...before, status: await this.#anyStatus() };
      }
      await this.#strike(kill, before);
      const next = kills[index + 1];
      if (next?.duringRecovery !== true) await this.#recovered(kill, before);
      this.#options.onKill(index + 1, kill);
    }
  }

  async #strike({ kind, client }: PlannedKill, { status }: Before): Promise<void> {
    const { core, supervisor } = status;
    switch (kind) {
      case 'core':
        return this.#signal(core.pid, 'SIGKILL');
      case 'freeze':
        return this.#signal(core.pid, 'SIGSTOP');
      case 'supervisor':
        return this.#signal(supervisor?.pid, 'SIGKILL');
      case 'both':
        // The supervisor first, so that it cannot start another core in between.
        this.#signal(supervisor?.pid, 'SIGKILL');
        this.#signal(core.pid, 'SIGKILL');
        await this.#server.gone(Number(supervisor?.pid));
        this.#server.start();
        return;
      case 'client':
        await this.#clients.restart(client);
    }
  }

  #signal(pid: number | null | undefined, signal: 'SIGKILL' | 'SIGSTOP'): void {
    if (pid !== null && pid !== undefined) this.#server.signal(pid, signal);
  }

  async #recovered({ kind, duringRecovery }: PlannedKill, before: Before): Promise<void> {
    switch (kind) {
      case 'core':
      case 'freeze':
      case 'both':
        await this.#serves(
          (status) => status.core.pid !== before.status.core.pid,
          `another core (after the kill of: ${kind})`,
        );
        return await this.#clients.everybodySaves(before.clients);
      case 'supervisor':
        return duringRecovery ? await this.#adopted(before, before.clients) : await this.#unnoticed(before);
      case 'client':
        return await this.#clients.everybodySaves();
    }
  }

  /**
   * The supervisor was killed: the core goes on as the same process, starts another and is adopted by it. A core that was
   * only starting may meet a spare one, from a supervisor that saw neither; one of them gets the directory.
   */
  async #adopted(before: Before, clients?: readonly ClientProgress[]): Promise<void> {
    const { core, supervisor } = before.status;
    const status = await this.#serves(
      (now) => now.supervisor?.pid !== supervisor?.pid,
      'the core to start another supervisor',
    );
    if (before.status.state === 'running' && status.core.pid !== core.pid) {
      throw new Error(`the supervisor was killed, and the core ${core.pid} did not survive it`);
    }
    await this.#clients.everybodySaves(clients);
  }

  /** … and where all was well before, no client has lost its connection. */
  async #unnoticed(before: Before): Promise<void> {
    await this.#adopted(before);
    for (const [number, progress] of this.#clients.progress.entries()) {
      if (progress.losses !== before.clients[number]?.losses) {
        throw new Error(`the supervisor was killed, and client-${number} lost its connection`);
      }
    }
  }

  /** A running server that fits, told by its supervisor. */
  async #serves(fits: (status: ServerStatus) => boolean, what: string): Promise<ServerStatus> {
    let last: ServerStatus | null = null;
    return await until(
      () => `${what}; last status ${JSON.stringify(last)}; output:\n${this.#server.outputTail()}`,
      async () => {
        last = await this.#status();
        if (last?.state === 'recovery') throw new Error(`a kill led to recovery: ${last.recovery?.message}`);
        return last?.state === 'running' && fits(last) ? last : undefined;
      },
    );
  }

  async #nextCoreShows(before: Before): Promise<void> {
    await until('the next core to show itself', async () => {
      const status = await this.#status();
      const pid = status?.core.pid ?? null;
      return pid !== null && pid !== before.status.core.pid ? true : undefined;
    });
  }

  async #look(): Promise<Before> {
    const status = await this.#serves(() => true, 'a running server');
    return { status, clients: this.#clients.progress };
  }

  async #anyStatus(): Promise<ServerStatus> {
    return await until('a supervisor that answers', async () => (await this.#status()) ?? undefined);
  }

  async #status(): Promise<ServerStatus | null> {
    const status = await this.#server.status();
    if (status?.core.pid != null) this.#corePids.add(status.core.pid);
    if (status?.supervisor != null) this.#supervisorPids.add(status.supervisor.pid);
    const death = status?.core.lastDeath;
    if (death != null && !ASKED_FOR.has(death.cause) && death.exitCode !== SPARE_CORE) {
      this.#unaskedDeaths.set(
        death.at,
        `${death.cause}: ${death.reason ?? death.stderrTail ?? 'no reason given'}`,
      );
    }
    return status;
  }
}

async function verifyLedger(own: Client): Promise<number> {
  const { consistent, differencesTotal } = await own.call('ledger.verify', {});
  if (consistent !== (differencesTotal === 0)) throw new Error('ledger.verify contradicts itself');
  return differencesTotal;
}
