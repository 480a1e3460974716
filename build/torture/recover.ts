// `npm run torture -- recover`: kills core, supervisor or both while the server restores, salvages or migrates, and proves
// that it ends with what was promised, that nothing damaged is thrown away, and that it never starts for ever.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Campaign } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { type PlantedBug, plantBug, plantedBugs } from './planted-bugs.ts';
import { copyPrepared, prepareData, serverWithSecondFolder } from './prepared-data.ts';
import { type PlannedRecovery, planRecovery } from './recover-plan.ts';
import {
  BrokenPromise,
  checkUndisturbed,
  type Prepared,
  RecoverCase,
  readPrepared,
  type Undisturbed,
} from './recover-run.ts';
import { ownTree } from './server-process.ts';

/** Each kind six times. */
const CASES_DEFAULT = 54;
const PROGRESS_EVERY_CASES = 9;

interface RecoverOptions {
  readonly cases: number;
  readonly seed: number;
  /** One case alone, of a run before. */
  readonly only: number | undefined;
  readonly plant: PlantedBug | undefined;
  /** Whether the files of the first case that fails stay. */
  readonly keepFailed: boolean;
}

export interface RecoverReport {
  readonly cases: number;
  readonly kills: number;
  readonly coreStarts: number;
  /** Commands of the prepared server, all of which its clients were answered for. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly damageUndetected: number;
  readonly elapsedMs: number;
}

export interface RecoverResult {
  readonly passed: boolean;
  readonly failures: readonly string[];
  readonly report: RecoverReport;
  /** The folder of the first case that failed; null where there is none or it is gone. */
  readonly kept: string | null;
  readonly replay: string | null;
}

