// Saves while a 1 GB database is backed up: their p99 beside that of the idle server in the same run, and the time beside `cp`.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeLargeDatabase } from './backup-database.ts';
import type { BackupLoadInput, BackupLoadOutput, TimedSave } from './backup-load.ts';
import type { BenchRow, BenchSetting } from './bench.ts';
import { startOurCore, withControl } from './our-server.ts';
import { end, median, pathOf } from './processes.ts';

const DATABASE_BYTES = 1e9;
const SAVES_PER_SECOND = 100;
const ITEMS = 5_000;
/** Those that are received meanwhile: what moves in a small factory. */
const HOT_ITEMS = 1_000;
/** Idle as long as a backup takes about: both percentiles then come from as many saves. */
const IDLE_MS = 15_000;
/** The missed daily and weekly backups, which the start catches up with, are proven first: that takes minutes. */
const SETTLED_TIMEOUT_MS = 30 * 60_000;
const BACKUP_TIMEOUT_MS = 10 * 60_000;
const POLL_MS = 1_000;

interface Window {
  readonly from: number;
  readonly to: number;
}

export async function benchBackup({ folder, rounds, say }: BenchSetting): Promise<BenchRow[]> {
  const dataDirectory = join(folder, 'backup');
  const itemIds = makeLargeDatabase(dataDirectory, ITEMS, DATABASE_BYTES, say);
  return await measureBackups(dataDirectory, itemIds, rounds, say);
}

/** The same with a database that is there already; gives the rows for a data directory of 1 GB. */
export async function measureBackups(
  dataDirectory: string,
  itemIds: readonly string[],
  rounds: number,
  say: (progress: string) => void,
): Promise<BenchRow[]> {
  // Only the backups that are asked for, and no full check meanwhile.
  const quiet = ['backup.intervalMs=86400000', 'integrity.checkDelayMs=86400000'];
  const server = await startOurCore(dataDirectory, quiet);
  const idle: Window[] = [];
  const backups: Window[] = [];
  const copiesMs: number[] = [];
  try {
    say('backup: waiting for the first daily and weekly backup');
    await untilSettled(dataDirectory);
    const load = await startLoad({
      port: server.port,
      token: server.token,
      itemIds: itemIds.slice(0, HOT_ITEMS),
      savesPerSecond: SAVES_PER_SECOND,
    });
    for (let round = 1; round <= rounds; round++) {
      say(`backup: round ${round} of ${rounds}`);
      idle.push(await timed(() => delay(IDLE_MS)));
      backups.push(await timed(() => makeBackup(dataDirectory)));
    }
    const { saves, failed } = await load.end();
    if (failed > 0) throw new Error(`${failed} saves failed`);
    await server.stop();
    for (let round = 1; round <= rounds; round++) copiesMs.push(await copy(dataDirectory));
    return rows(saves, idle, backups, copiesMs);
  } finally {
    await server.stop();
  }
}

function rows(
  saves: readonly TimedSave[],
  idle: readonly Window[],
  backups: readonly Window[],
  copiesMs: readonly number[],
): BenchRow[] {
  const ours = percentile99(within(saves, backups));
  const peer = percentile99(within(saves, idle));
  const backupS = median(backups.map(({ from, to }) => (to - from) / 1_000));
  const copyS = median(copiesMs) / 1_000;
  return [
    {
      ...{ name: `saves at ${SAVES_PER_SECOND}/s during the backup of 1 GB, p99`, unit: 'ms' },
      ...{ ours, peer, peerName: 'idle, same run', ratio: ours / peer, demanded: { atMost: 2 } },
    },
    {
      ...{ name: 'backup of 1 GB, packed and placed', unit: 's' },
      ...{ ours: backupS, peer: copyS, peerName: 'cp of the same file', ratio: backupS / copyS },
    },
  ];
}

/** Of all windows together: each has too few saves for a percentile of its own. */
function within(saves: readonly TimedSave[], windows: readonly Window[]): number[] {
  return saves
    .filter(([dueAt]) => windows.some(({ from, to }) => dueAt >= from && dueAt < to))
    .map(([, elapsedMs]) => elapsedMs);
}

function percentile99(valuesMs: readonly number[]): number {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

async function timed(act: () => Promise<unknown>): Promise<Window> {
  const from = Date.now();
  await act();
  return { from, to: Date.now() };
}

async function makeBackup(dataDirectory: string): Promise<void> {
  await withControl(dataDirectory, (control) => control.call('backup.now', {}, BACKUP_TIMEOUT_MS));
}

async function untilSettled(dataDirectory: string): Promise<void> {
  for (const giveUpAt = Date.now() + SETTLED_TIMEOUT_MS; Date.now() < giveUpAt; await delay(POLL_MS)) {
    const { points } = await withControl(dataDirectory, (control) => control.call('backup.list', {}));
    if (points.some(({ kind }) => kind === 'weekly')) return;
  }
  throw new Error('the first backups were not made');
}

async function startLoad(input: BackupLoadInput): Promise<{ end(): Promise<BackupLoadOutput> }> {
  const child: ChildProcess = spawn(process.execPath, [pathOf('./backup-load.ts'), JSON.stringify(input)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the load has no pipes');
  const lines = createInterface({ input: stdout });
  await once(lines, 'line');
  return {
    end: async () => {
      stdin.write('end\n');
      const [line] = (await once(lines, 'line')) as [string];
      await end(child);
      return JSON.parse(line) as BackupLoadOutput;
    },
  };
}

/** How long `cp` takes for the database, ms. */
async function copy(dataDirectory: string): Promise<number> {
  const target = join(dataDirectory, 'copy.db');
  const startedAt = performance.now();
  await promisify(execFile)('cp', [join(dataDirectory, 'masala.db'), target]);
  const elapsedMs = performance.now() - startedAt;
  rmSync(target);
  return elapsedMs;
}
