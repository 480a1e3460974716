// One case of the recover campaign: a server on damaged files, the admin's choice, kills while it is carried out, and what
// must have come of it in the end.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes, MasalaError } from '@masala/protocol';
import type { ControlConnection, ServerStatus, SupervisorControl } from '@masala/protocol/control';
import Sqlite from 'better-sqlite3';
import { noticedByChecks } from './flip-checks.ts';
import { differences, type LedgerContent, readLedgerContent } from './ledger-content.ts';
import { copyPrepared, serverWithSecondFolder } from './prepared-data.ts';
import { digestsToKeep, doDamage, quarantinedDigests } from './recover-damage.ts';
import type { Choice, PlannedRecovery, RecoveryKind, Strike } from './recover-plan.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** A prepared server, and what is known of it. */
export interface Prepared {
  readonly folder: string;
  readonly epoch: string;
  /** UTC ms: half of its commands were booked by then. */
  readonly moment: number;
  readonly commands: number;
  readonly content: LedgerContent;
}

/** What a kind of recovery comes to when nobody disturbs it. */
export interface Undisturbed {
  /** From the choice to the service. */
  readonly elapsedMs: number;
  readonly outcome: Outcome;
}

interface Outcome {
  readonly content: LedgerContent;
  /** Rows of each table: all that two salvages of the same files agree on, since what they make anew has new ids. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What a case may find: the promises that were broken, counted. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
  readonly lost: number;
  readonly doubled: number;
  readonly damageUndetected: number;

  constructor(message: string, { lost = 0, doubled = 0, damageUndetected = 0 }) {
    super(message);
    this.lost = lost;
    this.doubled = doubled;
    this.damageUndetected = damageUndetected;
  }
}

/** Ends that are part of a recovery, or of a start beside one that is killed. */
const ORDERLY: ReadonlySet<number | null> = new Set<number | null>([
  exitCodes.STORAGE_LOST.code,
  exitCodes.DATABASE_DAMAGED.code,
  exitCodes.RECOVERY_REQUESTED.code,
  exitCodes.DATA_DIRECTORY_LOCKED.code,
]);
/** A choice that was killed three times is asked for again; a kill before it was written down needs it, too. */
const ASKED_MAX = 6;
/** Beyond one for each kill: the end for a restore that was asked for, and starts beside one that is killed. */
const SPARE_STARTS = 4;

export class RecoverCase {
  readonly server: ServerProcess;
  readonly #prepared: Prepared;
  readonly #plan: PlannedRecovery;
  readonly #cores = new Set<number>();
  #supervisor: number | undefined;
  #asked = 0;

  constructor(tree: string, prepared: Prepared, plan: PlannedRecovery) {
    this.server = serverWithSecondFolder(tree);
    this.#prepared = prepared;
    this.#plan = plan;
  }

