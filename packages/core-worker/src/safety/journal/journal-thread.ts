// The journal's thread: what hangs on a slow or dead second drive hangs here, and no save and no pong waits for it.

import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '@masala/protocol/tables';
import { pause } from '../../health/background-tasks.ts';
import { afterFailure, HEALTHY } from '../../health/restart-delay.ts';
import { JournalCopier } from './journal-copier.ts';
import type { FromJournal, JournalThreadInput, ToJournal } from './journal-messages.ts';

const port = parentPort;
if (port === null) throw new Error('journal-thread.ts runs as a worker thread only');

/** How often it shows that it does not hang: well below the time after which it is told to. */
const ALIVE_MS = 2_000;
/** How often the drive is looked at while nothing is booked: a pulled plug shows in the status within seconds. */
const LOOK_MS = 5_000;

const say = (message: FromJournal) => port.postMessage(message);
const { place, databasePath } = workerData as JournalThreadInput;
const closing = new AbortController();
/** Ends the present wait for something to do. */
let woken = new AbortController();
/** What is to be pruned next; null: nothing. */
let coveredSequence: number | null = null;

port.on('message', (message: ToJournal) => {
  switch (message.type) {
    case 'wake':
      return woken.abort();
    case 'prune':
      coveredSequence = message.coveredSequence;
      return woken.abort();
    case 'close':
      closing.abort();
      return woken.abort();
  }
});

async function run(): Promise<void> {
  const alive = setInterval(() => say({ type: 'alive' }), ALIVE_MS);
  const copier = new JournalCopier({
    place,
    databasePath,
    now: Date.now,
    say: (event, fields) => say({ type: 'says', event, fields }),
    onCopied: (end, isAll) => say({ type: 'copied', end, isAll }),
  });
  let health = HEALTHY;
  while (!closing.signal.aborted) {
    woken = new AbortController();
    try {
      await copier.copy(closing.signal);
      health = HEALTHY;
      say({ type: 'waits' });
      if (coveredSequence !== null) copier.prune(coveredSequence);
      coveredSequence = null;
      copier.checkOneSealed();
      await pause(LOOK_MS, woken.signal);
    } catch (error) {
      say({ type: 'failed', reason: reasonOf(error) });
      const next = afterFailure(health, performance.now());
      health = next.health;
      // What is booked meanwhile does not make it try earlier: a drive that is gone is gone for a while.
      await pause(next.delayMs, closing.signal);
    }
  }
  clearInterval(alive);
  copier.close();
  port?.close();
}

await run();
