// A process that keeps commands until it is killed, and tells each id once it was told that the command is written.

import { systemClock } from '../clock.ts';
import { KeptCommands } from '../kept/kept-commands.ts';

const [, , directory = '', writer = ''] = process.argv;
/** What four processes keep must all be among the last 10,000. */
const COMMANDS_MAX = 2_400;

const kept = new KeptCommands({
  directory,
  clock: systemClock,
  onTrouble: (error) => {
    throw error;
  },
});

for (let number = 0; number < COMMANDS_MAX; number++) {
  const commandId = `0190a5b4-0000-7000-8${writer.padStart(3, '0')}-${String(number).padStart(12, '0')}`;
  const params = { code: 'box', name: 'x'.repeat(number % 300) };
  const command = {
    commandId,
    method: 'units.create',
    params,
    result: { code: 'box' },
    epoch: '',
    acknowledgedAt: 0,
  } as const;
  await new Promise<void>((written) => kept.add(command, written));
  process.stdout.write(`${commandId}\n`);
  await new Promise(setImmediate);
}
// It does not end by itself, so that it is always killed.
setInterval(() => undefined, 60_000);
