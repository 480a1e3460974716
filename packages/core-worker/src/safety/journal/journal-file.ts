// The journal of one epoch as it is written: goes on at its own end after any crash, without a hole; begins a new segment
// when one is full.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFileDurably, syncFolder } from '@masala/protocol/durable-file';
import { type LogEventName, limits } from '@masala/protocol/tables';
import type { CommandRow, Head } from '../../store/replay.ts';
import type { JournalSource } from './journal-source.ts';
import { journaledRows } from './journaled-rows.ts';
import { replayPath } from './replay-path.ts';
import { checkSealedSegment } from './sealed-segments.ts';
import { decodeRow, encodeHeader, encodeRecord, type SegmentScan, scanSegment } from './segment.ts';
import { segmentName, segmentsAmong, setAsideName, surveyJournals } from './survey.ts';

export interface JournalFileParts {
  /** The folder of all journals; it is there. */
  readonly root: string;
  readonly serverId: string;
  readonly source: JournalSource;
  readonly now: () => number;
  readonly say: (event: LogEventName, fields: Record<string, unknown>) => void;
  /** Where a segment ends. */
  readonly segmentBytes?: number;
}

/** The newest command of the journal, and when it was booked (null: unknown, since none is in it yet). */
export interface JournalEnd extends Head {
  readonly at: number | null;
}

interface OpenSegment {
  readonly path: string;
  readonly descriptor: number;
  bytes: number;
}

/** The journal does not fit the database: it must be kept as it is, and not be written to. */
class MisfitError extends Error {
  override readonly name = 'MisfitError';
}

export class JournalFile {
  readonly folder: string;
  readonly #parts: JournalFileParts;
  #end: JournalEnd;
  /** The segment that is written; null until the first command. */
  #segment: OpenSegment | null = null;

