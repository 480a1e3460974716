// The command line of `masala`: its commands, options and help. The only file that imports commander.

import { exitCodes, type SubscribableEvent, subscribableEvents } from '@masala/protocol';
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { ImportOptions } from '../import-file.ts';
import { defaultProfileDirectory } from '../profile.ts';
import { callCommand, whoamiCommand } from './call-command.ts';
import { DEFAULT_DISCOVERY_PORT, discoverCommand } from './discover-command.ts';
import { type Globals, type Outcome, readAddress, readInteger } from './globals.ts';
import { importCommand } from './import-command.ts';
import { printError } from './output.ts';
import { pairCommand } from './pair-command.ts';
import { type ResendChoices, resendCommand } from './resend-command.ts';
import { UsageError } from './usage-error.ts';
import { watchCommand } from './watch-command.ts';

/** setTimeout's largest delay; a day and more is waited for without a time-out. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** Runs one command line and returns the exit code. Throws only what is a fault of the program. */
export async function run(args: readonly string[]): Promise<number> {
  let outcome: (globals: Globals) => Outcome = async () => exitCodes.USAGE.code;
  const program = makeProgram((chosen) => {
    outcome = chosen;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.USAGE.code;
    throw error;
  }
  const globals = program.opts<Globals>();
  try {
    return await outcome(globals);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`masala: ${error.message}\nmasala --help lists what is possible.\n`);
      return exitCodes.USAGE.code;
    }
    printError(error, globals.json === true);
    return exitCodes.FAILED.code;
  }
}

/** The commands; each one chosen tells `choose` what to run, so that commander's errors and ours stay apart. */
function makeProgram(choose: (run: (globals: Globals) => Outcome) => void): Command {
  const program = new Command('masala')
    .description('Finds, pairs with and calls a Masala inventory server on the local network.')
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('masala --help lists what is possible.')
    .option('--profile <dir>', 'where this device keeps its pairing', defaultProfileDirectory())
    .option('--server <host:port>', 'where the server is, instead of looking for it', address)
    .option(
      '--discovery-port <n>',
      `UDP port to look for servers on (default: ${DEFAULT_DISCOVERY_PORT})`,
      port,
    )
    .option('--json', 'print one JSON document instead of text')
    .option('--timeout <ms>', 'give up after so long (writes wait without end unless this is given)', timeout)
    .addHelpText('after', EXAMPLES);
  program
    .command('discover')
    .description('list the servers on the network')
    .action(() => choose(discoverCommand));
  program
    .command('pair <code>')
    .description('make this PC a device of the server that showed the code')
    .option('--name <name>', "the device's name (default: the PC's)")
    .action((code: string, options) => choose((globals) => pairCommand(code, options, globals)));
  program
    .command('whoami')
    .description('tell who the server takes this device for')
    .action(() => choose(whoamiCommand));
  program
    .command('call <method> [json]')
    .description('call a method; JSON are its params, - reads them from stdin')
    .option('--command-id <uuid>', "the write's own id: the same id again is the same act, booked once")
    .action((method: string, json: string | undefined, options) =>
      choose((globals) => callCommand(method, json ?? '{}', options, globals)),
    );
  program
    .command('watch')
    .description('print events until Ctrl-C')
    .addArgument(new Argument('[events...]', 'which events (default: all)').choices(subscribableEvents))
    .action((names: SubscribableEvent[]) => choose((globals) => watchCommand(names, globals)));
  program
    .command('import')
    .description('book a CSV file; a second import of it books nothing twice')
    .addArgument(new Argument('<kind>', 'what the rows are').choices(['dispatches', 'receipts', 'items']))
    .argument('<file>', 'the CSV file')
    .requiredOption('--map <file>', 'JSON that says how to read the file (docs/admin.md)')
    .option('--opening-stock', 'first book a receipt that covers what the file takes out')
    .action((kind: ImportOptions['kind'], file: string, options) =>
      choose((globals) => importCommand(kind, file, options, globals)),
    );
  program
    .command('resend')
    .description("show what a restore of the server took of this PC's commands, and send it again")
    .option('--yes', 'send it without asking')
    .option('--dry-run', 'only show it')
    .option('--dismiss', 'never offer it again, instead of sending it')
    .action((choices: ResendChoices) => choose((globals) => resendCommand(choices, globals)));
  return program;
}

function address(typed: string) {
  const read = readAddress(typed);
  if (read === undefined) throw new InvalidArgumentError('It must have the form HOST:PORT.');
  return read;
}

function port(typed: string): number {
  const read = readInteger(typed, 0, 65_535);
  if (read === undefined) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return read;
}

function timeout(typed: string): number {
  const read = readInteger(typed, 1, TIMEOUT_MAX_MS);
  if (read === undefined) throw new InvalidArgumentError('It must be a number of milliseconds.');
  return read;
}

const EXAMPLES = `
Examples:
  masala discover
  masala pair ABCDE-FGHJK-MNPQR
  masala call items.get '{"sku":"A-1"}'
  masala call stock.onHand --json
  masala watch document.posted
  masala import dispatches 2010-12-01.csv --map docs/examples/retail-map.json --opening-stock
  masala resend --dry-run

Exit codes: 0 done, 1 the call failed or something was refused, 2 the command line is wrong.
`;
