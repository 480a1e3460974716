// One run of the flip campaign: hands the cases to worker processes, counts their verdicts, and keeps what went wrong.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type FlipCheck, flipChecks } from './flip-checks.ts';
import type { FlipVerdict } from './flip-judge.ts';
import { type FlipRole, flipRoles } from './flip-plan.ts';
import type { FlipWorkerTask, FromFlipWorker, ToFlipWorker } from './flip-worker.ts';

/** More would find the disk and not the processors busy. */
const WORKERS_MAX = 4;
/** A case takes some 20 ms: a machine that is busy with everything else is not so slow. */
const CASE_PATIENCE_MS = 60_000;
/** More than anybody reads; their number is counted in full. */
const FAILURES_MAX = 20;

export interface FlipRunOptions {
  readonly tree: string;
  readonly prepared: string;
  readonly scratch: string;
  readonly seed: number;
  /** The numbers of the cases. */
  readonly cases: readonly number[];
  /** Told after each verdict. */
  readonly onCase: (count: number, verdict: FlipVerdict) => void;
}

export interface FlipFailure {
  readonly number: number;
  readonly reason: string;
}

export interface FlipReport {
  readonly cases: number;
  readonly casesByRole: Readonly<Record<FlipRole, number>>;
  /** Content that the promise covers was changed, or could not be read any more. */
  readonly changed: number;
  /** … of these, noticed, by the check that was first. */
  readonly noticedBy: Readonly<Record<FlipCheck, number>>;
  /** All that was noticed, by the word for it: `damaged` leads to the recovery state. */
  readonly toldAs: Readonly<Record<string, number>>;
  /** Restores from damaged backups, manifests and journals, by how much came back. */
  readonly restored: Readonly<Record<NonNullable<FlipVerdict['restored']>, number>>;
  /** Noticed although nothing of the promised content was changed: free pages, structure, master data. */
  readonly noticedBesides: number;
  /** Master data changed, and nobody noticed: not promised, said so. */
  readonly masterDataUnnoticed: number;
  readonly undetected: number;
  readonly failures: readonly FlipFailure[];
  readonly elapsedMs: number;
}

export class FlipRun {
  readonly #options: FlipRunOptions;
  readonly #left: number[];
  readonly #workers = new Set<ChildProcess>();
  readonly #startedAt = performance.now();
  readonly #failures: FlipFailure[] = [];
  readonly #noticedBy = Object.fromEntries(flipChecks.map((by) => [by, 0])) as Record<FlipCheck, number>;
  readonly #restored = { whole: 0, 'less, and said so': 0 };
  readonly #toldAs: Record<string, number> = {};
  readonly #casesByRole = Object.fromEntries(flipRoles.map((role) => [role, 0])) as Record<FlipRole, number>;
  readonly #counts = { cases: 0, changed: 0, noticedBesides: 0, masterDataUnnoticed: 0, undetected: 0 };
  #ended = false;

  constructor(options: FlipRunOptions) {
    this.#options = options;
    this.#left = options.cases.toReversed();
  }

  /** Throws where the cases cannot be judged at all. The caller calls `end` in either case. */
  async run(): Promise<FlipReport> {
    const workers = Math.min(availableParallelism(), WORKERS_MAX, this.#left.length);
    await Promise.all(Array.from({ length: workers }, () => this.#work()));
    return {
      ...this.#counts,
      casesByRole: this.#casesByRole,
      noticedBy: this.#noticedBy,
      toldAs: this.#toldAs,
      restored: this.#restored,
      failures: this.#failures,
      elapsedMs: Math.round(performance.now() - this.#startedAt),
    };
  }

  end(): void {
    this.#ended = true;
    for (const worker of this.#workers) worker.kill('SIGKILL');
  }

  /** Judges cases in one process after the other, until none is left: a process ends by itself only over a case. */
  async #work(): Promise<void> {
    while (this.#left.length > 0 && !this.#ended) await this.#workInOneProcess();
  }

  #workInOneProcess(): Promise<void> {
    const { tree, prepared, scratch, seed } = this.#options;
    const task: FlipWorkerTask = { prepared, scratch, seed };
    const outputFile = join(scratch, `worker-${process.hrtime.bigint()}.output`);
    const output = openSync(outputFile, 'a');
    const program = join(tree, 'build/torture/flip-worker.ts');
    const worker = spawn(process.execPath, [program, JSON.stringify(task)], {
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    this.#workers.add(worker);
    let asked: number | undefined;
    let patience: NodeJS.Timeout | undefined;
    const askNext = () => {
      clearTimeout(patience);
      asked = this.#left.pop();
      if (asked === undefined) return worker.disconnect();
      worker.send({ number: asked } satisfies ToFlipWorker, () => undefined);
      patience = setTimeout(() => worker.kill('SIGKILL'), CASE_PATIENCE_MS);
    };
    worker.on('message', (message: FromFlipWorker) => {
      if (message.type === 'verdict') this.#count(message.verdict);
      askNext();
    });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', (exitCode, signal) => {
        clearTimeout(patience);
        this.#workers.delete(worker);
        if (this.#ended || exitCode === 0) return resolve();
        const words = `${signal ?? exitCode}: ${readFileSync(outputFile, 'utf8').slice(-2_000)}`;
        if (asked === undefined) return reject(new Error(`a worker could not begin: ${words}`));
        this.#counts.cases++;
        this.#fail(asked, `the checks ended their process, or did not end: ${words}`);
        resolve();
      });
    });
  }

  #count(verdict: FlipVerdict): void {
    const { noticed, thrown, changed, changedBesides } = verdict;
    this.#casesByRole[verdict.role]++;
    if (verdict.restored !== null) this.#restored[verdict.restored]++;
    if (noticed !== null) this.#toldAs[noticed.as] = (this.#toldAs[noticed.as] ?? 0) + 1;
    if (changed.length > 0) {
      this.#counts.changed++;
      if (noticed !== null) this.#noticedBy[noticed.by]++;
      else if (thrown === null) this.#fail(verdict.number, sentenceOf(verdict));
    } else if (noticed !== null) this.#counts.noticedBesides++;
    else if (changedBesides.length > 0) this.#counts.masterDataUnnoticed++;
    if (thrown !== null) this.#fail(verdict.number, `${placeOf(verdict)}: a check threw ${thrown}`);
    this.#counts.cases++;
    this.#options.onCase(this.#counts.cases, verdict);
  }

  #fail(number: number, reason: string): void {
    this.#counts.undetected++;
    if (this.#failures.length < FAILURES_MAX) this.#failures.push({ number, reason });
  }
}

function sentenceOf(verdict: FlipVerdict): string {
  const changed = verdict.changed.join(', ');
  return `${placeOf(verdict)}: ${verdict.restored === null ? 'changed unnoticed' : 'restored wrongly'}: ${changed}`;
}

function placeOf({ number, path, kind, at, length }: FlipVerdict): string {
  return `case ${number}: ${kind} at byte ${at} (${length} long) of ${path}`;
}
