// `npm run torture -- flip`: damages bytes of a server's files at rest, and proves that what they say of documents,
// movements, levels and commands never changes unnoticed.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Campaign, UsageError } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { flipChecks } from './flip-checks.ts';
import { FlipJudge, type FlipVerdict } from './flip-judge.ts';
import { FlipLive, FlipSample } from './flip-live.ts';
import { flipRoles } from './flip-plan.ts';
import { type FlipReport, FlipRun } from './flip-run.ts';
import { type PlantedBug, plantBug, plantedBugs } from './planted-bugs.ts';
import { copyPrepared, prepareData, preparedFiles, serverWithSecondFolder } from './prepared-data.ts';
import { ownTree } from './server-process.ts';

/** Some minutes, and of each kind in each file enough that a bug in one check is met. */
const CASES_DEFAULT = 10_000;
const PROGRESS_EVERY_CASES = 1_000;

interface FlipOptions {
  readonly cases: number;
  readonly seed: number;
  /** One case alone, of a run before. */
  readonly only: number | undefined;
  /** The prepared server of a run before. */
  readonly from: string | undefined;
  readonly plant: PlantedBug | undefined;
  /** Whether a sample is run by real processes, too. */
  readonly live: boolean;
  /** Whether the files of a run that does not pass stay. */
  readonly keepFailed: boolean;
}

export interface FlipResult {
  readonly passed: boolean;
  readonly failures: readonly string[];
  /** Null where the run broke off. */
  readonly report: (FlipReport & { readonly live: number }) | null;
  /** Where a failed run's files are: `prepared`, and `case` with the damage of the first failed one. Else null. */
  readonly kept: string | null;
  readonly replay: string | null;
}

export const flipCampaign: Campaign = {
  name: 'flip',
  meaning: 'flipped bits, zeros and garbage in one file of a stopped server: changed content is noticed',
  options: [
    `--cases N        how many files (default ${CASES_DEFAULT})`,
    '--seed N         chooses content and damage; a random one is chosen and printed where it is not given',
    '--case N         only this case; --from FOLDER takes the files of the run in which it was met',
    '--from FOLDER    a failed run keeps its folder, and says so',
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    const result = await runFlipCampaign(options, json ? () => undefined : sayProgress(options.cases));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** Runs the campaign and ends every process that it started, whatever happens, ^C included. */
export async function runFlipCampaign(
  options: FlipOptions,
  onCase: (count: number) => void = () => undefined,
): Promise<FlipResult> {
  const planted = options.plant === undefined ? undefined : plantBug(options.plant);
  const tree = planted?.tree ?? ownTree;
  const folder = mkdtempSync(join(tmpdir(), 'masala-flip-'));
  const prepared = join(folder, 'prepared');
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  const { seed, only } = options;
  const cases = only === undefined ? Array.from({ length: options.cases }, (_, index) => index + 1) : [only];
  const sample = new FlipSample();
  const live = new FlipLive(tree, prepared, seed);
  let run: FlipRun | undefined;
  let report: FlipResult['report'] = null;
  let failures: string[];
  try {
    if (options.from === undefined) await interruptible(() => prepareFlips(folder, seed));
    else cpSync(join(options.from, 'prepared'), prepared, { recursive: true });
    const seen = (count: number, verdict: FlipVerdict) => {
      sample.see(verdict);
      onCase(count);
    };
    const begun = new FlipRun({ tree, prepared, scratch, seed, cases, onCase: seen });
    run = begun;
    const judged = await interruptible(() => begun.run());
    const failed = await interruptible(() => live.run(options.live ? sample.numbers : []));
    report = {
      ...judged,
      live: options.live ? sample.numbers.length : 0,
      failures: [...judged.failures, ...failed],
    };
    failures = report.failures.map(({ reason }) => reason);
  } catch (error) {
    failures = [inspect(error)];
  }
  run?.end();
  await live.end();
  planted?.remove();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  const keep = failures.length > 0 && options.keepFailed;
  const first = report?.failures[0]?.number;
  if (keep && first !== undefined) {
    new FlipJudge(preparedFiles(prepared), join(folder, 'case')).putInPlace(seed, first);
  }
  if (!keep) rmSync(folder, { recursive: true, force: true });
  const replay = first === undefined ? null : replayOf(options, first, folder);
  return { passed: failures.length === 0, failures, report, kept: keep ? folder : null, replay };
}

/** Makes `prepared` in a folder: the data directory of a real server, and its second folder. */
export async function prepareFlips(folder: string, seed: number): Promise<void> {
  const server = serverWithSecondFolder(ownTree);
  try {
    await prepareData(server, seed);
    copyPrepared(server.folder, join(folder, 'prepared'));
  } finally {
    await server.destroy({ keep: false });
  }
}

function readOptions(args: readonly string[]): { options: FlipOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ cases: text, seed: text, case: text, from: text, plant: text },
    json: { type: 'boolean' },
  });
  const { from } = values;
  if (from !== undefined && !existsSync(join(from, 'prepared'))) {
    throw new UsageError(`--from takes the folder of a failed run, and "${from}" is none`);
  }
  const options = {
    cases: wholeNumber('--cases', values.cases, CASES_DEFAULT, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    only: values.case === undefined ? undefined : wholeNumber('--case', values.case, 1, 1),
    from,
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    live: true,
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function sayProgress(cases: number): (count: number) => void {
  return (count) => {
    if (count % PROGRESS_EVERY_CASES === 0) console.log(`  ${count} of ${cases} cases`);
  };
}

function print({ seed }: FlipOptions, { passed, failures, report, kept, replay }: FlipResult): void {
  if (report !== null) console.log(describe(seed, report));
  if (passed) return console.log('PASSED');
  console.log('FAILED');
  for (const failure of failures) console.log(`  ${failure}`);
  if (replay !== null) console.log(`replay: ${replay}`);
  if (kept !== null) console.log(`its files are kept in ${kept}`);
}

function describe(seed: number, report: NonNullable<FlipResult['report']>): string {
  const roles = flipRoles.map((role) => `${role} ${report.casesByRole[role]}`).join(', ');
  const noticed = flipChecks.map((check) => `${check} ${report.noticedBy[check]}`).join(', ');
  const restored = Object.entries(report.restored)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
  const toldAs = Object.entries(report.toldAs)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
  return [
    `cases               ${report.cases} (${roles}), seed ${seed}`,
    `time                ${Math.round(report.elapsedMs / 1_000)} s`,
    `content changed     ${report.changed}, first noticed by: ${noticed}`,
    `told as             ${toldAs}`,
    `restores            ${restored}`,
    `by processes        ${report.live} were started on, restored, and said all that they said before`,
    `damage undetected   ${report.undetected}`,
    `noticed besides     ${report.noticedBesides} that changed nothing of the promised content`,
    `master data         ${report.masterDataUnnoticed} changes unnoticed (not promised)`,
  ].join('\n');
}

function replayOf({ seed, plant }: FlipOptions, number: number, folder: string): string {
  const flags = [`--seed ${seed}`, `--case ${number}`, `--from ${folder}`];
  if (plant !== undefined) flags.push(`--plant ${plant}`);
  return `npm run torture -- flip ${flags.join(' ')}`;
}
