// `masala-server backup list | now | verify`: what there is to restore from, and making and checking it.

import { resolve } from 'node:path';
import type { WorkProgress } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { LIST_TIMEOUT_MS, LONG_WORK_MAX_MS } from '../long-work.ts';
import { counted } from '../texts.ts';
import { type Server, withServer } from './ask-server.ts';
import { describeBackups, describePoint } from './describe-backups.ts';
import { type OutputOptions, printResult } from './output.ts';
import { ProgressBar } from './progress-bar.ts';

export async function listBackups(dataDir: string, options: OutputOptions): Promise<number> {
  return await withServer(dataDir, async ({ call }) => {
    const backups = await call('backup.list', {}, LIST_TIMEOUT_MS);
    printResult(backups, describeBackups(backups, Date.now()), options);
    return exitCodes.OK.code;
  });
}

export async function makeBackup(
  dataDir: string,
  to: string | undefined,
  options: OutputOptions,
): Promise<number> {
  return await withServer(dataDir, async (server) => {
    // The server has a working directory of its own: `.` is meant from here.
    const params = to === undefined ? {} : { to: resolve(to) };
    const { point } = await withBar(server, 'backup', () =>
      server.call('backup.now', params, LONG_WORK_MAX_MS),
    );
    printResult(point, [`Backed up: ${describePoint(point, Date.now())}`], options);
    return exitCodes.OK.code;
  });
}

/** Fails when one of them is damaged. */
export async function verifyBackups(
  dataDir: string,
  id: string | undefined,
  options: OutputOptions,
): Promise<number> {
  return await withServer(dataDir, async (server) => {
    const params = id === undefined ? {} : { id };
    const { points } = await withBar(server, 'verify', () =>
      server.call('backup.verify', params, LONG_WORK_MAX_MS),
    );
    const damaged = points.filter(({ state }) => state === 'damaged');
    const found =
      damaged.length === 0
        ? `Checked ${counted.backups(points.length)}: all are good.`
        : `Checked ${counted.backups(points.length)}: ${damaged.length} damaged, never restored from.`;
    const list = describeBackups({ points, unreachable: [], journal: null }, Date.now());
    printResult(points, points.length === 0 ? list : [...list, found], options);
    return damaged.length === 0 ? exitCodes.OK.code : exitCodes.FAILED.code;
  });
}

async function withBar<Result>(
  server: Server,
  work: WorkProgress['work'],
  run: () => Promise<Result>,
): Promise<Result> {
  const bar = new ProgressBar(process.stderr, () => performance.now());
  server.onProgress((progress) => {
    if (progress.work === work) bar.show(progress.phase, progress.done, progress.total);
  });
  try {
    return await run();
  } finally {
    bar.clear();
  }
}
