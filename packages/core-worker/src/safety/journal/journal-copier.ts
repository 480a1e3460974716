// Copies the commands of the database to the second drive as far as there are any; runs in the journal's own thread.

import { setImmediate as turn } from 'node:timers/promises';
import { type LogEventName, limits } from '@masala/protocol/tables';
import { type JournalEnd, JournalFile } from './journal-file.ts';
import { enterHome, type JournalPlace } from './journal-home.ts';
import { JournalSource } from './journal-source.ts';
import { pruneJournals } from './prune.ts';

export interface JournalCopierParts {
  readonly place: JournalPlace;
  readonly databasePath: string;
  readonly now: () => number;
  readonly say: (event: LogEventName, fields: Record<string, unknown>) => void;
  /**
   * Hears of the journal's end after each batch that is on the second drive, and when it was opened; and whether the batch
   * was all that there was.
   */
  readonly onCopied: (end: JournalEnd, isAll: boolean) => void;
  readonly segmentBytes?: number;
}

/** The older segments are read through at each start and then daily, as the database is. */
const CHECK_INTERVAL_MS = 24 * 60 * 60 * 1_000;

export class JournalCopier {
  readonly #parts: JournalCopierParts;
  /** The first sequence of the segment that was checked last. */
  #checkedTo = 0;
  /** UTC ms at which all were checked. */
  #checkedAt = 0;
  #source: JournalSource | null = null;
  #file: JournalFile | null = null;

  constructor(parts: JournalCopierParts) {
    this.#parts = parts;
  }

  /**
   * Copies until nothing is left to copy, or the signal is aborted. Rejects with what the file system or SQLite says;
   * the next call finds out anew where the journal ends.
   */
  async copy(signal: AbortSignal): Promise<void> {
    try {
      this.#source ??= new JournalSource(this.#parts.databasePath);
      this.#file ??= await this.#open(this.#source);
      this.#file.look();
      while (!signal.aborted && this.#copyBatch(this.#source, this.#file)) await turn();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Reads one of the older segments again, where it is time, and mends it from the database where it is damaged. Throws what
   * the file system and SQLite do.
   */
  checkOneSealed(): void {
    const { now } = this.#parts;
    if (this.#file === null || Math.abs(now() - this.#checkedAt) < CHECK_INTERVAL_MS) return;
    const checked = this.#file.checkSealed(this.#checkedTo);
    this.#checkedTo = checked ?? 0;
    if (checked === null) this.#checkedAt = now();
  }

  /** Removes old segments that no restore needs: see prune.ts. Throws what the file system does. */
  prune(coveredSequence: number): void {
    if (this.#file === null) return;
    const { place, now, say } = this.#parts;
    const { folder } = place;
    const segments = pruneJournals(folder, { before: now() - limits.journalRetentionMs, coveredSequence });
    if (segments > 0) say('journal.pruned', { folder, segments, coveredSequence });
  }

  close(): void {
    this.#file?.close();
    this.#source?.close();
    this.#file = null;
    this.#source = null;
  }

  async #open(source: JournalSource): Promise<JournalFile> {
    const { place, now, say, onCopied, segmentBytes } = this.#parts;
    const { isGone } = enterHome(place);
    if (isGone) say('journal.begun-anew', { folder: place.folder });
    const { folder: root, serverId } = place;
    const file = await JournalFile.open({
      root,
      serverId,
      source,
      now,
      say,
      ...(segmentBytes && { segmentBytes }),
    });
    onCopied(file.end, false);
    return file;
  }

  /** Whether there was something to copy. */
  #copyBatch(source: JournalSource, file: JournalFile): boolean {
    const { rows, isAll } = source.rowsAfter(file.end.sequence, limits.journalBatchBytes);
    if (rows.length === 0) return false;
    file.append(rows);
    this.#parts.onCopied(file.end, isAll);
    return true;
  }
}
