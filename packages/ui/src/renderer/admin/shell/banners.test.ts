// Which banners stand above the pages, in which order, and when they go.
import { type NoticeName, noticeOf, notices } from '@masala/protocol/tables';
import { deathBy, NOW, statusWith } from '../../../bridge/testing-status.ts';
import { createFormats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { type BannerFacts, bannersOf } from './banners.ts';

const words = texts.shell.banners;
const HOUR_MS = 3_600_000;

function banners(facts: Partial<BannerFacts>) {
  return bannersOf({
    status: statusWith(),
    lostSince: null,
    now: NOW,
    dismissed: new Set(),
    isConditionShown: false,
    isFirstRun: false,
    formats: createFormats('en-GB', 'UTC'),
    ...facts,
  });
}

const lowDisk = {
  name: 'disk-low',
  level: 'warn',
  message: 'Low disk space — 412 MB remaining. Data operations may fail.',
  hint: 'Free space on the drive of C:\\Masala.',
  since: NOW,
} as const;
const unreachable = {
  ...lowDisk,
  name: 'second-folder-unreachable',
  level: 'error',
  message: 'Gone: E:\\',
} as const;

test('a server that runs well has none', () => {
  expect(banners({})).toEqual([]);
});

test('notices are told in their own words, errors before warnings, and cannot be put away', () => {
  const told = banners({ status: statusWith({ flags: ['degraded'], notices: [lowDisk, unreachable] }) });
  expect(told.map(({ title, tone, isDismissible }) => [title, tone, isDismissible])).toEqual([
    ['Gone: E:\\', 'bad', false],
    ['Low disk space — 412 MB remaining. Data operations may fail.', 'warn', false],
  ]);
  expect(told[0]?.action?.kind).toBe('backups');
});

test('a new database is no news in the first run, and everywhere else it is', () => {
  const created = { ...lowDisk, name: 'database-created', message: 'A new empty database has been created.' };
  const status = statusWith({ notices: [created, lowDisk] });
  expect(banners({ status, isFirstRun: true }).map(({ title }) => title)).toEqual([lowDisk.message]);
  expect(banners({ status })).toHaveLength(2);
});

test('a silent supervisor is told at once, with how long, and nothing of before beside it', () => {
  const told = banners({ status: null, lostSince: NOW - 5_000 });
  expect(told.map((banner) => banner.title)).toEqual([words.lost]);
  expect(told[0]?.hint).toContain('5 secs');
});

test.each([
  [{ core: { suspectSince: NOW - 21_000 } }, words.suspect],
  [
    { state: 'starting', core: { pid: null, lastDeath: deathBy('killed', NOW), mendsDeath: true } },
    words.coreDown,
  ],
  [{ state: 'stopped', core: { pid: null } }, words.stopped],
  [{ flags: ['read-only'], core: { safeMode: true } }, words.safeMode],
  [{ flags: ['degraded'] }, words.degraded],
] as const)('%j', (changes, title) => {
  const status = statusWith({ ...changes, flags: 'flags' in changes ? [...changes.flags] : [] });
  expect(banners({ status }).map((banner) => banner.title)).toEqual([title]);
  // The dashboard says the same in large words.
  expect(banners({ status, isConditionShown: true })).toEqual([]);
});

test('a core that cannot start says why where the way to mend it is', () => {
  const death = { ...deathBy('exited', NOW), reason: '10.1.1.1 is not an address of this PC' };
  const status = statusWith({ state: 'stopped', core: { pid: null, lastDeath: death } });
  expect(banners({ status })[0]?.hint).toContain('Cause: 10.1.1.1 is not an address of this PC');
});

test('in recovery the page is the dialogue; where it is not, the banner leads to it', () => {
  const status = statusWith({ state: 'recovery' });
  expect(banners({ status, isConditionShown: true })).toEqual([]);
  expect(banners({ status })).toMatchObject([
    { title: words.recovery, tone: 'bad', action: { kind: 'recovery' } },
  ]);
});

test.each(Object.keys(notices) as NoticeName[])('what is to be done about %s is one press away', (name) => {
  const notice = noticeOf(name, {}, NOW);
  const [banner] = banners({ status: statusWith({ notices: [notice] }) });
  expect(banner?.action?.label).toBeTruthy();
  expect(banner?.hint).toBe(notice.hint);
});

test('a lasting cause stays on the screen, whatever was put away, and goes with its cause', () => {
  const status = statusWith({ notices: [lowDisk, unreachable] });
  const ids = banners({ status }).map(({ id }) => id);
  expect(banners({ status, dismissed: new Set(ids) }).map(({ id }) => id)).toEqual(ids);
  expect(banners({ status: statusWith({ notices: [lowDisk] }) }).map(({ title }) => title)).toEqual([
    lowDisk.message,
  ]);
});

test('a restart after a hang is told for a day, or until that one is put away', () => {
  const hungAt = (at: number) => statusWith({ core: { lastDeath: deathBy('hung', at) } });
  const [banner] = banners({ status: hungAt(NOW - 2 * HOUR_MS) });
  expect(banner).toMatchObject({ title: words.hung('2 hours ago'), isDismissible: true });
  const dismissed = new Set([banner?.id ?? '']);
  expect(banners({ status: hungAt(NOW - 2 * HOUR_MS), dismissed })).toEqual([]);
  expect(banners({ status: hungAt(NOW - HOUR_MS), dismissed }).length).toBe(1);
  expect(banners({ status: null, dismissed: new Set(['lost']) }).map(({ id }) => id)).toEqual(['lost']);
  expect(banners({ status: hungAt(NOW - 25 * HOUR_MS) })).toEqual([]);
  expect(banners({ status: statusWith({ core: { lastDeath: deathBy('killed', NOW) } }) })).toEqual([]);
});
