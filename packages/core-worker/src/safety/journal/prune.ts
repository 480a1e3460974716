// When segments of the journal may go: they are older than a year, and every good backup has what is in them.

import { closeSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '@masala/protocol/durable-file';
import { decodeHeader } from './segment.ts';
import { isSetAside, segmentsAmong } from './survey.ts';

export interface PrunableSegment {
  readonly firstSequence: number;
  /** UTC ms; null: its head cannot be read. */
  readonly begunAt: number | null;
}

/** However old they seem: a clock may be wrong. 256 MiB, which is months of a busy factory. */
const SEGMENTS_KEPT = 16;

export interface PruneRule {
  /** UTC ms: what was booked before is old. */
  readonly before: number;
  /** The newest command of the oldest good backup: whichever of them a restore takes, it needs nothing up to here. */
  readonly coveredSequence: number;
  readonly keptMin?: number;
}

/**
 * Pure: how many of the oldest segments may go. A segment ends where the next one begins, by sequence and by time; so the
 * newest always stays.
 */
export function prunableCount(
  segments: readonly PrunableSegment[],
  { before, coveredSequence, keptMin = SEGMENTS_KEPT }: PruneRule,
): number {
  const kept = segments.findIndex((_, index) => {
    const next = segments[index + 1];
    if (next === undefined || index >= segments.length - keptMin || next.begunAt === null) return true;
    return next.begunAt >= before || next.firstSequence - 1 > coveredSequence;
  });
  return Math.max(0, kept);
}

/** Removes what may go from the journals of all epochs; gives how many segments. Throws what the file system does. */
export function pruneJournals(root: string, rule: PruneRule): number {
  let removed = 0;
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const folder = join(root, entry.name);
    if (!entry.isDirectory() || isSetAside(folder)) continue;
    const segments = segmentsAmong(folder, readdirSync(folder)).map((segment) => {
      return { ...segment, begunAt: begunAtOf(segment.path) };
    });
    const due = segments.slice(0, prunableCount(segments, rule));
    // The oldest first: broken off anywhere, it leaves no hole.
    for (const { path } of due) rmSync(path);
    if (due.length > 0) syncFolder(folder);
    removed += due.length;
  }
  return removed;
}

/** A head has 200 bytes for each restore that the server has seen: 64 KiB is three hundred of them. */
const HEAD_BYTES = 64 * 1024;

function begunAtOf(path: string): number | null {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(file, head, 0, HEAD_BYTES, 0);
    return decodeHeader(head.subarray(0, length))?.header.begunAt ?? null;
  } finally {
    closeSync(file);
  }
}
