// `npm run torture -- full`: fills the disk under a server that saves and makes backups, and proves that nothing acknowledged is
// lost or doubled, that reads go on, and that saves work again by themselves.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { inOwnNamespace, mayMount, smallFileSystem } from '../testing/small-file-system.ts';
import type { Campaign } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { chanceOf } from './chance.ts';
import { type FillScene, fillScenes, type PlannedFill, planFills } from './full-plan.ts';
import { FullRound, type FullTally } from './full-run.ts';
import { type PlantedBug, type PlantedTree, plant, plantedBugs } from './planted-bugs.ts';

const FILLS_DEFAULT = 20;
const CLIENTS_DEFAULT = 3;
/** Few saves, since all that they book has to fit the small disk; each alone fills 60 KiB of SQLite's log. */
const RATE_DEFAULT = 20;
/** A round is a server of its own: its database stays so small that a backup, which takes twice its size, has room. */
const FILLS_PER_ROUND = 5;

/**
 * The sources as they are but for two numbers: a log of 16 MiB, at which a checkpoint is due, would fill a disk of 24 by
 * itself; at 256 KiB checkpoints meet the full disk as well, and there is room for backups.
 */
const smallLog = [
  {
    file: 'packages/protocol/src/limits.ts',
    from: 'checkpointWalBytes: 16 * MEBIBYTE',
    to: 'checkpointWalBytes: 256 * KIBIBYTE',
  },
  {
    file: 'packages/core-worker/src/store/checkpoint-look.ts',
    from: 'COMMANDS_BETWEEN_LOOKS = 256',
    to: 'COMMANDS_BETWEEN_LOOKS = 4',
  },
];

export interface FullOptions {
  readonly fills: number;
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
  readonly only: FillScene | undefined;
  readonly plant: PlantedBug | undefined;
  /** Whether the files of a round that does not pass stay. */
  readonly keepFailed: boolean;
}

export interface FullResult extends FullTally {
  readonly passed: boolean;
  /** Why it did not pass, in sentences. */
  readonly failures: readonly string[];
  /** Fills from which everything has recovered. */
  readonly fills: number;
  readonly elapsedMs: number;
  /** Rounds that failed, each of which can be run again on its own. */
  readonly failedRounds: readonly FailedRound[];
}

interface FailedRound {
  readonly seed: number;
  readonly fills: number;
  /** Where its files are; null where they are gone. */
  readonly kept: string | null;
}

