// What the journals on the second drive hold, read through to the last byte: for the admin's choice, and for a restore.

import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { hasErrorCode } from '@masala/protocol/control';
import { limits, reasonOf } from '@masala/protocol/tables';
import type { Lineage } from '../../store/open.ts';
import { inTime, NoAnswerError } from '../in-time.ts';
import { decodeRow, type FoundRecord, type SegmentHeader, type SegmentScan, scanSegment } from './segment.ts';

/** Commands that follow each other without a gap, of one segment. */
export interface JournalStretch {
  readonly from: number;
  readonly to: number;
  /** UTC ms at which the first and the last of them were booked. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The journal of one epoch. */
export interface EpochJournal {
  readonly folder: string;
  readonly epoch: string;
  /** Newest first; the first entry is the epoch's own. */
  readonly lineage: Lineage;
  readonly serverId: string;
  /** In their order. */
  readonly stretches: readonly JournalStretch[];
  readonly bytes: number;
  /** What a crash or a power cut broke off, from this command on: it was never told to be safe. */
  readonly tornTail: { readonly sequence: number; readonly bytes: number } | null;
  /** What was safe once and cannot be read any more; `sequence` is the first command that is missing there. */
  readonly problems: readonly { readonly sequence: number; readonly reason: string }[];
  /** Kept, but not to be followed: the database had gone another way (see journal-file.ts). */
  readonly isSetAside: boolean;
}

export interface JournalSurvey {
  readonly folder: string;
  readonly journals: readonly EpochJournal[];
  /** Journals of which nothing can be told. */
  readonly unreadable: readonly { readonly folder: string; readonly reason: string }[];
  /** Why the folder could not be looked into: what it has is then unknown, not nothing. */
  readonly unreachable: string | null;
}

const SEGMENT_NAME = /^(\d{16})\.journal$/;
/** What is written behind the epoch in the name of a journal that was set aside. */
const SET_ASIDE = '.set-aside-';

export function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(16, '0')}.journal`;
}

/** The folder's new name; `at` in UTC ms. */
export function setAsideName(folder: string, at: number): string {
  return `${folder}${SET_ASIDE}${new Date(at).toISOString().replace(/[-:.]/g, '')}`;
}

export function isSetAside(folder: string): boolean {
  return folder.includes(SET_ASIDE);
}

export interface SegmentFile {
  readonly path: string;
  readonly firstSequence: number;
}

/** The segments among the names in a folder, in their order. */
export function segmentsAmong(folder: string, names: readonly string[]): SegmentFile[] {
  return names
    .flatMap((name) => {
      const first = SEGMENT_NAME.exec(name)?.[1];
      return first === undefined ? [] : [{ path: join(folder, name), firstSequence: Number(first) }];
    })
    .sort((one, other) => one.firstSequence - other.firstSequence);
}

/** Reads all journals in a folder. Never rejects. A segment is read at a time, and the loop turns between two. */
export async function surveyJournals(folder: string): Promise<JournalSurvey> {
  const journals: EpochJournal[] = [];
  const unreadable: { folder: string; reason: string }[] = [];
  // The name under which everybody asks the second folder: if it hangs, one of them hangs with it.
  const drive = dirname(dirname(folder));
  try {
    for (const entry of await entriesOf(folder, drive)) {
      if (!entry.isDirectory()) continue;
      const path = join(folder, entry.name);
      try {
        const journal = await surveyEpoch(path, drive);
        if (journal !== null) journals.push(journal);
      } catch (error) {
        // The drive hangs by now: what else is on it is unknown too.
        if (error instanceof NoAnswerError) throw error;
        unreadable.push({ folder: path, reason: reasonOf(error) });
      }
    }
    return { folder, journals, unreadable, unreachable: null };
  } catch (error) {
    return { folder, journals, unreadable, unreachable: reasonOf(error) };
  }
}

/** Reads one epoch's journal; null where nothing was ever in it. Rejects where it has no segment whose header is whole. */
async function surveyEpoch(folder: string, drive: string): Promise<EpochJournal | null> {
  const segments = segmentsAmong(folder, await patiently(drive, () => readdir(folder)));
  if (segments.length === 0) return null;
  const stretches: JournalStretch[] = [];
  const problems: { sequence: number; reason: string }[] = [];
  let tornTail: EpochJournal['tornTail'] = null;
  let header: SegmentHeader | null = null;
  let bytes = 0;
  let next = segments[0]?.firstSequence ?? 0;
  for (const [index, { path, firstSequence }] of segments.entries()) {
    const content = await patiently(drive, () => readFile(path));
    await turn();
    const scan = scanSegment(content, firstSequence, index === segments.length - 1);
    bytes += content.length;
    header ??= scan.header;
    if (scan.header === null)
      problems.push({ sequence: firstSequence, reason: 'the head of a segment is damaged' });
    if (firstSequence > next) problems.push({ sequence: next, reason: 'a segment is missing or cut' });
    for (const { type, sequence, offset, end } of scan.bad) {
      if (type === 'torn') tornTail = { sequence, bytes: end - offset };
      else problems.push({ sequence, reason: 'a record is damaged' });
    }
    stretches.push(...stretchesOf(content, scan));
    next = (scan.records.at(-1)?.sequence ?? firstSequence - 1) + 1;
  }
  const [own] = header?.lineage ?? [];
  if (header === null || own === undefined) throw new Error('it has no segment whose head can be read');
  const { lineage, serverId } = header;
  return {
    folder,
    epoch: own.epoch,
    lineage,
    serverId,
    stretches,
    bytes,
    tornTail,
    problems,
    isSetAside: isSetAside(folder),
  };
}

function stretchesOf(content: Buffer, { records }: SegmentScan): JournalStretch[] {
  const runs: FoundRecord[][] = [];
  for (const record of records) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.sequence === record.sequence - 1) run.push(record);
    else runs.push([record]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { at: firstAt } = decodeRow(content, first);
    return [{ from: first.sequence, to: last.sequence, firstAt, lastAt: decodeRow(content, last).at }];
  });
}

/** A slow drive takes seconds for a segment, and one that hangs is not waited for for ever: with it would a start. */
function patiently<Value>(drive: string, look: () => Promise<Value>): Promise<Value> {
  return inTime(drive, look, limits.secondFolderStallMs);
}

/** A folder that is not there, on a drive that is, has no journals. */
async function entriesOf(folder: string, drive: string): Promise<Dirent[]> {
  try {
    return await inTime(drive, () => readdir(folder, { withFileTypes: true }));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
