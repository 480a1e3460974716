// Reads the commands of a stretch of a journal back, segment by segment, for the replay.

import { readdirSync, readFileSync } from 'node:fs';
import type { CommandRow } from '../../store/replay.ts';
import type { ReplayLeg } from './replay-path.ts';
import { decodeRow, scanSegment } from './segment.ts';
import { segmentsAmong } from './survey.ts';

/**
 * The rows of a leg in their order; what the disk does not give back any more is left out, which the replay notices by the
 * chain. Throws what the file system does.
 */
export function* journaledRows({ folder, from, to }: ReplayLeg): Generator<CommandRow> {
  const segments = segmentsAmong(folder, readdirSync(folder));
  for (const [index, { path, firstSequence }] of segments.entries()) {
    if (firstSequence > to) return;
    const next = segments[index + 1];
    if (next !== undefined && next.firstSequence <= from) continue;
    const content = readFileSync(path);
    for (const record of scanSegment(content, firstSequence, next === undefined).records) {
      if (record.sequence >= from && record.sequence <= to) yield decodeRow(content, record);
    }
  }
}