export const fullCampaign: Campaign = {
  name: 'full',
  meaning: 'a disk that fills up to the last byte while saves and backups go on, and is emptied again',
  options: [
    `--fills N        how often (default ${FILLS_DEFAULT}), ${FILLS_PER_ROUND} to a server`,
    '--seed N         chooses the moments and the acts; a random one is chosen and printed where it is not given',
    `--clients N      client processes (default ${CLIENTS_DEFAULT})`,
    `--rate N         saves a second that they ask for together (default ${RATE_DEFAULT})`,
    `--only SCENE     what the server does when the disk fills up: ${fillScenes.join(', ')}`,
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    if (!mayMount()) return runInNamespace(args);
    const result = await runFullCampaign(options, json ? () => undefined : sayProgress(options.fills));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** The whole campaign once more, where it may mount. */
function runInNamespace(args: readonly string[]): number {
  if (!smallFileSystem.isMet()) {
    console.error(`full: needs ${smallFileSystem.name}`);
    return 1;
  }
  const [command, ...rest] = inOwnNamespace(join(import.meta.dirname, 'main.ts'), 'full', ...args);
  return spawnSync(command, rest, { stdio: 'inherit' }).status ?? 1;
}

/**
 * Runs the rounds, each to its end or to its first failure, and ends every process that it started and every mount, ^C
 * included. Throws where this process may not mount.
 */
export async function runFullCampaign(
  options: FullOptions,
  onFill: (count: number, fill: PlannedFill) => void = () => undefined,
): Promise<FullResult> {
  const startedAt = performance.now();
  const tally: FullTally = {
    ...{ acknowledged: 0, lost: 0, doubled: 0, damageUndetected: 0, spells: 0, backups: 0 },
  };
  const failures: string[] = [];
  const failedRounds: FailedRound[] = [];
  let fills = 0;
  const bug = options.plant === undefined ? [] : plantedBugs[options.plant];
  const planted = plant([...smallLog, ...bug]);
  try {
    for (let first = 0, seed = options.seed; first < options.fills; first += FILLS_PER_ROUND, seed++) {
      const count = Math.min(FILLS_PER_ROUND, options.fills - first);
      const planned = planFills(count, options.only, chanceOf(seed));
      const { failure, kept } = await runRound({ ...options, seed }, planned, planted, tally, (fill) =>
        onFill(++fills, fill),
      );
      if (failure === undefined) continue;
      failures.push(failure);
      failedRounds.push({ seed, fills: count, kept });
      if (failure.startsWith('ended by SIG')) break;
    }
  } finally {
    planted.remove();
  }
  const elapsedMs = Math.round(performance.now() - startedAt);
  return { passed: failures.length === 0, failures, fills, elapsedMs, failedRounds, ...tally };
}

async function runRound(
  { seed, clients, rate, keepFailed }: FullOptions,
  fills: readonly PlannedFill[],
  { tree }: PlantedTree,
  tally: FullTally,
  onFill: (fill: PlannedFill) => void,
): Promise<{ failure: string | undefined; kept: string | null }> {
  const round = new FullRound({ fills, seed, clients, rate, tree, onFill });
  let failure: string | undefined;
  try {
    await interruptible(() => round.run());
  } catch (error) {
    failure = error instanceof Error ? error.message : inspect(error);
  }
  const kept = await round.end({ keep: failure !== undefined && keepFailed });
  for (const key of Object.keys(tally) as (keyof FullTally)[]) tally[key] += round.tally[key];
  return { failure, kept };
}

function readOptions(args: readonly string[]): { options: FullOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ fills: text, cases: text, seed: text, clients: text, rate: text, only: text, plant: text },
    json: { type: 'boolean' },
  });
  const options = {
    // Every campaign knows --cases; here they are fills.
    fills: wholeNumber('--fills', values.fills ?? values.cases, FILLS_DEFAULT, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    clients: wholeNumber('--clients', values.clients, CLIENTS_DEFAULT, 1),
    rate: wholeNumber('--rate', values.rate, RATE_DEFAULT, 1),
    only: oneOf('--only', values.only, fillScenes),
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function sayProgress(fills: number): (count: number, fill: PlannedFill) => void {
  return (count, { scene }) => console.log(`  ${count} of ${fills} fills, the last one while: ${scene}`);
}

function print(options: FullOptions, result: FullResult): void {
  console.log(describe(options, result));
  if (result.passed) return console.log('PASSED');
  console.log('FAILED');
  for (const failure of result.failures) console.log(`  ${failure}`);
  for (const round of result.failedRounds) {
    console.log(`replay: ${replayOf(options, round)}`);
    if (round.kept !== null) console.log(`its files are kept in ${round.kept}`);
  }
}

function describe({ seed }: FullOptions, result: FullResult): string {
  return [
    `cases               ${result.fills} fills, in which saves were told ${result.spells} times that the disk is full, seed ${seed}`,
    `time                ${Math.round(result.elapsedMs / 1_000)} s`,
    `acknowledged        ${result.acknowledged}`,
    `lost                ${result.lost}`,
    `doubled             ${result.doubled}`,
    `damage undetected   ${result.damageUndetected}`,
    `backups             ${result.backups} made and good`,
  ].join('\n');
}

function replayOf({ clients, rate, only, plant }: FullOptions, { seed, fills }: FailedRound): string {
  const flags = [`--fills ${fills}`, `--seed ${seed}`, `--clients ${clients}`, `--rate ${rate}`];
  if (only !== undefined) flags.push(`--only ${only}`);
  if (plant !== undefined) flags.push(`--plant ${plant}`);
  return `npm run torture -- full ${flags.join(' ')}`;
}
