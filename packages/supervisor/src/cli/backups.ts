// `masala-server backup list | now | verify`: what there is to restore from, and making and checking it.

import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
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
    const { point } = await withBar(server, (workId) => {
      const params = to === undefined ? { workId } : { to: resolve(to), workId };
      return server.call('backup.now', params, LONG_WORK_MAX_MS);
    });
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
    const { points } = await withBar(server, (workId) =>
      server.call('backup.verify', id === undefined ? { workId } : { id, workId }, LONG_WORK_MAX_MS),
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

/** Draws the progress of one piece of work, and of no other, until it has ended. */
async function withBar<Result>(server: Server, run: (workId: string) => Promise<Result>): Promise<Result> {
  const workId = randomUUID();
  const bar = new ProgressBar(process.stderr, () => performance.now());
  server.onProgress(({ id, phase, done, total }) => {
    if (id === workId) bar.show(phase, done, total);
  });
  try {
    return await run(workId);
  } finally {
    bar.clear();
  }
}
