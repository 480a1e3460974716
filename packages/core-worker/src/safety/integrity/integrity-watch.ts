// The background task that has the database checked in full after each start, and then daily.

import { MasalaError } from '@masala/protocol';
import { pause } from '../../health/background-tasks.ts';
import type { LogLine } from '../../log.ts';
import type { ChainEnd } from '../../store/chain-end.ts';
import type { Pool } from '../../store/pool.ts';
import {
  clearSuspect,
  type FullCheckResult,
  markSuspect,
  readCheckRecord,
  recordFullCheck,
} from './check-record.ts';
import { type CheckRules, untilFullCheckMs } from './check-schedule.ts';
import type { IntegrityReport } from './check-tasks.ts';

/** How often the clock is asked: a PC that slept through the time of a check has it a minute after it woke. */
const LOOK_MS = 60_000;
/** After a failed read: long enough for a cable to be put back, short against a day. */
const READ_AGAIN_MS = 600_000;

export interface IntegrityWatchParts {
  readonly dataDir: string;
  readonly databasePath: string;
  readonly rules: CheckRules;
  readonly pool: Pick<Pool, 'run'>;
  /** UTC ms. */
  readonly now: () => number;
  /** This boot of the PC. */
  readonly bootId: string | null;
  /** The mark of the newest command, read anew. */
  readonly chainEnd: () => ChainEnd | null;
  /** Long work is going on: called with each chunk. */
  readonly onProgress: () => void;
  /** The database is damaged: the process has to end and the next start to be a recovery. */
  readonly onDamaged: (problems: readonly string[]) => void;
  readonly log: LogLine;
}

export class IntegrityWatch {
  readonly #parts: IntegrityWatchParts;
  #lastCheckAt: number | null = null;

  constructor(parts: IntegrityWatchParts) {
    this.#parts = parts;
  }

  /** Runs until the signal is aborted, or until damage was told. */
  async run(signal: AbortSignal): Promise<void> {
    const { rules, now } = this.#parts;
    const servingSince = now();
    while (!signal.aborted) {
      const waitMs = untilFullCheckMs({ servingSince, lastCheckAt: this.#lastCheckAt }, rules, now());
      if (waitMs > 0) await pause(Math.min(waitMs, LOOK_MS), signal);
      else await this.#check(signal);
    }
  }

  async #check(signal: AbortSignal): Promise<void> {
    const { databasePath, pool, chainEnd, onProgress, onDamaged, log, now } = this.#parts;
    let report: IntegrityReport;
    try {
      const check = () => {
        const params = { databasePath, chainEnd: chainEnd() };
        return pool.run('integrity.full', params, { signal, onMessage: onProgress });
      };
      report = await check();
      // SQLite may tell a single read that failed as damage: what is damaged is so the second time as well.
      if (report.kind === 'damaged') report = await check();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof MasalaError) || !error.retryable) throw error;
      return pause(LOOK_MS, signal); // the pool has more to do than it takes
    }
    this.#lastCheckAt = now();
    this.#record(report.kind);
    log(EVENTS[report.kind], { ...report });
    if (report.kind === 'damaged') onDamaged(report.problems);
    if (report.kind !== 'io') return;
    markSuspect(this.#parts.dataDir, `the disk could not be read: ${report.problems[0] ?? ''}`);
    await pause(READ_AGAIN_MS, signal);
    this.#lastCheckAt = null;
  }

  /** What cannot be written down costs a check more, and nothing else. */
  #record(result: FullCheckResult): void {
    const { dataDir, bootId, now, log } = this.#parts;
    try {
      recordFullCheck(dataDir, now(), result);
      if (result === 'sound' && readCheckRecord(dataDir)?.suspect !== null) clearSuspect(dataDir, bootId);
    } catch (error) {
      log('integrity.record.unwritten', { error });
    }
  }
}

const EVENTS = {
  sound: 'integrity.checked',
  damaged: 'integrity.damaged',
  io: 'integrity.unreadable',
} as const;
