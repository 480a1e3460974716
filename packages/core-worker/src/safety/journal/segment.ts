// The journal's file format. A segment is a header of three text lines (so that a person sees what the file is), then records.
//
//     MASALA JOURNAL 1
//     {"serverId":…,"lineage":[…],"firstSequence":…,"previousHash":…,"begunAt":…}
//     SHA-256 of the two lines above
//     record: mark | bytes of the row | CRC-32 | sequence | vouched | the row of `commands` as a JSON array
//
// Each record vouches for the commands that were on this disk, fsynced, before it was written. So a bad record that a later
// one vouches for is damage; any other is the torn tail of a write that a crash or a power cut broke off, and nobody was
// ever told that it was safe.

import { crc32 } from 'node:zlib';
import { sha256Hex } from '@masala/protocol/canonical';
import type { Lineage } from '../../store/open.ts';
import type { CommandRow } from '../../store/replay.ts';

const TITLE = 'MASALA JOURNAL 1';
/** Begins with a byte that UTF-8 never has: no text of a row can be taken for it. */
const MARK = Buffer.from([0xff, 0x4d, 0x4a, 0x52]);
const LENGTH_AT = 4;
const CHECKSUM_AT = 8;
/** The checksum covers all that follows it, and with the length it covers how far. */
const SEQUENCE_AT = 12;
const VOUCHED_AT = 20;
const ROW_AT = 28;

export interface SegmentHeader {
  readonly serverId: string;
  /** That of the database, newest first: the first entry is the epoch of this journal. */
  readonly lineage: Lineage;
  /** Of the first record. */
  readonly firstSequence: number;
  /** The hash of the command before it: what the first record is chained to. */
  readonly previousHash: string;
  /** UTC ms: everything in the segments before this one was booked by then. */
  readonly begunAt: number;
}

/** A record as it lies in a segment. */
export interface FoundRecord {
  readonly sequence: number;
  readonly offset: number;
  readonly end: number;
}

/** A stretch of a segment that holds no good record. */
export interface BadStretch {
  /** The first command that is missing there. */
  readonly sequence: number;
  readonly offset: number;
  readonly end: number;
  /** damaged: it was safely on this disk once; torn: it never was for certain. */
  readonly type: 'damaged' | 'torn';
}

export interface SegmentScan {
  /** Null where it cannot be read. */
  readonly header: SegmentHeader | null;
  readonly records: readonly FoundRecord[];
  readonly bad: readonly BadStretch[];
  /** The newest command that a record vouches for; 0 where there is none. */
  readonly vouched: number;
}

/** The header of a new segment. */
export function encodeHeader(header: SegmentHeader): string {
  const text = `${TITLE}\n${JSON.stringify(header)}\n`;
  return `${text}${sha256Hex(text)}\n`;
}

/** A record; `vouched` is the newest command that is on this disk by now, fsynced. */
export function encodeRecord(row: CommandRow, vouched: number): Buffer {
  const text = JSON.stringify([
    row.sequence,
    row.commandId,
    row.deviceId,
    row.userId,
    row.method,
    row.at,
    row.outcome,
    row.digest,
    row.body,
    row.decided,
    row.decidedDigest,
    row.answer,
    row.answerDigest,
    row.hash,
  ]);
  const bytes = Buffer.byteLength(text);
  const record = Buffer.allocUnsafe(ROW_AT + bytes);
  MARK.copy(record);
  record.writeUInt32BE(bytes, LENGTH_AT);
  record.writeDoubleBE(row.sequence, SEQUENCE_AT);
  record.writeDoubleBE(vouched, VOUCHED_AT);
  record.write(text, ROW_AT);
  record.writeUInt32BE(checksumOf(record), CHECKSUM_AT);
  return record;
}

/** The row of a record that the scan found good. */
export function decodeRow(segment: Buffer, { offset, end }: FoundRecord): CommandRow {
  const row = JSON.parse(segment.toString('utf8', offset + ROW_AT, end)) as unknown[];
  const [sequence, commandId, deviceId, userId, method, at, outcome, digest, ...texts] = row;
  const [body, decided, decidedDigest, answer, answerDigest, hash] = texts;
  return {
    sequence,
    commandId,
    deviceId,
    userId,
    method,
    at,
    outcome,
    digest,
    body,
    decided,
    decidedDigest,
    answer,
    answerDigest,
    hash,
  } as CommandRow;
}

