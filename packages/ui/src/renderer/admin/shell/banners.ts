// Which banners stand above every page, and what they say: the rule alone.

import type { NoticeName } from '@masala/protocol/tables';
import type { ServerStatus } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { conditionOf } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';

/** Long enough that whoever comes in the next morning still learns of it. */
const HUNG_TOLD_MS = 24 * 3_600_000;

export type BannerAction = 'restart' | 'recovery' | 'logs' | 'backups' | 'settings';

export interface BannerTold {
  /** Of this occurrence: a banner that was put away comes back when it happens again. */
  readonly id: string;
  readonly tone: 'info' | 'warn' | 'bad';
  readonly title: string;
  readonly hint: string;
  readonly action?: { readonly kind: BannerAction; readonly label: string };
  readonly isDismissible?: boolean;
}

export interface BannerFacts {
  /** Null while the supervisor does not answer. */
  readonly status: ServerStatus | null;
  /** UTC ms since when it does not; null while it does. */
  readonly lostSince: number | null;
  readonly now: number;
  readonly dismissed: ReadonlySet<string>;
  /** The page itself says in large words how the server stands, as the dashboard does: no banner repeats it. */
  readonly isConditionShown: boolean;
  /** The page is the first run, where a new database is what everybody expects. */
  readonly isFirstRun: boolean;
  readonly formats: Formats;
}

const words = texts.shell.banners;

/** The most urgent first. */
export function bannersOf(facts: BannerFacts): readonly BannerTold[] {
  const { status, dismissed } = facts;
  const condition = facts.isConditionShown ? null : conditionBanner(facts);
  const all = status === null ? [] : [...noticeBanners(status, facts), ...hungBanner(status, facts)];
  // What was dismissed is remembered where others can write: it never hides what cannot be dismissed.
  return [...(condition === null ? [] : [condition]), ...all].filter(
    ({ id, isDismissible }) => isDismissible !== true || !dismissed.has(id),
  );
}

function conditionBanner({ status, lostSince, now, formats }: BannerFacts): BannerTold | null {
  const condition = conditionOf(status);
  const elapsed = (since: number | null | undefined) => formats.duration(now - (since ?? now));
  switch (condition) {
    case 'running':
      return null;
    case 'recovery':
      return {
        id: 'recovery',
        tone: 'bad',
        title: words.recovery,
        hint: words.recoveryHint,
        action: { kind: 'recovery', label: words.toRecovery },
      };
    case 'lost':
      return {
        id: 'lost',
        tone: 'bad',
        title: words.lost,
        hint: `${words.lostFor(elapsed(lostSince))} ${words.lostHint}`,
      };
    case 'restarting':
      return { id: 'restarting', tone: 'bad', title: words.coreDown, hint: words.coreDownHint };
    case 'suspect':
      return {
        id: 'suspect',
        tone: 'bad',
        title: words.suspect,
        hint: words.suspectHint(elapsed(status?.core.suspectSince)),
      };
    case 'starting':
      return { id: 'starting', tone: 'info', title: words.starting, hint: words.startingHint };
    case 'draining':
      return {
        id: 'draining',
        tone: 'warn',
        title: words.draining,
        hint: words.drainingHint(status?.stopping?.pending ?? 0),
      };
    case 'stopped': {
      const reason = status?.core.lastDeath?.reason ?? null;
      return {
        id: 'stopped',
        tone: 'bad',
        title: words.stopped,
        hint: reason === null ? words.stoppedHint : words.stoppedBecause(reason),
        action: { kind: 'restart', label: words.start },
      };
    }
    case 'safe-mode':
      return {
        id: 'safe-mode',
        tone: 'bad',
        title: words.safeMode,
        hint: words.safeModeHint,
        action: { kind: 'restart', label: words.restarting },
      };
    case 'locked':
      return { id: 'locked', tone: 'bad', title: words.locked, hint: words.lockedHint };
    case 'read-only':
      return {
        id: 'read-only',
        tone: 'warn',
        title: words.readOnly,
        hint: words.readOnlyHint,
        action: { kind: 'logs', label: words.toLogs },
      };
    case 'degraded':
      // A notice says the same with its cause; without one, this does.
      if (status?.notices.some((notice) => notice.level !== 'info')) return null;
      return {
        id: 'degraded',
        tone: 'warn',
        title: words.degraded,
        hint: words.degradedHint,
        action: { kind: 'logs', label: words.toLogs },
      };
  }
}

const noticeTones = { info: 'info', warn: 'warn', error: 'bad' } as const;
const urgency = { error: 0, warn: 1, info: 2 } as const;

const toBackups = { kind: 'backups', label: words.toBackups } as const;
const toSettings = { kind: 'settings', label: words.toSettings } as const;
const toLogs = { kind: 'logs', label: words.toLogs } as const;

/** Where each can be acted on, or more of it be seen. */
const noticeActions: Readonly<Record<NoticeName, NonNullable<BannerTold['action']>>> = {
  'disk-low': toSettings,
  'backups-paused': toBackups,
  'backup-failed': toBackups,
  'second-folder-unreachable': toBackups,
  'second-folder-same-disk': toSettings,
  'journal-behind': toBackups,
  'journal-set-aside': toLogs,
  'database-created': toBackups,
  'database-recovered': toLogs,
  'restore-failed': toBackups,
  'database-salvaged': toLogs,
};

/** Exactly the words of the notice: they are the same in the tray, on the terminal and in the manual. */
function noticeBanners(status: ServerStatus, { isFirstRun }: BannerFacts): BannerTold[] {
  return status.notices
    .filter(({ name }) => !(isFirstRun && name === 'database-created'))
    .toSorted((left, right) => urgency[left.level] - urgency[right.level])
    .map((notice) => {
      // A newer server may have others.
      const action = noticeActions[notice.name as NoticeName] as BannerTold['action'];
      return {
        id: `notice:${notice.name}:${notice.since}`,
        tone: noticeTones[notice.level],
        title: notice.message,
        hint: notice.hint,
        ...(action === undefined ? {} : { action }),
        // What is only told once, and not a thing to be mended, may be put away.
        isDismissible: notice.level === 'info' || onceTold.has(notice.name),
      };
    });
}

const onceTold: ReadonlySet<string> = new Set([
  'database-created',
  'database-recovered',
  'database-salvaged',
]);

function hungBanner(status: ServerStatus, { now, formats }: BannerFacts): BannerTold[] {
  const death = status.core.lastDeath;
  if (death === null || death.cause !== 'hung' || now - death.at > HUNG_TOLD_MS) return [];
  return [
    {
      id: `hung:${death.at}`,
      tone: 'warn',
      title: words.hung(formats.age(death.at, now)),
      hint: words.hungHint,
      action: { kind: 'logs', label: words.toLogs },
      isDismissible: true,
    },
  ];
}
