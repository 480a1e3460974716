// `npm run torture -- NAME --seed N`: campaigns that hurt a real server with real clients, and prove what it lost: nothing.
import { type Campaign, UsageError } from './campaign.ts';
import { clockCampaign } from './clock.ts';
import { flipCampaign } from './flip.ts';
import { fullCampaign } from './full.ts';
import { ioCampaign } from './io.ts';
import { killCampaign } from './kill.ts';
import { powerCampaign } from './power.ts';
import { recoverCampaign } from './recover.ts';

/** The only list of campaigns. */
const campaigns: readonly Campaign[] = [
  killCampaign,
  powerCampaign,
  ioCampaign,
  flipCampaign,
  clockCampaign,
  recoverCampaign,
  fullCampaign,
];

function usage(): string {
  const rows = campaigns.map(({ name, meaning }) => `  ${name.padEnd(8)}${meaning}`);
  return [
    'usage: npm run torture -- NAME [--seed N] [options]',
    '',
    'campaigns:',
    ...rows,
    '',
    'npm run torture -- NAME --help lists the options of one.',
  ].join('\n');
}

function usageOf({ name, meaning, options }: Campaign): string {
  const lines = options.map((option) => `  ${option}`);
  return [`usage: npm run torture -- ${name} [options]`, '', meaning, '', ...lines].join('\n');
}

/** Returns the exit code: 0 passed, 1 the product was hurt (or the campaign itself failed), 2 wrong command line. */
async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help') {
    console.log(usage());
    return 0;
  }
  const campaign = campaigns.find((one) => one.name === name);
  if (campaign === undefined) {
    console.error(`torture: there is no campaign "${name}"\n\n${usage()}`);
    return 2;
  }
  if (rest.includes('--help')) {
    console.log(usageOf(campaign));
    return 0;
  }
  try {
    return await campaign.run(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`torture: ${error.message}\n\n${usageOf(campaign)}`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