  /**
   * Runs it to its end: throws what is wrong with it. The caller destroys the server.
   *
   * @param undisturbed null: this run is what the others are compared with, and nobody is killed in it
   * @param doMore further damage, to the files in a folder like that of the prepared server
   */
  async run(
    seed: number,
    undisturbed: Undisturbed | null,
    doMore: (folder: string) => void = () => undefined,
  ): Promise<Undisturbed & { readonly starts: number }> {
    const { damage, choice } = this.#plan.kind;
    copyPrepared(this.#prepared.folder, this.server.folder);
    doDamage(this.server.dataDir, damage, seed);
    doMore(this.server.folder);
    const damaged = digestsToKeep(this.server.dataDir, damage);
    let startedAt = performance.now();
    this.server.start();
    if (choice !== 'nothing') {
      await this.#readyForChoice();
      startedAt = performance.now();
      await this.#ask();
    }
    for (const strike of undisturbed === null ? [] : this.#plan.strikes) {
      await this.#strike(strike, undisturbed?.elapsedMs ?? 0);
    }
    await this.#served();
    const elapsedMs = performance.now() - startedAt;
    await this.server.stop();
    const outcome = await this.#judge(damaged);
    if (undisturbed !== null) compare(choice, outcome, undisturbed.outcome);
    return { elapsedMs, outcome, starts: this.#cores.size };
  }

  /** In recovery; or running, where all is well. */
  async #readyForChoice(): Promise<void> {
    const wanted = this.#plan.kind.choice === 'restore-until' ? 'running' : 'recovery';
    let last: ServerStatus | null = null;
    await until(
      () => `the state ${wanted}; last status ${JSON.stringify(last)}; output:\n${this.server.outputTail()}`,
      async () => {
        last = await this.#look();
        return last?.state === wanted ? true : undefined;
      },
    );
  }

  /** Until it is taken: who answers may be killed, or only starting. */
  async #ask(): Promise<void> {
    this.#asked++;
    if (this.#asked > ASKED_MAX) throw new Error(`asked ${ASKED_MAX} times in vain`);
    await until('the choice to be taken', async () => {
      try {
        return (await this.server.ask((control) => this.#call(control))) ?? undefined;
      } catch (error) {
        // It has begun already: the answer to the first time got lost.
        if (error instanceof MasalaError && error.code === 'RECOVERY_RUNNING') return true;
        if (error instanceof MasalaError && error.retryable) return undefined;
        throw error;
      }
    });
  }

  #call(control: ControlConnection<SupervisorControl>): Promise<unknown> {
    const { choice } = this.#plan.kind;
    switch (choice) {
      case 'restore':
        return control.call('recovery.restore', {});
      case 'restore-until':
        return control.call('recovery.restore', { until: this.#prepared.moment });
      case 'salvage':
        return control.call('recovery.salvage', {});
      case 'fresh':
        return control.call('recovery.fresh', {});
      case 'nothing':
        throw new Error('nothing is asked for');
    }
  }

  async #strike({ target, after }: Strike, elapsedMs: number): Promise<void> {
    await pause(after * elapsedMs);
    const { core, supervisor } = await until('a status', async () => (await this.#look()) ?? undefined);
    // The supervisor first, so that it cannot start another core in between.
    if (target !== 'core' && supervisor !== null) this.server.signal(supervisor.pid, 'SIGKILL');
    if (target !== 'supervisor' && core.pid !== null) this.server.signal(core.pid, 'SIGKILL');
    if (target !== 'core') {
      this.#supervisor = undefined;
      await this.server.gone(Number(supervisor?.pid));
    }
    if (target === 'both') this.server.start();
    await this.#nextOne(target, core.pid, supervisor?.pid);
  }

  /** The work goes on, or begins anew: somebody else answers for it. */
  async #nextOne(
    target: Strike['target'],
    core: number | null,
    supervisor: number | undefined,
  ): Promise<void> {
    let last: ServerStatus | null = null;
    await until(
      () =>
        `the next after the kill of ${target}; last status ${JSON.stringify(last)}; ${this.server.outputTail()}`,
      async () => {
        last = await this.#look();
        if (last === null || last.core.pid === null) return undefined;
        const isNewCore = target === 'supervisor' || last.core.pid !== core;
        return isNewCore && (target === 'core' || last.supervisor?.pid !== supervisor) ? true : undefined;
      },
    );
  }

  /** Serves the outcome; a choice that got lost or was given up is asked for again, as an admin would. */
  async #served(): Promise<void> {
    const { choice } = this.#plan.kind;
    let last: ServerStatus | null = null;
    await until(
      () => `the end of it all; last status ${JSON.stringify(last)}; output:\n${this.server.outputTail()}`,
      async () => {
        last = await this.#look();
        if (last === null) return undefined;
        const { state, epoch, recovery } = last;
        const isNew = choice === 'nothing' || epoch !== this.#prepared.epoch;
        if (state === 'running' && isNew) return true;
        const isForgotten = state === 'running' && choice === 'restore-until' && !isNew;
        if ((state === 'recovery' && recovery?.working === null) || isForgotten) await this.#askAgain(last);
        return undefined;
      },
    );
  }

  async #askAgain({ recovery }: ServerStatus): Promise<void> {
    const { choice } = this.#plan.kind;
    if (recovery?.failure != null)
      throw new Error(`the recovery failed: ${JSON.stringify(recovery.failure)}`);
    if (choice === 'nothing') throw new Error(`a recovery is asked for: ${recovery?.message}`);
    await this.#ask();
  }

  async #look(): Promise<ServerStatus | null> {
    const status = await this.server.status();
    if (status === null) return null;
    const { core, supervisor } = status;
    if (core.pid !== null) this.#cores.add(core.pid);
    if (this.#cores.size > this.#plan.strikes.length + SPARE_STARTS) {
      throw new Error(
        `${this.#cores.size} cores for ${this.#plan.strikes.length} kills: ${JSON.stringify(core)}`,
      );
    }
    const death = core.lastDeath;
    if (death?.cause === 'exited' && !ORDERLY.has(death.exitCode)) {
      throw new Error(`a core died by itself: ${JSON.stringify(death)}`);
    }
    this.#supervisor ??= supervisor?.pid;
    if (supervisor !== null && supervisor.pid !== this.#supervisor) {
      throw new Error(`the supervisor ${this.#supervisor} ended by itself`);
    }
    return status;
  }

  async #judge(damaged: readonly string[]): Promise<Outcome> {
    const { dataDir } = this.server;
    const noticed = await noticedByChecks(dataDir);
    if (noticed !== null)
      throw new BrokenPromise(`the outcome is ${noticed.as}: ${noticed.words}`, { damageUndetected: 1 });
    const kept = quarantinedDigests(dataDir);
    if (!damaged.every((digest) => kept.has(digest))) throw new Error('a damaged file is not in quarantine');
    const path = join(dataDir, 'masala.db');
    if (!lineageOf(path).includes(this.#prepared.epoch))
      throw new Error('the epoch does not descend from the one before');
    return { content: readLedgerContent(path), counts: countsOf(path) };
  }
}

/** Throws a BrokenPromise where the kills changed what came of it. */
function compare(choice: Choice, outcome: Outcome, undisturbed: Outcome): void {
  const more = Number(outcome.counts.commands) - Number(undisturbed.counts.commands);
  const broken = { lost: Math.max(0, -more), doubled: Math.max(0, more) };
  if (choice === 'salvage') {
    if (JSON.stringify(outcome.counts) === JSON.stringify(undisturbed.counts)) return;
    const found = `${JSON.stringify(outcome.counts)} and not ${JSON.stringify(undisturbed.counts)}`;
    throw new BrokenPromise(found, broken);
  }
  const changed = differences(outcome.content.promised, undisturbed.content.promised);
  if (changed.length === 0) return;
  const sentence = `the outcome has other ${changed.join(', ')} than without a kill`;
  throw new BrokenPromise(sentence, more === 0 ? { damageUndetected: 1 } : broken);
}

/** What there is to know of a prepared server. */
export function readPrepared(folder: string): Prepared {
  const path = join(folder, 'data', 'masala.db');
  const content = readLedgerContent(path);
  const database = new Sqlite(path, { readonly: true });
  try {
    const known = database
      .prepare<[], Pick<Prepared, 'epoch' | 'commands' | 'moment'>>(
        `SELECT epoch, (SELECT count(*) FROM commands) AS commands,
           (SELECT at FROM commands WHERE sequence = (SELECT max(sequence) / 2 FROM commands)) AS moment
         FROM ledger`,
      )
      .get();
    if (known === undefined) throw new Error(`${path} names no epoch`);
    return { folder, ...known, content };
  } finally {
    database.close();
  }
}

/** Throws where a kind does not come to what it promises even undisturbed. */
export function checkUndisturbed(
  { name, choice }: RecoveryKind,
  { content, counts }: Outcome,
  prepared: Prepared,
): void {
  const changed = differences(content.promised, prepared.content.promised);
  const isAll = choice === 'restore' || choice === 'nothing';
  if (isAll && changed.length > 0)
    throw new Error(`${name}: other ${changed.join(', ')} than before the damage`);
  if (choice === 'fresh' && counts.commands !== 0) throw new Error(`${name}: it is not empty`);
  if (choice === 'restore-until' && counts.commands === 0) throw new Error(`${name}: nothing came back`);
}

function lineageOf(path: string): string[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database
      .prepare<[], string>(
        `WITH RECURSIVE line AS (
           SELECT epochs.epoch, parent FROM epochs JOIN ledger USING (epoch)
           UNION ALL SELECT epochs.epoch, epochs.parent FROM epochs JOIN line ON epochs.epoch = line.parent)
         SELECT epoch FROM line`,
      )
      .pluck()
      .all();
  } finally {
    database.close();
  }
}

function countsOf(path: string): Record<string, number> {
  const database = new Sqlite(path, { readonly: true });
  try {
    const tables = ['commands', 'documents', 'document_lines', 'movements', 'levels', 'items', 'partners'];
    const count = (table: string) => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    return Object.fromEntries(tables.map((table) => [table, count(table)]));
  } finally {
    database.close();
  }
}
