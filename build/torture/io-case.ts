// One case of the io campaign: a server whose Nth file call fails, from its start over some saves to its stop, and what must
// hold while the disk is at fault and once it is well again.
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, connect, newCommandId, pair } from '@masala/client';
import { exitCodeNamed, MasalaError } from '@masala/protocol';
import type { ControlConnection, ServerStatus, SupervisorControl } from '@masala/protocol/control';
import { type CallKind, callKinds, type FailingCalls, Layer } from './faults/layer.ts';
import type { WatchedFile } from './faults/watched-files.ts';
import type { IoScene } from './io-plan.ts';
import type { Answered, Intent, JournalLine } from './journal.ts';
import { auditAnswers, auditJournals, bookedAmong, complaintsOf } from './journal-audit.ts';
import { ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** Three deaths, and the fourth start is in safe mode: so a disk that fails for good is given up within seconds. */
const RESTARTS_MAX = 3;
const settings = [
  `restart.budget=${RESTARTS_MAX}`,
  'restart.backoffMs=10',
  'integrity.checkDelayMs=0',
  'stop.graceMs=1000',
];
/** Of a workload. A checkpoint follows the first of them, where the sources are those of the campaign. */
const SAVES = 3;
/** For all saves together, in which a core dies three times and comes back. */
const SAVES_PATIENCE_MS = 15_000;
/** Twice the grace of a stop, its margin, and a busy machine. */
const STOP_PATIENCE_MS = 40_000;

/** Where a server has come to rest. */
export type IoEnd = 'running' | 'recovery' | 'stopped';

export interface IoVerdict {
  /** Calls that the server made. */
  readonly calls: Readonly<Record<CallKind, number>>;
  /** Calls that failed: none is a clean run. */
  readonly failed: number;
  /** Under the fault, before the stop. */
  readonly end: IoEnd;
  /** With the disk well again; the same as `end` where no second start was needed. */
  readonly endHealed: IoEnd;
  readonly deaths: number;
  /** What the server said that it stopped for. */
  readonly reason: string | null;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly damageUndetected: number;
  /** What does not hold, in sentences. */
  readonly problems: readonly string[];
}

type Profile = Awaited<ReturnType<typeof pair>>;

/** A data directory to begin each case with, and who may save there. */
interface Template {
  readonly folder: string;
  readonly profile: Profile;
  readonly itemId: string;
}

/** Runs cases, one after the other, in a folder of its own. */
export class IoBench {
  readonly server: ServerProcess;
  readonly #layer: Layer;
  readonly #dataDir: string;
  readonly #second: string;
  #template: Template | undefined;

  /**
   * @param shared the compiled layer
   * @param files only their calls count and fail; those of all files where it is empty
   */
  constructor(tree: string, shared: string, files: readonly WatchedFile[]) {
    const environment: Record<string, string> = {};
    const set = [...settings];
    this.server = new ServerProcess({ tree, set, environment });
    const folder = realpathSync(this.server.folder);
    this.#dataDir = join(folder, 'data');
    this.#second = join(folder, 'second');
    set.push(`backup.secondFolder=${this.#second}`);
    const roots = [this.#dataDir, this.#second];
    this.#layer = new Layer({ folder, shared, roots, only: files, logsOperations: false });
    Object.assign(environment, this.#layer.environment);
  }

  /** Makes what the cases begin with; once, before the first of them. */
  async prepare(): Promise<void> {
    this.#clear();
    const port = Number((await this.server.startAndServe()).port);
    const server = { address: '127.0.0.1', port };
    const code = await this.server.pair('admin');
    const profile = await pair({ code, deviceName: 'campaign', server, discoveryPort: 0 });
    const client = connect({ ...profile, discoveryPort: 0 });
    const { id: itemId } = await client.call('items.create', { sku: 'A', name: 'A', unit: 'pcs' });
    client.close();
    await this.server.stop();
    const folder = join(this.server.folder, 'template');
    for (const name of ['run', 'logs']) rmSync(join(this.#dataDir, name), { recursive: true });
    cpSync(this.#dataDir, folder, { recursive: true });
    this.#template = { folder, profile, itemId };
  }

  async run(scene: IoScene, failing: FailingCalls | undefined): Promise<IoVerdict> {
    this.#clear();
    if (scene === 'service') cpSync(this.#prepared.folder, this.#dataDir, { recursive: true });
    const run = new CaseRun(this.server, this.#layer, scene === 'service' ? this.#prepared : undefined);
    return await run.run(failing);
  }

  /** Copies what the newest case left into a folder, which must not exist yet. */
  keep(folder: string): void {
    for (const name of ['data', 'second', 'server.output']) {
      // Sockets, which nobody can copy, are among what runs.
      const filter = (path: string) => !path.includes('/data/run/');
      cpSync(join(this.server.folder, name), join(folder, name), { recursive: true, filter });
    }
  }

  /** Nothing is left running, and no file. */
  async end(): Promise<void> {
    await this.server.destroy({ keep: false });
    this.#layer.close();
  }

  get #prepared(): Template {
    if (this.#template === undefined) throw new Error('prepare() comes first');
    return this.#template;
  }

  #clear(): void {
    for (const folder of [this.#dataDir, this.#second]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { mode: 0o700 });
    }
    writeFileSync(this.server.outputFile, '');
  }
}

class CaseRun {
  readonly #server: ServerProcess;
  readonly #layer: Layer;
  readonly #template: Template | undefined;
  readonly #problems: string[] = [];
  readonly #intents: Intent[] = [];
  readonly #answers = new Map<string, Answered>();
  /** Told that nothing was booked. */
  readonly #refused = new Set<string>();
  #deaths = 0;

  constructor(server: ServerProcess, layer: Layer, template: Template | undefined) {
    this.#server = server;
    this.#layer = layer;
    this.#template = template;
  }

  async run(failing: FailingCalls | undefined): Promise<IoVerdict> {
    this.#layer.fail(failing);
    const { end, reason } = await this.#life();
    const { failed } = this.#layer;
    const calls = this.#calls();
    this.#layer.heal();
    this.#checkRefused();
    const needsSecondLife = end !== 'running' || this.#deaths > 0 || this.#open.length > 0;
    const endHealed = needsSecondLife ? (await this.#life()).end : end;
    if (endHealed === 'stopped') this.#problem('the disk is well again, and the server does not start');
    return {
      ...{
        calls,
        failed,
        end,
        endHealed,
        reason,
        deaths: this.#deaths,
      },
      ...this.#audit(endHealed),
      problems: this.#problems,
    };
  }

  /** From a start to the end of all processes. */
  async #life(): Promise<{ end: IoEnd; reason: string | null }> {
    const child = this.#server.start();
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    let rest = await this.#rest(ended);
    if (rest.end === 'running' && this.#template !== undefined) {
      await this.#saves(this.#template, Number(rest.status?.port), ended);
      await this.#ask((control) => control.call('backup.now', {}));
      rest = await this.#rest(ended);
    }
    this.#deaths = Math.max(this.#deaths, rest.status?.core.restarts ?? 0);
    if (this.#deaths > RESTARTS_MAX + 1) this.#problem(`the core was started again ${this.#deaths} times`);
    await this.#stop();
    await until('the supervisor to be told as ended', () => (ended() ? true : undefined));
    this.#checkSupervisor(child.exitCode, child.signalCode, rest.end);
    return { end: rest.end, reason: rest.reason };
  }

  #calls(): Record<CallKind, number> {
    const calls = callKinds.map((kind) => [kind, this.#layer.calls(kind)]);
    return Object.fromEntries(calls) as Record<CallKind, number>;
  }

  /** Waits until the server is somewhere where it stays by itself. */
  async #rest(
    ended: () => boolean,
  ): Promise<{ end: IoEnd; reason: string | null; status: ServerStatus | null }> {
    let status: ServerStatus | null = null;
    return await until(
      () => `the server to come to rest; last status ${JSON.stringify(status)}; ${this.#server.outputTail()}`,
      async () => {
        if (ended()) return { end: 'stopped', reason: this.#server.outputTail(), status };
        status = await this.#server.status();
        if (status?.state === 'recovery')
          return { end: 'recovery', reason: status.recovery?.message ?? '', status };
        if (status?.state === 'running' && status.port !== null)
          return { end: 'running', reason: null, status };
        if (status?.state !== 'stopped' || status.core.pid !== null) return undefined;
        const { reason = null, stderrTail = null } = status.core.lastDeath ?? {};
        return { end: 'stopped', reason: reason ?? stderrTail, status };
      },
    );
  }

  // --- the work ---------------------------------------------------------------------------------------

  /** Intents that have no answer, or were told to have failed. */
  get #open(): Intent[] {
    return this.#intents.filter(({ commandId }) => !this.#answers.has(commandId));
  }

  async #saves({ profile, itemId }: Template, port: number, ended: () => boolean): Promise<void> {
    if (this.#intents.length === 0)
      for (let number = 0; number < SAVES; number++) this.#intents.push(receipt(itemId));
    const client = connect({ ...profile, port, discoveryPort: 0, retryDelayMs: 50 });
    const patience = AbortSignal.timeout(SAVES_PATIENCE_MS);
    const given = new AbortController();
    const over = until('the server to end', async () => {
      const status = await this.#server.status();
      const isLost = ended() || status?.state === 'stopped' || status?.state === 'recovery';
      return isLost || given.signal.aborted || patience.aborted ? true : undefined;
    });
    const ends = new AbortController();
    void over.then(() => ends.abort());
    for (const intent of this.#open) await this.#save(client, intent, ends.signal);
    given.abort();
    await over;
    client.close();
  }

  async #save(client: Client, { commandId, method, params }: Intent, signal: AbortSignal): Promise<void> {
    try {
      const result = await client.call(method, { ...params, commandId } as never, { signal });
      this.#answers.set(commandId, { type: 'answer', commandId, result });
      this.#refused.delete(commandId);
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      // CANCELLED is our own word: whether it was booked is left open.
      if (error.code !== 'CANCELLED') this.#refused.add(commandId);
    }
  }

  /** Whatever is asked may fail, and says so. */
  async #ask(question: (control: ControlConnection<SupervisorControl>) => Promise<unknown>): Promise<void> {
    try {
      await this.#server.ask(question);
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
    }
  }

  // --- what must hold ---------------------------------------------------------------------------------

  async #stop(): Promise<void> {
    if (this.#server.processes().length > 0) {
      const stopped = this.#ask((control) => control.call('stop', {}));
      try {
        await until(
          () => `the processes ${this.#server.processes().join(', ')} to end after the stop`,
          () => (this.#server.processes().length === 0 ? true : undefined),
          STOP_PATIENCE_MS,
        );
      } catch (error) {
        this.#problem(`${String(error)}; ${this.#server.outputTail()}`);
        await this.#server.killAll();
      }
      await stopped;
    }
    await this.#server.killAll();
  }

  #checkSupervisor(exitCode: number | null, signal: NodeJS.Signals | null, end: IoEnd): void {
    const said = this.#server.outputTail();
    if (signal !== null) return; // it was killed since it did not stop, and that was told
    if (exitCode !== 0 && exitCodeNamed(exitCode) === undefined)
      this.#problem(`the supervisor ended with ${exitCode}`);
    if (/\n {4}at .+:\d+:\d+\)?\n/.test(said) && end !== 'stopped')
      this.#problem(`the supervisor crashed: ${said}`);
  }

  /** Whoever was told that nothing was saved must not find it booked. */
  #checkRefused(): void {
    if (this.#refused.size === 0) return;
    const booked = bookedAmong(this.#databasePath, this.#refused);
    if (booked.length > 0) this.#problem(`told as failed, and booked all the same: ${booked.join(', ')}`);
  }

  #audit(end: IoEnd) {
    const none = { acknowledged: this.#answers.size, lost: 0, doubled: 0, damageUndetected: 0 };
    if (this.#intents.length === 0) return none;
    if (!existsSync(this.#databasePath)) {
      this.#problem('there is no masala.db');
      return { ...none, lost: this.#answers.size };
    }
    const journals: JournalLine[][] = [[...this.#intents, ...this.#answers.values()]];
    const audit =
      end === 'running'
        ? auditJournals(this.#databasePath, journals)
        : auditAnswers(this.#databasePath, journals);
    for (const complaint of complaintsOf(audit)) this.#problem(complaint);
    const { acknowledged, lost, doubled, integrity } = audit;
    return { acknowledged, lost, doubled, damageUndetected: integrity === 'ok' ? 0 : 1 };
  }

  get #databasePath(): string {
    return join(this.#server.dataDir, 'masala.db');
  }

  #problem(sentence: string): void {
    this.#problems.push(sentence);
  }
}

function receipt(itemId: string): Intent {
  const commandId = newCommandId();
  const params = { post: true, reference: commandId, lines: [{ itemId, quantity: 1 }] };
  return { type: 'intent', commandId, method: 'receipts.create', params };
}
