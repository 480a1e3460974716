// `npm run torture -- io`: lets the Nth read, write, sync, open or rename of a server fail, N = 1, 2, … until a run in which
// none fails, and proves that nothing acknowledged is lost, that the server ends where it says why, and that it comes back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { cCompiler } from '../testing/requires.ts';
import { type Campaign, UsageError } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { chanceOf } from './chance.ts';
import { compileLayer } from './faults/layer.ts';
import { type WatchedFile, watchedFiles } from './faults/watched-files.ts';
import { IoBench, type IoEnd, type IoVerdict } from './io-case.ts';
import {
  type CallCounts,
  caseNamed,
  casesOf,
  failingCallsOf,
  type IoCase,
  type IoSeries,
  ioSeries,
  nameOf,
} from './io-plan.ts';
import { type PlantedBug, type PlantedTree, plant, plantedBugs } from './planted-bugs.ts';

/** Two servers at once keep two cores busy: a case mostly waits for processes to start. */
const WORKERS_DEFAULT = 2;
const PROGRESS_EVERY_CASES = 25;
/** The last call of a run comes a little earlier or later each time: a series ends after so many clean runs in a row. */
const CLEAN_RUNS = 2;

/** The sources as they are but for two numbers: a checkpoint comes after the first save, so that its calls fail, too. */
const checkpointAtOnce = [
  {
    file: 'packages/protocol/src/limits.ts',
    from: 'checkpointWalBytes: 16 * MEBIBYTE',
    to: 'checkpointWalBytes: 8 * KIBIBYTE',
  },
  {
    file: 'packages/core-worker/src/store/checkpoint-look.ts',
    from: 'COMMANDS_BETWEEN_LOOKS = 256',
    to: 'COMMANDS_BETWEEN_LOOKS = 1',
  },
];

export interface IoOptions {
  /** How many cases, chosen by the seed; all of them, to the end, where undefined. */
  readonly cases: number | undefined;
  readonly seed: number;
  readonly workers: number;
  /** Only the series whose name begins so, such as `service/write`. */
  readonly only: string;
  /** Only calls to these files; to all of them where undefined. */
  readonly files: WatchedFile | undefined;
  readonly plant: PlantedBug | undefined;
  readonly keepFailed: boolean;
}

export interface IoFailure {
  readonly name: string;
  readonly problems: readonly string[];
  readonly kept: string | null;
}

export interface IoResult {
  readonly passed: boolean;
  readonly cases: number;
  /** In which a call failed. */
  readonly faults: number;
  readonly elapsedMs: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly damageUndetected: number;
  readonly deaths: number;
  /** Where the servers came to rest under the fault, and with the disk well again. */
  readonly ends: Readonly<Record<IoEnd, number>>;
  readonly endsHealed: Readonly<Record<IoEnd, number>>;
  /** Why servers did not run under the fault, each with the first case that it was said in. */
  readonly reasons: Readonly<Record<string, { readonly count: number; readonly first: string }>>;
  readonly failures: readonly IoFailure[];
}

