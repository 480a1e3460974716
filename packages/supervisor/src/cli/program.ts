// The `masala-server` command line: which subcommands and flags there are, and which function each one calls.

import type { DeviceRole, StartFlags } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addClients, addLives, addSettings } from './desk-program.ts';
import type { OpenArguments } from './open.ts';
import { type Act, type CommonOptions, common } from './options.ts';
import { asComplaint, complain } from './output.ts';
import { addBackup, addRecover } from './recovery-program.ts';

const ROLES: readonly DeviceRole[] = ['admin', 'office', 'goods-in', 'production', 'dispatch', 'viewer'];

interface StartArguments extends CommonOptions {
  readonly host?: string;
  readonly port?: number;
  readonly discoveryPort?: number;
  readonly set: string[];
  readonly tray: boolean;
}

interface StopArguments extends CommonOptions {
  readonly yes: boolean;
}

/** Runs one command line. Resolves with the process's exit code. */
export async function runCommandLine(argv: readonly string[], coreProgram: string): Promise<number> {
  let exitCode: number = exitCodes.OK.code;
  const program = new Command('masala-server')
    .description("The inventory server of a small factory's LAN")
    .version(manifest.version)
    .exitOverride();
  /** Each action is loaded when it is asked for: the supervisor keeps no command in memory that it does not run. */
  const act = <Options extends CommonOptions>(action: (options: Options) => Promise<number>) => {
    return async (options: Options) => {
      exitCode = await action(options).catch((error: unknown) => complain(asComplaint(error), options));
    };
  };
  addStart(program, coreProgram, act);
  common(program.command('status').description('Show who runs and in which state'))
    .addHelpText('after', `\nExit codes: ${statusCodes()}`)
    .action(act(async (options) => (await import('./status.ts')).showStatus(options.dataDir, options)));
  common(program.command('stop').description('Stop the server in order'))
    .option('--yes', 'do not ask while clients are connected', false)
    .action(
      act<StopArguments>(async (options) => (await import('./stop.ts')).stopServer(options.dataDir, options)),
    );
  common(program.command('restart').description('Stop the core in order and start it again'))
    .option('--yes', 'do not ask while clients are connected', false)
    .action(
      act<StopArguments>(async (options) =>
        (await import('./stop.ts')).restartServer(options.dataDir, options),
      ),
    );
  common(program.command('pair').description('Make a join code for a new device'))
    .addOption(new Option('--role <role>', 'what the device may do').choices(ROLES))
    .action(
      act<CommonOptions & { role?: DeviceRole }>(async (options) =>
        (await import('./devices.ts')).makeJoinCode(options.dataDir, options.role, options),
      ),
    );
  addDevices(program, act);
  addOpen(program, act);
  addClients(program, act);
  addLives(program, act);
  addSettings(program, act);
  addBackup(program, act);
  addRecover(program, act);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.OK.code : exitCodes.USAGE.code; // commander has printed why
  }
}

function addStart(program: Command, coreProgram: string, act: Act): void {
  common(
    program.command('start').description('Start the server and stay in the foreground; ^C stops it in order'),
  )
    .option('--host <address>', 'the address to listen on; default: all of this PC')
    .option(
      '--port <number>',
      'the TCP port for clients; 0 picks a free one once; default: 8090',
      wholeNumber,
    )
    .option('--discovery-port <number>', 'the UDP port for being found; default: 8090', wholeNumber)
    .option('--no-tray', 'show no icon in the tray, and no notifications')
    .option('--set <name=value>', 'set a setting for this run; may be repeated', collect, [])
    .action(
      act<StartArguments>(async (options) => {
        const { startServer } = await import('./start.ts');
        return startServer({ ...options, flags: startFlags(options), coreProgram });
      }),
    );
}

function addOpen(program: Command, act: Act): void {
  common(program.command('open').description('Open the dashboard'))
    .option('--path <route>', 'which page of it, such as /backups', '/')
    .option(
      '--print',
      'only print the link that signs a browser of this PC in, once and within a minute',
      false,
    )
    .action(act<OpenArguments>(async (options) => (await import('./open.ts')).openForPerson(options)));
}

function addDevices(program: Command, act: Act): void {
  const devices = program.command('devices').description('List the paired devices, or revoke one');
  common(devices.command('list', { isDefault: true }).description('List the paired devices')).action(
    act(async (options) => (await import('./devices.ts')).listDevices(options.dataDir, options)),
  );
  common(devices.command('revoke <id>').description('Take the access of a device away')).action(
    async (deviceId: string, options: CommonOptions) => {
      await act(async () => (await import('./devices.ts')).revokeDevice(options.dataDir, deviceId, options))(
        options,
      );
    },
  );
}

function startFlags({ host, port, discoveryPort, set, tray }: StartArguments): StartFlags {
  return { host: host ?? null, port: port ?? null, discoveryPort: discoveryPort ?? null, set, tray };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function statusCodes(): string {
  const { OK, NOT_RUNNING, NOT_READY } = exitCodes;
  return [OK, NOT_RUNNING, NOT_READY].map(({ code, meaning }) => `${code} ${meaning}`).join(' ');
}
