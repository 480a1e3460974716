// `npm run torture -- kill`: kills every process of a running server and its clients, at random moments, and proves that no
// acknowledged document was lost and none was booked twice.
import { inspect } from 'node:util';
import type { Campaign } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { complaintsOf } from './journal-audit.ts';
import { type KillKind, killKinds, type PlannedKill } from './kill-plan.ts';
import { type KillReport, KillRun, serverForKills } from './kill-run.ts';
import { type PlantedBug, plantBug, plantedBugs } from './planted-bugs.ts';
import { ownTree } from './server-process.ts';

/** Three hundred kills meet each kind at least thirty times; they take some five minutes. */
const KILLS_DEFAULT = 300;
const CLIENTS_DEFAULT = 4;
/** A little more than a hundred, so that a hundred saves a second are acknowledged in spite of the standstills. */
const RATE_DEFAULT = 120;
/** A line of progress this often, so that a person sees that it lives. */
const PROGRESS_EVERY_KILLS = 10;

interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  readonly clients: number;
  readonly rate: number;
  readonly only: KillKind | undefined;
  readonly plant: PlantedBug | undefined;
  /** Whether the files of a run that does not pass stay. */
  readonly keepFailed: boolean;
}

export interface KillResult {
  readonly passed: boolean;
  /** Why it did not pass, in sentences. */
  readonly failures: readonly string[];
  /** Null where the run broke off. */
  readonly report: KillReport | null;
  /** Where a failed run's files are; null where they are gone. */
  readonly kept: string | null;
}

export const killCampaign: Campaign = {
  name: 'kill',
  meaning: 'kill -9 and freezes of core, supervisor and clients, at random moments, under steady saves',
  options: [
    `--kills N        how many (default ${KILLS_DEFAULT})`,
    '--seed N         chooses the moments and the acts; a random one is chosen and printed where it is not given',
    `--clients N      client processes (default ${CLIENTS_DEFAULT})`,
    `--rate N         saves a second that they ask for together (default ${RATE_DEFAULT})`,
    `--only KIND      one kind of kill: ${killKinds.join(', ')}`,
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    const result = await runKillCampaign(options, json ? () => undefined : sayProgress(options.kills));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** Runs the campaign and ends every process that it started, whatever happens, ^C included. */
export async function runKillCampaign(
  options: KillOptions,
  onKill: (count: number, kill: PlannedKill) => void = () => undefined,
): Promise<KillResult> {
  const planted = options.plant === undefined ? undefined : plantBug(options.plant);
  const tree = planted?.tree ?? ownTree;
  const server = serverForKills(tree);
  const run = new KillRun(server, { ...options, tree, onKill });
  let report: KillReport | null = null;
  let failures: string[];
  try {
    report = await interruptible(() => run.run());
    failures = failuresOf(report);
  } catch (error) {
    failures = [inspect(error)];
  }
  const passed = failures.length === 0;
  const keep = !passed && options.keepFailed;
  await run.end();
  await server.destroy({ keep });
  planted?.remove();
  return { passed, failures, report, kept: keep ? server.folder : null };
}

function failuresOf({ audit, ledgerDifferences, unaskedDeaths }: KillReport): string[] {
  const failures = [
    ...unaskedDeaths.map((death) => `a core died by itself, ${death}`),
    ...complaintsOf(audit),
  ];
  if (ledgerDifferences > 0) failures.push(`ledger.verify found ${ledgerDifferences} differences`);
  return failures;
}

function readOptions(args: readonly string[]): { options: KillOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ kills: text, seed: text, clients: text, rate: text, only: text, plant: text },
    json: { type: 'boolean' },
  });
  const options = {
    kills: wholeNumber('--kills', values.kills, KILLS_DEFAULT, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    clients: wholeNumber('--clients', values.clients, CLIENTS_DEFAULT, 1),
    rate: wholeNumber('--rate', values.rate, RATE_DEFAULT, 1),
    only: oneOf('--only', values.only, killKinds),
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function sayProgress(kills: number): (count: number, kill: PlannedKill) => void {
  return (count, { kind }) => {
    if (count % PROGRESS_EVERY_KILLS === 0)
      console.log(`  ${count} of ${kills} kills, the last one: ${kind}`);
  };
}

function print(options: KillOptions, { passed, failures, report, kept }: KillResult): void {
  if (report !== null) console.log(describe(options, report));
  if (passed) return console.log('PASSED');
  console.log('FAILED');
  for (const failure of failures) console.log(`  ${failure}`);
  console.log(`replay: ${replayOf(options)}`);
  if (kept !== null) console.log(`its files are kept in ${kept}`);
}

function describe({ seed, clients }: KillOptions, report: KillReport): string {
  const { audit, killsByKind } = report;
  const total = Object.values(killsByKind).reduce((sum, count) => sum + count, 0);
  const kinds = killKinds.map((kind) => `${kind} ${killsByKind[kind]}`).join(', ');
  return [
    `kills               ${total} (${kinds}; ${report.duringRecovery} of them during a recovery), seed ${seed}`,
    `time                ${Math.round(report.elapsedMs / 1_000)} s`,
    `saves               ${report.savesPerSecond} a second, acknowledged to ${clients} client processes`,
    `acknowledged        ${audit.acknowledged} (${audit.refused} of them refusals), ${audit.documents} documents, ${audit.movements} movements`,
    `lost                ${audit.lost}`,
    `doubled             ${audit.doubled}`,
    `never answered      ${audit.unanswered}`,
    `wrongly refused     ${audit.wronglyRefused}`,
    `against the model   ${audit.modelDifferences} differences`,
    `ledger.verify       ${report.ledgerDifferences} differences`,
    `integrity_check     ${audit.integrity}`,
    `starts              ${report.coreStarts} cores, ${report.supervisorStarts} supervisors`,
  ].join('\n');
}

function replayOf({ kills, seed, clients, rate, only, plant }: KillOptions): string {
  const flags = [`--kills ${kills}`, `--seed ${seed}`, `--clients ${clients}`, `--rate ${rate}`];
  if (only !== undefined) flags.push(`--only ${only}`);
  if (plant !== undefined) flags.push(`--plant ${plant}`);
  return `npm run torture -- kill ${flags.join(' ')}`;
}