export const ioCampaign: Campaign = {
  name: 'io',
  meaning:
    'the Nth read, write, sync, open or rename fails, N = 1, 2, … until none does: once, and from then on',
  options: [
    '--cases N        so many cases, chosen by the seed; without it: every one, to the end',
    '--seed N         chooses the cases; a random one is printed where it is not given',
    `--workers N      servers at once (default ${WORKERS_DEFAULT})`,
    '--only PREFIX    only cases whose name begins so, such as service/write or service/write/EIO/once/17',
    `--files NAME     only calls to some files: ${Object.keys(watchedFiles).join(', ')}`,
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    if (!cCompiler.isMet()) {
      console.error("io: needs a C compiler (cc) and the C library's headers: apt-get install gcc libc6-dev");
      return 1;
    }
    const result = await interruptible(() => runIoCampaign(options, json ? () => undefined : console.log));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** Runs the cases and ends every process that it started, whatever happens. `say` hears lines of progress. */
export async function runIoCampaign(
  options: IoOptions,
  say: (line: string) => void = () => undefined,
): Promise<IoResult> {
  const run = new IoCampaignRun(options, say);
  try {
    return await run.run();
  } finally {
    await run.end();
  }
}

const noEnds: Readonly<Record<IoEnd, number>> = { running: 0, recovery: 0, stopped: 0 };

class IoCampaignRun {
  readonly #options: IoOptions;
  readonly #say: (line: string) => void;
  readonly #folder = mkdtempSync(join(tmpdir(), 'masala-io-'));
  readonly #benches: IoBench[] = [];
  readonly #startedAt = performance.now();
  readonly #result = {
    ...{ cases: 0, faults: 0, acknowledged: 0, lost: 0, doubled: 0, damageUndetected: 0, deaths: 0 },
    ends: { ...noEnds },
    endsHealed: { ...noEnds },
    reasons: {} as Record<string, { count: number; first: string }>,
    failures: [] as IoFailure[],
  };
  #planted: PlantedTree | undefined;
  #ended = false;

  constructor(options: IoOptions, say: (line: string) => void) {
    this.#options = options;
    this.#say = say;
  }

  async run(): Promise<IoResult> {
    const { cases, seed, only, workers } = this.#options;
    const single = caseNamed(only);
    await this.#prepare(single === undefined ? workers : 1);
    if (single !== undefined) await this.#runAll([single]);
    else {
      const series = ioSeries.filter((one) => nameOf({ ...one, number: 1 }).startsWith(only));
      const counts = await this.#countCalls();
      const all = casesOf(series, counts);
      this.#say(`about ${all.length} cases in ${series.length} series; calls ${JSON.stringify(counts)}`);
      if (cases !== undefined) await this.#runAll(chanceOf(seed).shuffled(all).slice(0, cases));
      else for (const one of series) await this.#runToEnd(one);
    }
    const elapsedMs = Math.round(performance.now() - this.#startedAt);
    return { ...this.#result, passed: this.#result.failures.length === 0, elapsedMs };
  }

  async end(): Promise<void> {
    this.#ended = true;
    for (const bench of this.#benches) await bench.end();
    this.#planted?.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #prepare(workers: number): Promise<void> {
    const bug = this.#options.plant === undefined ? [] : plantedBugs[this.#options.plant];
    this.#planted = plant([...checkpointAtOnce, ...bug]);
    const shared = compileLayer(this.#folder);
    const files = this.#options.files === undefined ? [] : [this.#options.files];
    for (let count = 0; count < workers; count++) {
      this.#benches.push(new IoBench(this.#planted.tree, shared, files));
    }
    await Promise.all(this.#benches.map((bench) => bench.prepare()));
  }

  /** In runs in which nothing fails; they must be without fault, too. */
  async #countCalls(): Promise<CallCounts> {
    const bench = this.#benches[0] as IoBench;
    const counted = {
      first: await bench.run('first', undefined),
      service: await bench.run('service', undefined),
    };
    for (const [scene, { problems, end }] of Object.entries(counted)) {
      const wrong = end === 'running' ? problems : [`it ended in ${end}`, ...problems];
      if (wrong.length > 0) throw new Error(`${scene}, without any fault: ${wrong.join('; ')}`);
    }
    return { first: counted.first.calls, service: counted.service.calls };
  }

  async #runAll(cases: readonly IoCase[]): Promise<void> {
    const left = [...cases];
    await this.#onAllBenches(async (bench) => {
      const next = left.shift();
      if (next === undefined) return false;
      await this.#runOne(bench, next);
      return true;
    });
  }

  /** Case by case until none of the last few had a fault. */
  async #runToEnd(series: IoSeries): Promise<void> {
    let number = 0;
    let lastFault = 0;
    await this.#onAllBenches(async (bench) => {
      if (number >= lastFault + CLEAN_RUNS) return false;
      const one = { ...series, number: ++number };
      const { failed } = await this.#runOne(bench, one);
      if (failed > 0) lastFault = Math.max(lastFault, one.number);
      return true;
    });
    this.#say(`  ${nameOf({ ...series, number: lastFault })} was the last of its series`);
  }

  /** Each bench does the next thing as soon as it is free, until there is none. */
  async #onAllBenches(next: (bench: IoBench) => Promise<boolean>): Promise<void> {
    await Promise.all(
      this.#benches.map(async (bench) => {
        while (!this.#ended && (await next(bench)));
      }),
    );
  }

  async #runOne(bench: IoBench, one: IoCase): Promise<Pick<IoVerdict, 'failed'>> {
    const result = this.#result;
    let verdict: IoVerdict;
    try {
      verdict = await bench.run(one.scene, failingCallsOf(one));
    } catch (error) {
      if (this.#ended) throw error;
      await bench.server.killAll();
      this.#fail(bench, one, [error instanceof Error ? error.message : inspect(error)]);
      return { failed: 1 };
    } finally {
      result.cases++;
      if (result.cases % PROGRESS_EVERY_CASES === 0)
        this.#say(`  ${result.cases} cases, the last one: ${nameOf(one)}`);
    }
    if (verdict.failed > 0) result.faults++;
    for (const key of ['acknowledged', 'lost', 'doubled', 'damageUndetected', 'deaths'] as const) {
      result[key] += verdict[key];
    }
    result.ends[verdict.end]++;
    result.endsHealed[verdict.endHealed]++;
    if (verdict.end !== 'running') this.#noteReason(nameOf(one), verdict);
    if (verdict.problems.length > 0) this.#fail(bench, one, verdict.problems);
    return verdict;
  }

  #noteReason(name: string, { end, reason }: IoVerdict): void {
    const line = (reason ?? '').split('\n').find((text) => text.trim() !== '') ?? '(none)';
    const key = `${end}: ${line.slice(0, 200)}`;
    const known = this.#result.reasons[key];
    this.#result.reasons[key] = { count: (known?.count ?? 0) + 1, first: known?.first ?? name };
  }

  #fail(bench: IoBench, one: IoCase, problems: readonly string[]): void {
    const name = nameOf(one);
    const kept = this.#options.keepFailed ? mkdtempSync(join(tmpdir(), 'masala-io-kept-')) : null;
    if (kept !== null) bench.keep(kept);
    this.#result.failures.push({ name, problems, kept });
    this.#say(`  FAILED ${name}: ${problems.join('; ')}`);
  }
}

