// The part of the `masala-server` command line that says what the dashboard's pages say: settings, clients, lives.

import type { Command } from 'commander';
import { type Act, type CommonOptions, common } from './options.ts';

export function addSettings(program: Command, act: Act): void {
  const settings = program.command('settings').description('List the settings, or change one');
  common(
    settings.command('list', { isDefault: true }).description('List every setting and where it comes from'),
  ).action(act(async (options) => (await import('./settings.ts')).listSettings(options.dataDir, options)));
  common(settings.command('set <name> <value>').description('Write a setting into settings.json')).action(
    (name: string, value: string, options: CommonOptions) =>
      act(async () => (await import('./settings.ts')).setSetting(options.dataDir, name, value, options))(
        options,
      ),
  );
  common(settings.command('unset <name>').description('Take a setting out of settings.json')).action(
    (name: string, options: CommonOptions) =>
      act(async () => (await import('./settings.ts')).setSetting(options.dataDir, name, null, options))(
        options,
      ),
  );
}

export function addClients(program: Command, act: Act): void {
  common(program.command('clients').description('List the connected clients')).action(
    act(async (options) => (await import('./clients.ts')).listClients(options.dataDir, options)),
  );
}

export function addLives(program: Command, act: Act): void {
  common(program.command('lives').description('List when the core started and how it ended')).action(
    act(async (options) => (await import('./lives.ts')).listLives(options.dataDir, options)),
  );
}
