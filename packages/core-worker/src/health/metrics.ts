// How fast the core serves, step by step over the last half hour: counted where calls end, read by the dashboard.
//
// A save pays two additions and one entry of a histogram for it, and allocates nothing.

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { MetricsPoint } from '@masala/protocol/control';

/** Short enough that a chart which follows it looks alive, long enough that a point a step costs nothing. */
export const METRICS_STEP_MS = 2_000;
/** Half an hour of them: what an admin who is called to the PC still wants to see. Below 100 KB. */
const STEPS_KEPT = 900;
/** A save that takes longer than a minute is counted as one of a minute. */
const LATENCY_MAX_US = 60_000_000;
/** Two digits: nobody tells 1.23 ms from 1.24 ms in a chart, and the histogram stays below 20 KB. */
const LATENCY_DIGITS = 2;

export class Metrics {
  readonly #points: MetricsPoint[] = [];
  readonly #latencies: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: LATENCY_MAX_US,
    figures: LATENCY_DIGITS,
  });
  #stepBeganAt: number | null = null;
  #saves = 0;
  #reads = 0;

  /** A save was answered: it is on the disk. */
  saved(elapsedMs: number): void {
    this.#saves += 1;
    this.#latencies.record(Math.min(LATENCY_MAX_US, Math.max(1, Math.round(elapsedMs * 1_000))));
  }

  read(): void {
    this.#reads += 1;
  }

  /**
   * Ends the present step, if one has begun, and begins the next. Called each METRICS_STEP_MS; a late call makes a longer
   * step. `utcMs` may jump: points that would lie in the future by a clock that was set back are dropped.
   */
  step(utcMs: number, clients: number): void {
    while ((this.#points.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= utcMs) this.#points.pop();
    const at = this.#stepBeganAt;
    if (at !== null && at < utcMs) {
      this.#points.push({
        at,
        saves: this.#saves,
        reads: this.#reads,
        saveP50Us: this.#latencyUs(50),
        saveP99Us: this.#latencyUs(99),
        clients,
      });
      if (this.#points.length > STEPS_KEPT) this.#points.shift();
    }
    this.#stepBeganAt = utcMs;
    this.#saves = 0;
    this.#reads = 0;
    this.#latencies.reset();
  }

  /** The finished steps that began later than `since` (UTC ms), oldest first. */
  points(since = Number.NEGATIVE_INFINITY): MetricsPoint[] {
    return this.#points.filter(({ at }) => at > since);
  }

  #latencyUs(percentile: number): number | null {
    return this.#saves === 0 ? null : this.#latencies.percentile(percentile);
  }
}