/**
 * Finds all good records of a segment, and every stretch without one. `firstSequence` is that of the file's name, for a
 * header that is damaged; `isLast`: whether it is the newest segment, since only that one can have a torn tail.
 */
export function scanSegment(segment: Buffer, firstSequence: number, isLast: boolean): SegmentScan {
  const found = decodeHeader(segment);
  const records: FoundRecord[] = [];
  const gaps: Omit<BadStretch, 'type'>[] = [];
  let vouched = 0;
  let expected = firstSequence;
  let offset = found === null ? nextMark(segment, 0) : found.end;
  while (offset < segment.length) {
    const record = recordAt(segment, offset);
    if (record === null || record.sequence < expected) {
      const end = nextMark(segment, offset + 1);
      // Neighbouring stretches are one: a mark alone is no record yet.
      const before = gaps.at(-1);
      if (before?.end === offset) gaps.splice(-1, 1, { ...before, end });
      else gaps.push({ sequence: expected, offset, end });
      offset = end;
      continue;
    }
    if (record.sequence > expected && gaps.at(-1)?.end !== offset) {
      gaps.push({ sequence: expected, offset, end: offset });
    }
    records.push(record);
    vouched = Math.max(vouched, segment.readDoubleBE(offset + VOUCHED_AT));
    expected = record.sequence + 1;
    offset = record.end;
  }
  return {
    header: found?.header ?? null,
    vouched,
    ...withoutTornTail(records, gaps, isLast ? vouched : null),
  };
}

/** Tells damage from a torn tail, and cuts the tail: what comes after it was never on the disk for certain either. */
function withoutTornTail(
  records: readonly FoundRecord[],
  gaps: readonly Omit<BadStretch, 'type'>[],
  vouched: number | null,
): Pick<SegmentScan, 'records' | 'bad'> {
  const torn = vouched === null ? undefined : gaps.find(({ sequence }) => sequence > vouched);
  const damaged = (torn === undefined ? gaps : gaps.slice(0, gaps.indexOf(torn))).map((gap) => {
    return { ...gap, type: 'damaged' as const };
  });
  if (torn === undefined) return { records, bad: damaged };
  const end = Math.max(torn.end, records.at(-1)?.end ?? 0, gaps.at(-1)?.end ?? 0);
  return {
    records: records.filter(({ offset }) => offset < torn.offset),
    bad: [...damaged, { ...torn, end, type: 'torn' }],
  };
}

/** The header at the beginning of a segment and where it ends, or null where it is not whole. */
export function decodeHeader(segment: Buffer): { header: SegmentHeader; end: number } | null {
  const titleEnd = segment.indexOf(0x0a);
  const textEnd = titleEnd < 0 ? -1 : segment.indexOf(0x0a, titleEnd + 1);
  const end = textEnd < 0 ? -1 : segment.indexOf(0x0a, textEnd + 1);
  if (end < 0 || segment.toString('latin1', 0, titleEnd) !== TITLE) return null;
  const text = segment.toString('utf8', 0, textEnd + 1);
  if (sha256Hex(text) !== segment.toString('latin1', textEnd + 1, end)) return null;
  return { header: JSON.parse(text.slice(titleEnd + 1)) as SegmentHeader, end: end + 1 };
}

function recordAt(segment: Buffer, offset: number): FoundRecord | null {
  if (segment.length - offset < ROW_AT || segment.compare(MARK, 0, 4, offset, offset + 4) !== 0) return null;
  const end = offset + ROW_AT + segment.readUInt32BE(offset + LENGTH_AT);
  if (end > segment.length) return null;
  if (checksumOf(segment.subarray(offset, end)) !== segment.readUInt32BE(offset + CHECKSUM_AT)) return null;
  return { sequence: segment.readDoubleBE(offset + SEQUENCE_AT), offset, end };
}

function nextMark(segment: Buffer, from: number): number {
  const at = segment.indexOf(MARK, from);
  return at < 0 ? segment.length : at;
}

function checksumOf(record: Buffer): number {
  return crc32(record.subarray(SEQUENCE_AT));
}
