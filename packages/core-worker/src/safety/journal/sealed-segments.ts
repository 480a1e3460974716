// The older segments of a journal, which nobody writes any more: read again now and then, and copied anew where they are damaged.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import { limits } from '@masala/protocol/tables';
import type { JournalFileParts } from './journal-file.ts';
import { encodeHeader, encodeRecord, scanSegment } from './segment.ts';
import { segmentName, segmentsAmong } from './survey.ts';

/**
 * Checks the oldest sealed segment that begins after `after` (a first sequence); where it is damaged, or one is missing
 * behind it, copies that range anew from the database, as far as it has the bodies. Gives its first sequence, or null
 * where there is none left to check. Throws what the file system and SQLite do.
 */
export function checkSealedSegment(folder: string, after: number, parts: JournalFileParts): number | null {
  const segments = segmentsAmong(folder, readdirSync(folder));
  const index = segments.findIndex(({ firstSequence }) => firstSequence > after);
  const [segment, next] = [segments[index], segments[index + 1]];
  if (segment === undefined || next === undefined) return null;
  const { path, firstSequence } = segment;
  const last = next.firstSequence - 1;
  const { header, records } = scanSegment(readOrNothing(path), firstSequence, false);
  if (header === null || records.length !== last - firstSequence + 1) {
    const isMended = firstSequence > parts.source.expiredTo;
    if (isMended) copyAnew(folder, firstSequence, last, parts);
    const found = new Set(records.map(({ sequence }) => sequence));
    let sequence = firstSequence;
    while (found.has(sequence)) sequence += 1;
    parts.say('journal.damaged', { folder, sequence: Math.min(sequence, last), isMended });
  }
  return firstSequence;
}

/** A file with a bad sector is damaged as a whole: what replaces it lies elsewhere on the drive. */
function readOrNothing(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasErrorCode(error, 'EIO')) return Buffer.alloc(0);
    throw error;
  }
}

/** Each new segment replaces the one of its name as a whole: what is good of the old one stays readable until then. */
function copyAnew(folder: string, first: number, last: number, parts: JournalFileParts): void {
  const { source, serverId, now, segmentBytes = limits.journalSegmentBytes } = parts;
  for (let sequence = first; sequence <= last; ) {
    const { rows } = source.rowsAfter(sequence - 1, segmentBytes, last);
    const newest = rows.at(-1);
    if (newest === undefined) return;
    const header = encodeHeader({
      serverId,
      lineage: source.lineage,
      firstSequence: sequence,
      previousHash: source.hashAt(sequence - 1) ?? '',
      begunAt: now(),
    });
    const records = rows.map((row) => encodeRecord(row, last));
    replaceFileDurably(join(folder, segmentName(sequence)), Buffer.concat([Buffer.from(header), ...records]));
    sequence = newest.sequence + 1;
  }
}
