// The part of the `masala-server` command line that is about backups and recovery.

import type { Command } from 'commander';
import { type Act, type CommonOptions, common } from './options.ts';
import type { ChoiceOptions } from './recover.ts';

type Chosen = CommonOptions & ChoiceOptions;

const UNTIL = 'leave out what was booked later: 14:35, "2026-11-21 14:35" or 2026-11-21T14:35:00Z';

export function addBackup(program: Command, act: Act): void {
  const backup = program.command('backup').description('List, make, check or restore backups');
  common(
    backup.command('list', { isDefault: true }).description('List what there is to restore from'),
  ).action(act(async (options) => (await import('./backups.ts')).listBackups(options.dataDir, options)));
  common(backup.command('now').description('Make a backup now'))
    .option('--to <path>', 'a folder, such as that of a USB drive; default: the usual folders')
    .action(
      act<CommonOptions & { to?: string }>(async (options) =>
        (await import('./backups.ts')).makeBackup(options.dataDir, options.to, options),
      ),
    );
  common(backup.command('verify [id]').description('Open and check a backup, or all of them')).action(
    (id: string | undefined, options: CommonOptions) =>
      act(async () => (await import('./backups.ts')).verifyBackups(options.dataDir, id, options))(options),
  );
  choosing(
    backup.command('restore [id]').description('Go back to a backup or a moment; asks before it undoes'),
  )
    .option('--until <time>', UNTIL)
    .action((id: string | undefined, options: Chosen) =>
      act(async () => (await import('./recover.ts')).restore(options.dataDir, id, 'backup', options))(
        options,
      ),
    );
}

export function addRecover(program: Command, act: Act): void {
  const recover = program
    .command('recover')
    .description('See why the server waits in recovery, and choose what to do');
  common(
    recover.command('show', { isDefault: true, hidden: true }).description('Show how it stands, and ask'),
  ).action(act(async (options) => (await import('./recover.ts')).showSituation(options.dataDir, options)));
  common(recover.command('list').description('List what there is to restore from')).action(
    act(async (options) => (await import('./backups.ts')).listBackups(options.dataDir, options)),
  );
  choosing(recover.command('restore [id]').description('Restore the newest good state, a backup or a moment'))
    .option('--until <time>', UNTIL)
    .action((id: string | undefined, options: Chosen) =>
      act(async () => (await import('./recover.ts')).restore(options.dataDir, id, 'recover', options))(
        options,
      ),
    );
  choosing(
    recover.command('salvage').description('Keep what can still be read of the damaged database'),
  ).action(act<Chosen>(async (options) => (await import('./recover.ts')).salvage(options.dataDir, options)));
  choosing(recover.command('fresh').description('Begin with a new empty database; asks first')).action(
    act<Chosen>(async (options) => (await import('./recover.ts')).fresh(options.dataDir, options)),
  );
}

function choosing(command: Command): Command {
  return common(command).option('--yes', 'ask nothing', false);
}
