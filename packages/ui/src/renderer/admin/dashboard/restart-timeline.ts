// The lives of the core as a timeline in plain words: the rule alone.

import type { Life } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';

export interface TimelineEntry {
  readonly key: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'neutral';
  readonly title: string;
  /** How long it served, what is known of its end, and how long nothing served afterwards. */
  readonly details: readonly string[];
  /** UTC ms: the end of a life, or the start of the present one. */
  readonly at: number;
}

const words = texts.dashboard.restarts;

const tones = {
  hung: 'bad',
  killed: 'warn',
  exited: 'warn',
  'start-timeout': 'bad',
  'stop-timeout': 'warn',
  'spawn-failed': 'bad',
  unknown: 'warn',
  stopped: 'neutral',
} as const satisfies Record<NonNullable<Life['cause']>, TimelineEntry['tone']>;

/** Newest first, as the lives are. */
export function timelineOf(lives: readonly Life[], now: number, formats: Formats): readonly TimelineEntry[] {
  return lives.map((life, index) =>
    life.cause === null || life.endedAt === null
      ? present(life, now, formats)
      : ended(life, life.cause, life.endedAt, lives[index - 1], formats),
  );
}

function present(life: Life, now: number, formats: Formats): TimelineEntry {
  const { servedAt } = life;
  return {
    key: keyOf(life),
    tone: servedAt === null ? 'warn' : 'good',
    title: servedAt === null ? words.starting : words.running,
    details: servedAt === null ? [] : [words.runningSince(formats.duration(now - servedAt))],
    at: life.startedAt,
  };
}

function ended(
  life: Life,
  cause: NonNullable<Life['cause']>,
  endedAt: number,
  next: Life | undefined,
  formats: Formats,
): TimelineEntry {
  const { servedAt, reason, signal, exitCode } = life;
  const details = [
    servedAt === null ? words.neverServed : words.served(formats.duration(endedAt - servedAt)),
  ];
  if (reason !== null) details.push(reason);
  else if (cause === 'killed' && signal !== null) details.push(words.signal(signal));
  else if (cause === 'exited' && exitCode !== null) details.push(words.exitCode(exitCode));
  if (next === undefined) details.push(words.notBack);
  else if (next.servedAt !== null) details.push(words.back(formats.duration(next.servedAt - endedAt)));
  return { key: keyOf(life), tone: tones[cause], title: words.causes[cause], details, at: endedAt };
}

function keyOf(life: Life): string {
  return `${life.startedAt}-${life.pid}`;
}