export const recoverCampaign: Campaign = {
  name: 'recover',
  meaning: 'kill -9 of core, supervisor or both while it restores, salvages, begins anew and migrates',
  options: [
    `--cases N        how many (default ${CASES_DEFAULT})`,
    '--seed N         chooses content, moments and victims; a random one is chosen and printed where it is not given',
    '--case N         only this case',
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    const result = await runRecoverCampaign(options, json ? () => undefined : sayProgress(options.cases));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** Runs the campaign and ends every process that it started, whatever happens, ^C included. */
export async function runRecoverCampaign(
  options: RecoverOptions,
  onCase: (count: number, plan: PlannedRecovery) => void = () => undefined,
): Promise<RecoverResult> {
  const planted = options.plant === undefined ? undefined : plantBug(options.plant);
  const folder = mkdtempSync(join(tmpdir(), 'masala-recover-'));
  const run = new RecoverRun(planted?.tree ?? ownTree, folder, options, onCase);
  try {
    await interruptible(() => run.run());
  } catch (error) {
    run.failures.push(inspect(error));
  }
  await run.end();
  planted?.remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const replay = run.firstFailed === undefined ? null : replayOf(options, run.firstFailed);
  const { failures, report, kept } = run;
  return { passed: failures.length === 0, failures, report, kept, replay };
}

class RecoverRun {
  readonly failures: string[] = [];
  firstFailed: number | undefined;
  kept: string | null = null;
  readonly #tree: string;
  readonly #folder: string;
  readonly #options: RecoverOptions;
  readonly #onCase: (count: number, plan: PlannedRecovery) => void;
  readonly #startedAt = performance.now();
  readonly #undisturbed = new Map<string, Undisturbed>();
  readonly #counts = {
    ...{ cases: 0, kills: 0, coreStarts: 0, acknowledged: 0 },
    ...{ lost: 0, doubled: 0, damageUndetected: 0 },
  };
  #present: RecoverCase | undefined;

  constructor(
    tree: string,
    folder: string,
    options: RecoverOptions,
    onCase: (count: number, plan: PlannedRecovery) => void,
  ) {
    this.#tree = tree;
    this.#folder = folder;
    this.#options = options;
    this.#onCase = onCase;
  }

  get report(): RecoverReport {
    return { ...this.#counts, elapsedMs: Math.round(performance.now() - this.#startedAt) };
  }

  async run(): Promise<void> {
    const { seed, cases, only } = this.#options;
    const prepared = await this.#prepare();
    const numbers = only === undefined ? Array.from({ length: cases }, (_, index) => index + 1) : [only];
    for (const number of numbers) {
      const plan = planRecovery(seed, number);
      const undisturbed = await this.#undisturbedOf(plan, prepared);
      try {
        const { starts } = await this.#runCase(plan, prepared, undisturbed, number);
        this.#counts.coreStarts += starts;
      } catch (error) {
        this.firstFailed ??= number;
        if (error instanceof BrokenPromise) {
          for (const promise of ['lost', 'doubled', 'damageUndetected'] as const)
            this.#counts[promise] += error[promise];
        }
        this.failures.push(`case ${number} (${describePlan(plan)}): ${inspect(error)}`);
      }
      this.#counts.cases++;
      this.#counts.kills += plan.strikes.length;
      this.#onCase(this.#counts.cases, plan);
    }
  }

  /** No process is left, whatever happened. */
  async end(): Promise<void> {
    await this.#present?.server.destroy({ keep: false });
  }

  async #prepare(): Promise<Prepared> {
    const server = serverWithSecondFolder(ownTree);
    try {
      await prepareData(server, this.#options.seed);
      copyPrepared(server.folder, this.#folder);
    } finally {
      await server.destroy({ keep: false });
    }
    const prepared = readPrepared(this.#folder);
    this.#counts.acknowledged = prepared.commands;
    return prepared;
  }

  /** How long a kind takes, and what it comes to, when nobody is killed. */
  async #undisturbedOf(plan: PlannedRecovery, prepared: Prepared): Promise<Undisturbed> {
    const known = this.#undisturbed.get(plan.kind.name);
    if (known !== undefined) return known;
    const found = await this.#runCase(plan, prepared, null, 0);
    checkUndisturbed(plan.kind, found.outcome, prepared);
    this.#undisturbed.set(plan.kind.name, found);
    return found;
  }

  async #runCase(plan: PlannedRecovery, prepared: Prepared, undisturbed: Undisturbed | null, number: number) {
    const one = new RecoverCase(this.#tree, prepared, plan);
    this.#present = one;
    let keep = false;
    try {
      return await one.run(this.#options.seed, undisturbed);
    } catch (error) {
      keep = this.#options.keepFailed && this.kept === null && number > 0;
      if (keep) this.kept = one.server.folder;
      throw error;
    } finally {
      await one.server.destroy({ keep });
      this.#present = undefined;
    }
  }
}

function readOptions(args: readonly string[]): { options: RecoverOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ cases: text, seed: text, case: text, plant: text },
    json: { type: 'boolean' },
  });
  const options = {
    cases: wholeNumber('--cases', values.cases, CASES_DEFAULT, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    only: values.case === undefined ? undefined : wholeNumber('--case', values.case, 1, 1),
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function sayProgress(cases: number): (count: number, plan: PlannedRecovery) => void {
  return (count, plan) => {
    if (count % PROGRESS_EVERY_CASES === 0)
      console.log(`  ${count} of ${cases} cases, the last one: ${describePlan(plan)}`);
  };
}

function describePlan({ kind, strikes }: PlannedRecovery): string {
  const kills = strikes.map(({ target, after }) => `${target} at ${Math.round(after * 100)} %`).join(', ');
  return `${kind.name}; killed: ${kills}`;
}

function print({ seed }: RecoverOptions, { passed, failures, report, kept, replay }: RecoverResult): void {
  const { cases, kills, coreStarts, acknowledged, lost, doubled, damageUndetected, elapsedMs } = report;
  console.log(
    [
      `cases               ${cases} (${kills} kills, ${coreStarts} cores), seed ${seed}`,
      `time                ${Math.round(elapsedMs / 1_000)} s`,
      `acknowledged        ${acknowledged} before the damage`,
      `lost                ${lost}`,
      `doubled             ${doubled}`,
      `damage undetected   ${damageUndetected}`,
      `failed              ${failures.length} (those, and: not kept in quarantine, started for ever, no end)`,
    ].join('\n'),
  );
  if (passed) return console.log('PASSED');
  console.log('FAILED');
  for (const failure of failures) console.log(`  ${failure}`);
  if (replay !== null) console.log(`replay: ${replay}`);
  if (kept !== null) console.log(`its files are kept in ${kept}`);
}

function replayOf({ seed, plant }: RecoverOptions, number: number): string {
  const flags = [`--seed ${seed}`, `--case ${number}`];
  if (plant !== undefined) flags.push(`--plant ${plant}`);
  return `npm run torture -- recover ${flags.join(' ')}`;
}
