// A process for a test: runs a journal on a drive that hangs, stops it in order, and exits.
//
//     node exit-with-journal.ts FOLDER DATABASE

import { Journal } from '../journal.ts';

const [folder = '', databasePath = ''] = process.argv.slice(2);
const stop = new AbortController();
const journal = new Journal({
  folder,
  databasePath,
  serverId: 'ab',
  lastSequence: () => 1,
  log: () => undefined,
  notice: () => undefined,
});
const running = journal.run(stop.signal);
stop.abort();
await running;
process.stdout.write('stopped\n');
process.exit(0);
