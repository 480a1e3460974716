// Pure rule: safe mode, a core that does not answer and a stop that takes its time, in words.

import type { ServerStatus } from '@masala/protocol/control';
import { counted } from '../texts.ts';

/** Times of day instead of ages: in a log, a line that only ages is no news. */
export function describeCondition({ core, stopping }: ServerStatus): string[] {
  const lines: string[] = [];
  if (core.safeMode) {
    lines.push(
      '! Safe mode: all can be read, nothing can be saved, since the core died too often.',
      '  `masala-server lives` shows why; `masala-server restart` tries again in full.',
    );
  }
  if (core.suspectSince !== null) {
    lines.push(
      `! The core has not answered since ${timeOfDay(core.suspectSince)}.`,
      '  If it stays silent it is ended and started again by itself.',
    );
  }
  if (stopping !== null) {
    const { since, forcedAt, pending } = stopping;
    const left = pending === 0 ? 'nothing is pending' : `${counted.commands(pending)} pending`;
    lines.push(
      `Stopping since ${timeOfDay(since)}: ${left}; what is left is forced at ${timeOfDay(forcedAt)}.`,
    );
  }
  return lines;
}

function timeOfDay(utcMs: number): string {
  return new Date(utcMs).toLocaleTimeString();
}
