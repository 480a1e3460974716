// Pure rule: which changes of the server deserve a notification. Each occurrence is told once, and nothing too often.

import type { ServerStatus } from '@masala/protocol/control';
import { texts } from '../texts.ts';

const words = texts.notifications;

/** What a person reads. */
export interface Notification {
  readonly title: string;
  readonly body: string;
  /** critical: stays until somebody takes it away. */
  readonly urgency: 'normal' | 'critical';
}

/** What the rule looks at. */
export interface Seen {
  readonly status: ServerStatus;
  /** Whether the core died for good: its state alone is the same after an ordered stop. */
  readonly isGivenUp: boolean;
}

export interface NoticeMemory {
  /** By subject: which occurrence was told, and when (monotonic ms). */
  readonly told: Readonly<Record<string, Told>>;
  /** Null before the first look: what lies before it is no news. */
  readonly restarts: number | null;
  readonly saidHidden: boolean;
}

interface Told {
  readonly occurrence: string;
  readonly at: number;
}

export const newNoticeMemory: NoticeMemory = { told: {}, restarts: null, saidHidden: false };

export interface NoticeStep {
  readonly memory: NoticeMemory;
  readonly notifications: readonly Notification[];
}

/** Of the notices in the status, those that a person has to hear of while no window is open. */
const NOTIFIED = ['disk-low', 'backups-paused', 'second-folder-unreachable'];

/** Who is told the same thing more often switches notifications off. */
const SAME_SUBJECT_PAUSE_MS = 10 * 60_000;

interface Occurrence extends Notification {
  readonly subject: string;
  /** A new one of the same subject is another occurrence. */
  readonly occurrence: string;
}

/** What is to be told after a change. `steadyMs` is monotonic. */
export function afterChange(memory: NoticeMemory, seen: Seen, steadyMs: number): NoticeStep {
  const { restarts } = seen.status.core;
  const isFirst = memory.restarts === null;
  const hung = isFirst || restarts === memory.restarts ? [] : restartedAfterHang(seen.status);
  // A restart is told once it is over: until then nobody knows whether it helps.
  const isPending = !isFirst && restarts !== memory.restarts && seen.status.state === 'starting';
  const told = { ...memory.told };
  const notifications: Notification[] = [];
  for (const one of [...hung, ...lasting(seen)]) {
    const before = told[one.subject];
    if (before?.occurrence === one.occurrence) continue;
    if (before !== undefined && steadyMs - before.at < SAME_SUBJECT_PAUSE_MS) continue;
    told[one.subject] = { occurrence: one.occurrence, at: steadyMs };
    notifications.push({ title: one.title, body: one.body, urgency: one.urgency });
  }
  return { memory: { ...memory, told, restarts: isPending ? memory.restarts : restarts }, notifications };
}

/** The window was closed: says, once in a session, that the server goes on. */
export function afterWindowHidden(memory: NoticeMemory): NoticeStep {
  if (memory.saidHidden) return { memory, notifications: [] };
  const hidden: Notification = { ...words.hidden, urgency: 'normal' };
  return { memory: { ...memory, saidHidden: true }, notifications: [hidden] };
}

/** "Exit Server" could not ask, since no dashboard could be opened. */
export const exitByCommand: Notification = { ...words.exitByCommand, urgency: 'normal' };

/** "Open Dashboard" opened nothing. */
export const dashboardUnavailable: Notification = { ...words.dashboardUnavailable, urgency: 'normal' };

function restartedAfterHang({ state, core }: ServerStatus): Occurrence[] {
  if (state !== 'running' || core.lastDeath?.cause !== 'hung') return [];
  return [
    {
      subject: 'hung',
      occurrence: String(core.lastDeath.at),
      ...words.restartedAfterHang,
      urgency: 'normal',
    },
  ];
}

/** What lasts, as the status has it now. */
function lasting({ status, isGivenUp }: Seen): Occurrence[] {
  const { recovery, notices, core } = status;
  const found: Occurrence[] = notices
    .filter(({ name }) => NOTIFIED.includes(name))
    .map(({ name, level, message, hint, since }) => ({
      subject: name,
      occurrence: String(since),
      title: message,
      body: hint,
      urgency: level === 'error' ? 'critical' : 'normal',
    }));
  if (recovery !== null && recovery.working === null) {
    found.push({
      subject: 'recovery',
      occurrence: String(recovery.since),
      title: recovery.question,
      body: words.recovery,
      urgency: 'critical',
    });
  }
  if (isGivenUp) {
    found.push({
      subject: 'given-up',
      occurrence: String(core.lastDeath?.at ?? 0),
      title: words.givenUp.title,
      body: core.lastDeath?.reason ?? words.givenUp.body,
      urgency: 'critical',
    });
  }
  return found;
}
