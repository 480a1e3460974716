// Waiting for a condition: no campaign and no test of this folder sleeps and hopes.
import { setTimeout as pause } from 'node:timers/promises';

/** A machine that is busy with five other things still starts a server in a tenth of this. */
export const PATIENCE_MS = 60_000;
/** Between two looks: short beside a restart (some 200 ms), and of no weight for the processor. */
const LOOK_EVERY_MS = 20;

/** What was waited for did not come. */
export class WaitedInVainError extends Error {
  override readonly name = 'WaitedInVainError';
}

/**
 * Looks until `look` gives something else than undefined, and returns that. Throws WaitedInVainError after
 * `patienceMs`, and at once whatever `look` throws.
 *
 * @param what completes the sentence "waited in vain for …"; a function is asked at the end, for what was seen last
 */
export async function until<Seen>(
  what: string | (() => string),
  look: () => Seen | undefined | Promise<Seen | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<Seen> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > patienceMs) {
      const sentence = typeof what === 'string' ? what : what();
      throw new WaitedInVainError(`waited ${Math.round(elapsedMs / 1_000)} s in vain for ${sentence}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** A moment that the seed chose, in which nothing is waited for. */
export function passTime(delayMs: number): Promise<void> {
  return pause(delayMs);
}
