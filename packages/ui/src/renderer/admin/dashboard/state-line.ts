// What the large line at the top of the dashboard says: the rule alone.

import type { ServerStatus } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { conditionOf, type ServerCondition, toneOf } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';

export interface StateLine {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  /** What it means, or what to do. */
  readonly advice: string;
  readonly action: 'add-device' | 'start' | 'restart' | 'logs' | null;
}

const words = texts.dashboard.state;

export function stateLineOf(status: ServerStatus | null, now: number, formats: Formats): StateLine {
  const condition = conditionOf(status);
  const line = (title: string, advice: string, action: StateLine['action'] = null): StateLine => ({
    tone: toneOf(condition),
    title,
    advice,
    action,
  });
  const lines: Record<ServerCondition, () => StateLine> = {
    lost: () => line(words.lost, words.lostAdvice),
    starting: () => line(words.starting, words.startingAdvice),
    restarting: () => line(words.restarting, words.restartingAdvice),
    recovery: () => line(words.recovery, words.recoveryAdvice),
    suspect: () =>
      line(words.suspect, words.suspectAdvice(formats.duration(now - (status?.core.suspectSince ?? now)))),
    draining: () => line(words.draining, words.drainingAdvice(status?.stopping?.pending ?? 0)),
    stopped: () => line(words.stopped, stoppedAdvice(status), 'start'),
    'safe-mode': () => line(words.safeMode, words.safeModeAdvice, 'restart'),
    locked: () => line(words.locked, words.lockedAdvice),
    'read-only': () => line(words.readOnly, words.readOnlyAdvice),
    degraded: () => attention(status) ?? line(words.degraded, words.degradedAdvice, 'logs'),
    running: () =>
      attention(status) ??
      ((status?.clients ?? 0) > 0
        ? line(words.running, words.runningWith(status?.clients ?? 0))
        : line(words.running, words.runningAlone, 'add-device')),
  };
  return lines[condition]();
}

/** It serves, but something is to be done: the banner above says what, and here stands how to mend it. */
function attention(status: ServerStatus | null): StateLine | null {
  const notice =
    status?.notices.find(({ level }) => level === 'error') ??
    status?.notices.find(({ level, name }) => level === 'warn' && !tellsOfThePast.has(name));
  return notice === undefined
    ? null
    : { tone: 'warn', title: words.attention, advice: words.attentionAdvice, action: null };
}

/** These stay on the screen as a banner until they are put away; there is nothing left to mend. */
const tellsOfThePast: ReadonlySet<string> = new Set([
  'database-created',
  'database-recovered',
  'database-salvaged',
]);

/** What the core said last, such as that its port is taken, says more than any advice. */
function stoppedAdvice(status: ServerStatus | null): string {
  const reason = status?.core.lastDeath?.reason ?? null;
  return reason === null ? words.stoppedAdvice : words.stoppedBecause(reason);
}
