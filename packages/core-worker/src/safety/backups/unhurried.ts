// How work that nobody waits for leaves the disk to the saves: in small pieces, with a rest after each.

import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolChannel } from '../../store/pool-task.ts';

/**
 * Two thirds of the time is rest. A save's fsync that meets one of ours takes three times as long; without rests more than one
 * in a hundred met one while 1 GB was packed (their p99 was 3 times that of the idle server, and is 1.3 times with them).
 */
const REST_PER_WORK = 2;
/** A drive that hung for a minute is no reason to rest for two. */
const REST_MAX_MS = 1_000;

/**
 * To free a file of 1 GB at once takes 300 ms, in which ext4 commits nothing else, and so no save; 16 MiB take 7 ms. The
 * commits that wait get their turn in the pause.
 */
const REMOVE_PIECE_BYTES = 16 * 1024 * 1024;
const REMOVE_PAUSE_MS = 10;

export interface RestTime {
  /** Steady, ms. */
  now(): number;
  delay(ms: number): Promise<unknown>;
}

const realTime: RestTime = { now: () => performance.now(), delay };

/** The same channel for work that rests after each piece that it tells of; it has to wait for `send`. */
export function unhurried(channel: PoolChannel, time = realTime): PoolChannel {
  let restedAt = time.now();
  return {
    async send(message) {
      const workedMs = time.now() - restedAt;
      await channel.send(message);
      await time.delay(Math.min(workedMs * REST_PER_WORK, REST_MAX_MS));
      restedAt = time.now();
    },
    throwIfStopped: () => channel.throwIfStopped(),
  };
}

/** Removes a file that may be large, from its end. Nothing happens where there is none. */
export async function removeUnhurried(path: string): Promise<void> {
  if (await shrinkToNothing(path)) rmSync(path, { force: true });
}

/** False where there is no such file. */
async function shrinkToNothing(path: string): Promise<boolean> {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    let bytes = fstatSync(file).size;
    while (bytes > REMOVE_PIECE_BYTES) {
      bytes -= REMOVE_PIECE_BYTES;
      ftruncateSync(file, bytes);
      fdatasyncSync(file);
      await delay(REMOVE_PAUSE_MS);
    }
    return true;
  } finally {
    closeSync(file);
  }
}
