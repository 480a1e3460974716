// `npm run torture -- power`: cuts the power of a machine with a running server, gives the disk one of the states in which it
// may then be, and proves that nothing acknowledged was lost or doubled and that the server starts again by itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { cCompiler } from '../testing/requires.ts';
import type { Campaign } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { chanceOf } from './chance.ts';
import { compileLayer } from './faults/layer.ts';
import { type PlantedBug, plant, plantedBugs } from './planted-bugs.ts';
import { type CutScene, cutScenes, type PlannedCut, planCuts } from './power-plan.ts';
import { emptyTally, PowerRound, type PowerTally } from './power-run.ts';

const CASES_DEFAULT = 200;
const CLIENTS_DEFAULT = 3;
const RATE_DEFAULT = 90;
const OTHER_STATES_DEFAULT = 10;
/** A round is a server of its own: its database stays small, so that its states are built and judged in milliseconds. */
const CUTS_PER_ROUND = 20;
const PROGRESS_EVERY_CUTS = 5;

/**
 * The sources as they are but for two numbers: checkpoints come a hundred times more often, so that cuts meet them. (At 16 MiB
 * of log, a run of two hundred cuts would see five.)
 */
const frequentCheckpoints = [
  {
    file: 'packages/protocol/src/limits.ts',
    from: 'checkpointWalBytes: 16 * MEBIBYTE',
    to: 'checkpointWalBytes: 160 * KIBIBYTE',
  },
  {
    file: 'packages/core-worker/src/store/checkpoint-look.ts',
    from: 'COMMANDS_BETWEEN_LOOKS = 256',
    to: 'COMMANDS_BETWEEN_LOOKS = 4',
  },
];

export interface PowerOptions {
  readonly cases: number;
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
  /** States of the disk that are judged for each cut, besides the one with which the server goes on. */
  readonly otherStates: number;
  readonly only: CutScene | undefined;
  readonly plant: PlantedBug | undefined;
  /** Whether the files of a round that does not pass stay. */
  readonly keepFailed: boolean;
}

/** A round that did not pass, which can be run again on its own. */
export interface FailedRound {
  readonly seed: number;
  readonly cases: number;
  /** Why, in sentences. */
  readonly failure: string;
  /** Where its files are; null where they are gone. */
  readonly kept: string | null;
}

export interface PowerResult extends PowerTally {
  readonly passed: boolean;
  readonly cuts: number;
  readonly elapsedMs: number;
  readonly failedRounds: readonly FailedRound[];
}

export const powerCampaign: Campaign = {
  name: 'power',
  meaning:
    'power cuts: unsynced writes are dropped, torn and reordered, at random moments, under steady saves',
  options: [
    `--cases N        cuts (default ${CASES_DEFAULT}), ${CUTS_PER_ROUND} to a server`,
    '--seed N         chooses the moments and what is left on the disk; a random one is printed where it is not given',
    `--states N       states of the disk judged after each cut, besides the one that the server goes on with (default ${OTHER_STATES_DEFAULT})`,
    `--clients N      client processes (default ${CLIENTS_DEFAULT})`,
    `--rate N         saves a second that they ask for together (default ${RATE_DEFAULT})`,
    `--only SCENE     what the server does when the power goes: ${cutScenes.join(', ')}`,
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    if (!cCompiler.isMet()) {
      console.error(
        "power: needs a C compiler (cc) and the C library's headers: apt-get install gcc libc6-dev",
      );
      return 1;
    }
    const result = await runPowerCampaign(options, json ? () => undefined : sayProgress(options.cases));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** Runs the rounds, each to its end or to its first failure, and ends every process that it started, ^C included. */
export async function runPowerCampaign(
  options: PowerOptions,
  onCut: (count: number, cut: PlannedCut) => void = () => undefined,
): Promise<PowerResult> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'masala-power-'));
  const bug = options.plant === undefined ? [] : plantedBugs[options.plant];
  const { tree, remove } = plant([...frequentCheckpoints, ...bug]);
  const total = emptyTally();
  const failedRounds: FailedRound[] = [];
  let cuts = 0;
  try {
    const shared = compileLayer(folder);
    for (let first = 0, seed = options.seed; first < options.cases; first += CUTS_PER_ROUND, seed++) {
      const planned = planCuts(Math.min(CUTS_PER_ROUND, options.cases - first), options.only, chanceOf(seed));
      const round = new PowerRound({
        ...{ ...options, seed, shared, tree, cuts: planned },
        onCut: (cut) => onCut(++cuts, cut),
      });
      const failure = await interruptible(() => round.run()).then(() => null, sentenceOf);
      const kept = await round.end({ keep: failure !== null && options.keepFailed });
      for (const key of Object.keys(total) as (keyof PowerTally)[]) total[key] += round.tally[key];
      if (failure !== null) failedRounds.push({ seed, cases: planned.length, failure, kept });
      if (failure?.startsWith('ended by SIG') === true) break;
    }
  } finally {
    remove();
    rmSync(folder, { recursive: true, force: true });
  }
  const elapsedMs = Math.round(performance.now() - startedAt);
  return { passed: failedRounds.length === 0, cuts, elapsedMs, failedRounds, ...total };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}

function readOptions(args: readonly string[]): { options: PowerOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ cases: text, seed: text, states: text, clients: text, rate: text, only: text, plant: text },
    json: { type: 'boolean' },
  });
  const options = {
    cases: wholeNumber('--cases', values.cases, CASES_DEFAULT, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    otherStates: wholeNumber('--states', values.states, OTHER_STATES_DEFAULT, 0),
    clients: wholeNumber('--clients', values.clients, CLIENTS_DEFAULT, 1),
    rate: wholeNumber('--rate', values.rate, RATE_DEFAULT, 1),
    only: oneOf('--only', values.only, cutScenes),
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function sayProgress(cases: number): (count: number, cut: PlannedCut) => void {
  return (count, { scene }) => {
    if (count % PROGRESS_EVERY_CUTS === 0) console.log(`  ${count} of ${cases} cuts, the last one: ${scene}`);
  };
}

function print(options: PowerOptions, result: PowerResult): void {
  console.log(
    [
      `cases               ${result.cuts} cuts, seed ${options.seed}, ${result.operations} operations`,
      `states              ${result.statesJudged} states of the disk judged`,
      `time                ${Math.round(result.elapsedMs / 1_000)} s`,
      `acknowledged        ${result.acknowledged}`,
      `lost                ${result.lost}`,
      `doubled             ${result.doubled}`,
      `damage undetected   ${result.damageUndetected}`,
    ].join('\n'),
  );
  if (result.passed) return console.log('PASSED');
  console.log('FAILED');
  for (const { seed, cases, failure, kept } of result.failedRounds) {
    console.log(`  ${failure}`);
    console.log(`replay: ${replayOf(options, seed, cases)}`);
    if (kept !== null) console.log(`its files are kept in ${kept}, the disk after the cut in after-cut/`);
  }
}

/** The same cuts and the same choices; what the server was just doing is up to its machine. */
function replayOf(
  { otherStates, clients, rate, only, plant }: PowerOptions,
  seed: number,
  cases: number,
): string {
  const flags = [
    `--cases ${cases}`,
    `--seed ${seed}`,
    `--states ${otherStates}`,
    `--clients ${clients}`,
    `--rate ${rate}`,
  ];
  if (only !== undefined) flags.push(`--only ${only}`);
  if (plant !== undefined) flags.push(`--plant ${plant}`);
  return `npm run torture -- power ${flags.join(' ')}`;
}