function readOptions(args: readonly string[]): { options: IoOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ cases: text, seed: text, workers: text, only: text, files: text, plant: text },
    json: { type: 'boolean' },
  });
  const only = values.only ?? '';
  if (
    caseNamed(only) === undefined &&
    !ioSeries.some((one) => nameOf({ ...one, number: 1 }).startsWith(only))
  ) {
    throw new UsageError(`no case has a name that begins with "${only}"`);
  }
  const options = {
    cases: values.cases === undefined ? undefined : wholeNumber('--cases', values.cases, 0, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    workers: wholeNumber('--workers', values.workers, WORKERS_DEFAULT, 1),
    only,
    files: oneOf('--files', values.files, Object.keys(watchedFiles) as WatchedFile[]),
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function print({ seed, cases, files, plant: planted }: IoOptions, result: IoResult): void {
  const { ends, endsHealed } = result;
  const endsIn = (counts: Readonly<Record<IoEnd, number>>) =>
    `${counts.running} running, ${counts.recovery} in recovery, ${counts.stopped} stopped with a reason`;
  console.log(
    [
      `cases               ${result.cases}${cases === undefined ? ', to the end' : `, seed ${seed}`}; ${result.faults} with a fault`,
      `time                ${Math.round(result.elapsedMs / 1_000)} s`,
      `acknowledged        ${result.acknowledged}`,
      `lost                ${result.lost}`,
      `doubled             ${result.doubled}`,
      `damage undetected   ${result.damageUndetected}`,
      `deaths of the core  ${result.deaths}`,
      `under the fault     ${endsIn(ends)}`,
      `well again          ${endsIn(endsHealed)}`,
      ...Object.entries(result.reasons).map(
        ([reason, { count, first }]) => `  ${count} × ${reason} (first: ${first})`,
      ),
    ].join('\n'),
  );
  if (result.passed) return console.log('PASSED');
  console.log('FAILED');
  for (const { name, problems, kept } of result.failures) {
    console.log(`  ${name}: ${problems.join('; ')}`);
    const filesFlag = files === undefined ? '' : ` --files ${files}`;
    const plantFlag = planted === undefined ? '' : ` --plant ${planted}`;
    console.log(`  replay: npm run torture -- io --only ${name}${filesFlag}${plantFlag}`);
    if (kept !== null) console.log(`  its files are kept in ${kept}`);
  }
}
