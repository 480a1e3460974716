// `npm run torture -- clock`: a server whose clock jumps while it saves, and the proof that nothing is lost, doubled, put out
// of order or accused for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Campaign } from './campaign.ts';
import { anySeed, interruptible, oneOf, parseOptions, wholeNumber } from './campaign-options.ts';
import { jumpKinds, type PlannedJump } from './clock-plan.ts';
import { ClockHand, type ClockReport, ClockRun, serverForJumps } from './clock-run.ts';
import { complaintsOf } from './journal-audit.ts';
import { type PlantedBug, plantBug, plantedBugs } from './planted-bugs.ts';
import { ownTree } from './server-process.ts';

/** Each kind of jump ten times at least; two minutes. */
const JUMPS_DEFAULT = 50;
const CLIENTS_DEFAULT = 3;
const RATE_DEFAULT = 60;
const PROGRESS_EVERY_JUMPS = 5;

interface ClockOptions {
  readonly jumps: number;
  readonly seed: number;
  readonly clients: number;
  readonly rate: number;
  readonly plant: PlantedBug | undefined;
  /** Whether the files of a run that does not pass stay. */
  readonly keepFailed: boolean;
}

export interface ClockResult {
  readonly passed: boolean;
  readonly failures: readonly string[];
  /** Null where the run broke off. */
  readonly report: ClockReport | null;
  /** Where a failed run's files are; null where they are gone. */
  readonly kept: string | null;
}

export const clockCampaign: Campaign = {
  name: 'clock',
  meaning: 'the clock of the server jumps by seconds to years, both ways, while it saves and starts',
  options: [
    `--cases N        how many jumps (default ${JUMPS_DEFAULT})`,
    '--seed N         chooses the jumps and the acts; a random one is chosen and printed where it is not given',
    `--clients N      client processes (default ${CLIENTS_DEFAULT})`,
    `--rate N         saves a second that they ask for together (default ${RATE_DEFAULT})`,
    `--plant BUG      runs against a copy of the sources with a bug in it: ${Object.keys(plantedBugs).join(', ')}`,
    '--json           prints the result as one JSON document',
  ],
  async run(args) {
    const { options, json } = readOptions(args);
    const result = await runClockCampaign(options, json ? () => undefined : sayProgress(options.jumps));
    if (json) console.log(JSON.stringify({ seed: options.seed, ...result }, null, 2));
    else print(options, result);
    return result.passed ? 0 : 1;
  },
};

/** Runs the campaign and ends every process that it started, whatever happens, ^C included. */
export async function runClockCampaign(
  options: ClockOptions,
  onJump: (count: number, jump: PlannedJump) => void = () => undefined,
): Promise<ClockResult> {
  const planted = options.plant === undefined ? undefined : plantBug(options.plant);
  const tree = planted?.tree ?? ownTree;
  const clockFolder = mkdtempSync(join(tmpdir(), 'masala-clock-'));
  const hand = new ClockHand(join(clockFolder, 'ahead-ms'));
  const server = serverForJumps(tree, join(clockFolder, 'ahead-ms'));
  const run = new ClockRun(server, hand, { ...options, tree, onJump });
  let report: ClockReport | null = null;
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
  hand.close();
  rmSync(clockFolder, { recursive: true });
  planted?.remove();
  return { passed, failures, report, kept: keep ? server.folder : null };
}

function failuresOf({ audit, ledgerDifferences, outOfOrder }: ClockReport): string[] {
  const failures = complaintsOf(audit);
  if (ledgerDifferences > 0) failures.push(`ledger.verify found ${ledgerDifferences} differences`);
  if (outOfOrder > 0) failures.push(`${outOfOrder} documents have an id before that of an earlier one`);
  return failures;
}

function readOptions(args: readonly string[]): { options: ClockOptions; json: boolean } {
  const text = { type: 'string' } as const;
  const values = parseOptions(args, {
    ...{ cases: text, seed: text, clients: text, rate: text, plant: text },
    json: { type: 'boolean' },
  });
  const options = {
    jumps: wholeNumber('--cases', values.cases, JUMPS_DEFAULT, 1),
    seed: wholeNumber('--seed', values.seed, anySeed(), 0),
    clients: wholeNumber('--clients', values.clients, CLIENTS_DEFAULT, 1),
    rate: wholeNumber('--rate', values.rate, RATE_DEFAULT, 1),
    plant: oneOf('--plant', values.plant, Object.keys(plantedBugs) as PlantedBug[]),
    keepFailed: true,
  };
  return { options, json: values.json === true };
}

function sayProgress(jumps: number): (count: number, jump: PlannedJump) => void {
  return (count, { kind, aheadMs }) => {
    if (count % PROGRESS_EVERY_JUMPS !== 0) return;
    console.log(
      `  ${count} of ${jumps} jumps, the last one: ${kind}, ${Math.round(aheadMs / 1_000)} s ahead`,
    );
  };
}

function print(options: ClockOptions, { passed, failures, report, kept }: ClockResult): void {
  if (report !== null) console.log(describe(options, report));
  if (passed) return console.log('PASSED');
  console.log('FAILED');
  for (const failure of failures) console.log(`  ${failure}`);
  console.log(`replay: ${replayOf(options)}`);
  if (kept !== null) console.log(`its files are kept in ${kept}`);
}

function describe({ jumps, seed }: ClockOptions, report: ClockReport): string {
  const { audit, jumpsByKind } = report;
  const kinds = jumpKinds.map((kind) => `${kind} ${jumpsByKind[kind]}`).join(', ');
  return [
    `cases               ${jumps} (${kinds}; ${report.startsUnderNewTime} with a start under the new time), seed ${seed}`,
    `time                ${Math.round(report.elapsedMs / 1_000)} s`,
    `acknowledged        ${audit.acknowledged} (${audit.refused} of them refusals), ${audit.documents} documents, ${audit.movements} movements`,
    `lost                ${audit.lost}`,
    `doubled             ${audit.doubled}`,
    `damage undetected   0 (nothing was damaged)`,
    `backups             ${report.backups}, all of them opened and checked`,
    `out of order        ${report.outOfOrder}`,
    `never answered      ${audit.unanswered}`,
    `wrongly refused     ${audit.wronglyRefused}`,
    `against the model   ${audit.modelDifferences} differences`,
    `ledger.verify       ${report.ledgerDifferences} differences`,
    `integrity_check     ${audit.integrity}`,
  ].join('\n');
}

function replayOf({ jumps, seed, clients, rate, plant }: ClockOptions): string {
  const flags = [`--cases ${jumps}`, `--seed ${seed}`, `--clients ${clients}`, `--rate ${rate}`];
  if (plant !== undefined) flags.push(`--plant ${plant}`);
  return `npm run torture -- clock ${flags.join(' ')}`;
}
