// A process that judges cases of the flip campaign, one after the other: SQLite over damaged files may take its process
// with it, and that is a finding and not the end of the campaign.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { FlipJudge, type FlipVerdict } from './flip-judge.ts';
import { preparedFiles } from './prepared-data.ts';

/** All that it is told at its start (one argument, JSON). */
export interface FlipWorkerTask {
  /** Of the prepared server; it is only read. */
  readonly prepared: string;
  /** Where its own copy may lie. */
  readonly scratch: string;
  readonly seed: number;
}

export type ToFlipWorker = { readonly number: number };
export type FromFlipWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'verdict'; readonly verdict: FlipVerdict };

async function run({ prepared, scratch, seed }: FlipWorkerTask): Promise<void> {
  const judge = new FlipJudge(preparedFiles(prepared), mkdtempSync(join(scratch, 'case-')));
  await judge.checkOriginal();
  const tell = (message: FromFlipWorker) => process.send?.(message);
  process.on('message', async ({ number }: ToFlipWorker) => {
    tell({ type: 'verdict', verdict: await judge.judge(seed, number) });
  });
  // Without its campaign nobody would end it.
  process.on('disconnect', () => process.exit(0));
  tell({ type: 'ready' });
}

const [task] = process.argv.slice(2);
if (task === undefined) throw new Error('flip-worker.ts is started by the flip campaign');
await run(JSON.parse(task) as FlipWorkerTask);