  /** Opens the journal of the database's epoch, or begins it. Throws what the file system and SQLite do. */
  static async open(parts: JournalFileParts): Promise<JournalFile> {
    const { root, source, now, say } = parts;
    const [own] = source.lineage;
    if (own === undefined) throw new Error('a database has at least one epoch');
    const folder = join(root, own.epoch);
    if (hasSegments(folder)) {
      const file = new JournalFile(folder, parts);
      try {
        file.#resume();
        say('journal.opened', { folder, sequence: file.#end.sequence, created: false });
        return file;
      } catch (error) {
        file.close();
        if (!(error instanceof MisfitError)) throw error;
        const aside = setAsideName(folder, now());
        renameSync(folder, aside);
        syncFolder(root);
        say('journal.set-aside', { folder: aside, reason: error.message });
      }
    }
    const file = new JournalFile(folder, parts);
    await file.#begin();
    say('journal.opened', { folder, sequence: file.#end.sequence, created: true });
    return file;
  }

  private constructor(folder: string, parts: JournalFileParts) {
    this.folder = folder;
    this.#parts = parts;
    this.#end = { sequence: 0, hash: '', at: null };
  }

  /** What is on the second drive for certain. */
  get end(): JournalEnd {
    return this.#end;
  }

  /**
   * Appends commands that follow the end, and has them on the disk when it returns. After it has thrown, this object must
   * only be closed: what is on the disk then shows when it is opened again.
   */
  append(rows: readonly CommandRow[]): void {
    const last = rows.at(-1);
    if (last === undefined) return;
    const segment = this.#segmentToWrite();
    const { sequence: vouched } = this.#end;
    const records = Buffer.concat(rows.map((row) => encodeRecord(row, vouched)));
    writeFully(segment.descriptor, records, segment.bytes);
    fsyncSync(segment.descriptor);
    segment.bytes += records.length;
    this.look();
    this.#end = { sequence: last.sequence, hash: last.hash, at: last.at };
  }

  /** Throws where the file that is written is no longer the one of that name: deleted, or its drive was taken away. */
  look(): void {
    if (this.#segment === null) {
      statSync(this.folder);
      return;
    }
    const { path, descriptor } = this.#segment;
    const [named, open] = [statSync(path), fstatSync(descriptor)];
    if (named.ino !== open.ino || named.dev !== open.dev) throw new Error(`${path} was replaced`);
  }

  /** See `checkSealedSegment`. */
  checkSealed(after: number): number | null {
    return checkSealedSegment(this.folder, after, this.#parts);
  }

  close(): void {
    if (this.#segment !== null) closeSync(this.#segment.descriptor);
    this.#segment = null;
  }

  #segmentToWrite(): OpenSegment {
    const { segmentBytes = limits.journalSegmentBytes, serverId, source, now } = this.#parts;
    if (this.#segment !== null && this.#segment.bytes < segmentBytes) return this.#segment;
    const { sequence, hash } = this.#end;
    const path = join(this.folder, segmentName(sequence + 1));
    // Whole or not at all: a crash never leaves half a header.
    const header = encodeHeader({
      serverId,
      lineage: source.lineage,
      firstSequence: sequence + 1,
      previousHash: hash,
      begunAt: now(),
    });
    this.close();
    replaceFileDurably(path, header);
    return this.#openSegment(path);
  }

  #openSegment(path: string): OpenSegment {
    const descriptor = openSync(path, 'r+');
    this.#segment = { path, descriptor, bytes: fstatSync(descriptor).size };
    return this.#segment;
  }

  /** Goes on at the end of the newest segment, and cuts what a crash left torn. */
  #resume(): void {
    const { say } = this.#parts;
    const names = readdirSync(this.folder);
    // What a kill left of a segment that was being begun.
    for (const name of names) if (name.startsWith('.')) rmSync(join(this.folder, name), { force: true });
    const newest = segmentsAmong(this.folder, names).at(-1);
    if (newest === undefined) throw new Error('there is no segment to go on with');
    const content = readFileSync(newest.path);
    const scan = scanSegment(content, newest.firstSequence, true);
    const [bad] = scan.bad;
    const good = scan.records.filter(({ offset }) => bad === undefined || offset < bad.offset);
    const last = good.at(-1);
    if (last === undefined && scan.header === null)
      throw new MisfitError('the head of its newest segment is damaged');
    const before = { sequence: newest.firstSequence - 1, hash: scan.header?.previousHash ?? '', at: null };
    this.#end = last === undefined ? before : decodeRow(content, last);
    this.#checkFit(scan);
    const segment = this.#openSegment(newest.path);
    const goodEnd = last?.end ?? bad?.offset ?? content.length;
    if (bad !== undefined) {
      const event = bad.type === 'torn' ? 'journal.tail-cut' : 'journal.damaged';
      say(event, { folder: this.folder, sequence: bad.sequence, bytes: content.length - goodEnd });
      ftruncateSync(segment.descriptor, goodEnd);
    }
    this.#writeUnvouchedAgain(content, scan, goodEnd);
    segment.bytes = goodEnd;
  }

  /** Throws MisfitError where the database cannot go on from the journal's end without a hole. */
  #checkFit({ records }: SegmentScan): void {
    const { source } = this.#parts;
    const { sequence, hash } = this.#end;
    const inDatabase = source.hashAt(sequence);
    const furthest = records.at(-1)?.sequence ?? sequence;
    if (inDatabase === undefined || source.hashAt(furthest) === undefined) {
      throw new MisfitError(`it reaches to command ${furthest}, which the database does not have`);
    }
    if (inDatabase !== hash) throw new MisfitError(`its command ${sequence} is not that of the database`);
    if (sequence < source.expiredTo) {
      throw new MisfitError(`it ends at command ${sequence}, and the bodies after it have expired`);
    }
  }

  /**
   * The last batch is written again where it lies: had its fsync failed, the file system might show what is not on the
   * disk, and no later fsync would tell.
   */
  #writeUnvouchedAgain(content: Buffer, { records, vouched }: SegmentScan, goodEnd: number): void {
    if (this.#segment === null) return;
    const { descriptor } = this.#segment;
    const start = records.find(({ sequence }) => sequence > vouched)?.offset ?? goodEnd;
    if (start < goodEnd) writeFully(descriptor, content.subarray(start, goodEnd), start);
    fsyncSync(descriptor);
  }

  /** Begins with the first command that is this epoch's own where other journals have all before it, else with all there are. */
  async #begin(): Promise<void> {
    const { source } = this.#parts;
    const base = (await this.#isHeldByOthers()) ? (source.lineage[0]?.branchSequence ?? 0) : source.expiredTo;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    syncFolder(dirname(this.folder));
    this.#end = { sequence: base, hash: source.hashAt(base) ?? '', at: null };
  }

  /** Whether the other journals lead up to the point where this epoch branched, to the very command. */
  async #isHeldByOthers(): Promise<boolean> {
    const { root, source } = this.#parts;
    const { lineage, expiredTo } = source;
    const { branchSequence = 0, branchHash } = lineage[0] ?? {};
    if (branchSequence <= expiredTo) return false;
    const { journals } = await surveyJournals(root);
    const { reach, legs } = replayPath({ epoch: null, sequence: expiredTo }, lineage, journals, null);
    const leg = legs.at(-1);
    if (leg === undefined || reach < branchSequence) return false;
    const [row] = journaledRows({ ...leg, from: branchSequence, to: branchSequence });
    return row?.hash === branchHash;
  }
}

function hasSegments(folder: string): boolean {
  return existsSync(folder) && segmentsAmong(folder, readdirSync(folder)).length > 0;
}

function writeFully(descriptor: number, bytes: Buffer, position: number): void {
  for (let from = 0; from < bytes.length; ) {
    from += writeSync(descriptor, bytes, from, bytes.length - from, position + from);
  }
}
