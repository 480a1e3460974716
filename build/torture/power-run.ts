// One round of the power campaign: a machine with a server, clients that save, the planned cuts with what must hold after
// each of them, and the end at which the clients' journals are held against the database.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@masala/client';
import { type Chance, chanceOf } from './chance.ts';
import { connectOwn, setUpClients } from './client-setup.ts';
import { ClientsAtWork } from './clients-at-work.ts';
import type { DiskState } from './faults/disk.ts';
import type { JournalLine } from './journal.ts';
import { type AnswersAudit, type Audit, auditAnswers, auditJournals, complaintsOf } from './journal-audit.ts';
import { PowerMachine } from './power-machine.ts';
import type { PlannedCut } from './power-plan.ts';
import { passTime } from './waiting.ts';

export interface PowerRoundOptions {
  readonly cuts: readonly PlannedCut[];
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
  /** States of the disk that are judged after each cut, besides the one with which the server goes on. */
  readonly otherStates: number;
  /** The source tree that server and clients run from. */
  readonly tree: string;
  /** The compiled layer. */
  readonly shared: string;
  /** Told after each cut from which the server has come back. */
  readonly onCut: (cut: PlannedCut) => void;
}

/** What a round has come to, also where it broke off. */
export interface PowerTally {
  /** States of the disk that were held against the journals. */
  statesJudged: number;
  /** Changes and syncs of files up to the cuts. */
  operations: number;
  acknowledged: number;
  lost: number;
  doubled: number;
  /** Databases that SQLite's own check or `ledger.verify` finds damaged, although the server started on them. */
  damageUndetected: number;
}

export function emptyTally(): PowerTally {
  return { statesJudged: 0, operations: 0, acknowledged: 0, lost: 0, doubled: 0, damageUndetected: 0 };
}

/** A server whose first start has made all it will: nothing more comes of itself, and the cut comes without it. */
const QUIET_MS = 1_500;

export class PowerRound {
  readonly #options: PowerRoundOptions;
  readonly #chance: Chance;
  readonly #clients = new ClientsAtWork();
  readonly #machines: PowerMachine[] = [];
  #own: Client | undefined;
  readonly tally = emptyTally();

  constructor(options: PowerRoundOptions) {
    this.#options = options;
    this.#chance = chanceOf(options.seed);
  }

  /** Throws with the reason where something did not come back. The caller calls `end` in either case. */
  async run(): Promise<void> {
    const { cuts, onCut } = this.#options;
    for (const cut of cuts.filter(({ scene }) => scene === 'first')) {
      await this.#cutFirstStart(cut);
      onCut(cut);
    }
    const machine = this.#newMachine();
    const own = await this.#begin(machine);
    for (const cut of cuts.filter(({ scene }) => scene !== 'first')) {
      await this.#cut(machine, cut);
      onCut(cut);
    }
    await this.#finish(machine, own);
  }

  /** Nothing is left running, whatever happened. Keeps the newest machine's files where `keep` says so, and gives their folder. */
  async end({ keep }: { readonly keep: boolean }): Promise<string | null> {
    this.#own?.close();
    await this.#clients.end();
    const last = this.#machines.at(-1);
    if (keep) last?.keepEvidence();
    for (const machine of this.#machines) {
      await machine.server.destroy({ keep: keep && machine === last });
      machine.close();
    }
    return keep ? (last?.server.folder ?? null) : null;
  }

  #newMachine(): PowerMachine {
    const { tree, shared } = this.#options;
    const machine = new PowerMachine(tree, shared);
    this.#machines.push(machine);
    return machine;
  }

  /** On a machine of its own: a server that has never served anybody must be able to begin again. */
  async #cutFirstStart(cut: PlannedCut): Promise<void> {
    const machine = this.#newMachine();
    machine.powerOn();
    machine.layer.cutAfter(cut.operations);
    let servesSince: number | undefined;
    await machine.cutOr(async () => {
      if ((await machine.server.status())?.state === 'running') servesSince ??= performance.now();
      return servesSince !== undefined && performance.now() - servesSince > QUIET_MS;
    });
    await this.#powerOff(machine, cut);
    machine.powerOn();
    await machine.serves();
    await machine.server.stop();
    await machine.server.destroy({ keep: false });
    machine.close();
    this.#machines.pop();
  }

  async #begin(machine: PowerMachine): Promise<Client> {
    machine.powerOn();
    const port = Number((await machine.serves()).port);
    const own = await connectOwn(machine.server, port);
    this.#own = own;
    for (const task of await setUpClients(machine.server, own, { ...this.#options, port })) {
      this.#clients.start(this.#options.tree, task);
    }
    await this.#clients.everybodySaves();
    return own;
  }

  async #cut(machine: PowerMachine, cut: PlannedCut): Promise<void> {
    if (cut.scene === 'start') {
      // What runs goes first, in an ordinary moment; the cut in question meets the start after it.
      await this.#powerOff(machine, cut);
      machine.powerOn();
    }
    machine.layer.cutAfter(cut.operations);
    let stopped = false;
    const stop = cut.scene === 'stop' ? machine.server.run('stop') : undefined;
    void stop?.then(() => {
      stopped = true;
    });
    await machine.cutOr(() => stopped);
    await passTime(cut.afterglowMs);
    await this.#powerOff(machine, cut);
    await stop;
    const before = this.#clients.progress;
    machine.powerOn();
    await machine.serves();
    await this.#clients.everybodySaves(before);
  }

  /** … and whatever the disk may now hold, nothing that was answered is missing. */
  async #powerOff(machine: PowerMachine, cut: PlannedCut): Promise<void> {
    await machine.powerOff(this.#chance);
    this.tally.operations += machine.layer.operations;
    const journals = this.#clients.journals();
    if (journals.length === 0) return;
    this.#judge(machine, machine.state, journals, cut);
    for (let count = 0; count < this.#options.otherStates; count++) {
      this.#judge(machine, machine.stateAfterCut(this.#chance), journals, cut);
    }
  }

  #judge(machine: PowerMachine, state: DiskState, journals: JournalLine[][], { scene }: PlannedCut): void {
    const scratch = join(machine.server.folder, 'scratch');
    mkdirSync(scratch, { recursive: true });
    for (const name of ['masala.db', 'masala.db-wal']) {
      const content = state.get(join(machine.dataDir, name));
      if (Buffer.isBuffer(content)) writeFileSync(join(scratch, name), content);
    }
    const audit = auditAnswers(join(scratch, 'masala.db'), journals);
    rmSync(scratch, { recursive: true });
    this.tally.statesJudged++;
    this.#take(audit, `after a cut (${scene})`);
  }

  /** The clients get their last answers, and everything is added up. */
  async #finish({ server, dataDir }: PowerMachine, own: Client): Promise<void> {
    await this.#clients.finish();
    const { differencesTotal } = await own.call('ledger.verify', {});
    await server.stop();
    const audit = auditJournals(join(dataDir, 'masala.db'), this.#clients.journals());
    this.tally.acknowledged += audit.acknowledged;
    this.#take(audit, 'at the end');
    if (differencesTotal === 0) return;
    this.tally.damageUndetected++;
    throw new Error(`ledger.verify found ${differencesTotal} differences`);
  }

  #take(audit: AnswersAudit | Audit, when: string): void {
    this.tally.lost += audit.lost;
    this.tally.doubled += audit.doubled;
    if (audit.integrity !== 'ok') this.tally.damageUndetected++;
    const complaints = complaintsOf(audit);
    if (complaints.length > 0) throw new Error(`${when}: ${complaints.join('\n')}`);
  }
}
