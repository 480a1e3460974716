// When backups are due and how long they stay: single cases, and years of a bad life.

import fc from 'fast-check';
import type { BackupKind } from './manifest.ts';
import { backupsToRemove, extraSnapshots, retentionRule } from './retention.ts';
import {
  dueBackups,
  nextOrder,
  type ScheduledKind,
  type ScheduleFacts,
  scheduledKinds,
  untilNextBackupMs,
} from './schedule.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 2, 14, 8);

describe('due', () => {
  const at = (agoMs: number, lastSequence = 7) => ({ madeAt: NOW - agoMs, epoch: 'e', lastSequence });
  const facts = (more: Partial<ScheduleFacts>): ScheduleFacts => ({
    now: NOW,
    intervalMs: 5 * MINUTE_MS,
    lastDurationMs: 0,
    present: { epoch: 'e', lastSequence: 8 },
    newest: { snapshot: at(0), daily: at(0), weekly: at(0) },
    uptimeMs: 0,
    madeAgoMs: {},
    ...more,
  });
  const due = (more: Partial<ScheduleFacts>) => dueBackups(facts(more));
  const nextIn = (more: Partial<ScheduleFacts>) => untilNextBackupMs(facts(more));
  const snapshot = (agoMs: number, lastSequence?: number) => ({
    newest: { snapshot: at(agoMs, lastSequence), daily: at(0), weekly: at(0) },
  });

  test('are all kinds where something was booked and nothing is there, and none where nothing was booked', () => {
    expect(due({ newest: {} })).toEqual(['snapshot', 'daily', 'weekly']);
    expect(due({ newest: {}, present: { epoch: 'e', lastSequence: 0 } })).toEqual([]);
  });

  test('is a snapshot after the interval when something changed, also when it is another epoch', () => {
    expect(due(snapshot(5 * MINUTE_MS - 1))).toEqual([]);
    expect(due(snapshot(5 * MINUTE_MS))).toEqual(['snapshot']);
    expect(due(snapshot(DAY_MS, 8))).toEqual([]);
    expect(due({ ...snapshot(DAY_MS, 8), present: { epoch: 'f', lastSequence: 8 } })).toEqual(['snapshot']);
  });

  test('is a snapshot of a large database so seldom that copying takes a twentieth of the time', () => {
    expect(due({ ...snapshot(19 * MINUTE_MS), lastDurationMs: MINUTE_MS })).toEqual([]);
    expect(due({ ...snapshot(20 * MINUTE_MS), lastDurationMs: MINUTE_MS })).toEqual(['snapshot']);
  });

  test('are a daily and a weekly one that were missed, at once after a start', () => {
    expect(due({ newest: { snapshot: at(0), daily: at(3 * DAY_MS), weekly: at(6 * DAY_MS) } })).toEqual([
      'daily',
    ]);
    expect(due({ newest: { snapshot: at(0), daily: at(1), weekly: at(8 * DAY_MS) } })).toEqual(['weekly']);
  });

  test('is what the steady clock says when the other one does not move on', () => {
    const newest = { snapshot: at(0), daily: at(HOUR_MS), weekly: at(HOUR_MS) };
    expect(due({ newest, madeAgoMs: { daily: DAY_MS, weekly: DAY_MS } })).toEqual(['daily']);
  });

  test('is one from the future replaced after a part of its period, and not at each jump', () => {
    const newest = { snapshot: at(0, 8), daily: at(-400 * DAY_MS), weekly: at(-400 * DAY_MS) };
    expect(due({ newest, uptimeMs: HOUR_MS - 1 })).toEqual([]);
    expect(due({ newest, uptimeMs: HOUR_MS })).toEqual(['daily']);
    expect(due({ newest, uptimeMs: 8 * HOUR_MS })).toEqual(['daily', 'weekly']);
    expect(due({ newest, uptimeMs: 9 * HOUR_MS, madeAgoMs: { daily: 1, weekly: 1 } })).toEqual([]);
    const old = { snapshot: at(0, 8), daily: at(400 * DAY_MS), weekly: at(400 * DAY_MS) };
    expect(due({ newest: old, madeAgoMs: { daily: HOUR_MS - 1, weekly: HOUR_MS } })).toEqual([]);
    expect(due({ newest: old, madeAgoMs: { daily: HOUR_MS, weekly: HOUR_MS } })).toEqual(['daily']);
  });

  test('the next one is told ahead: the snapshot when something changed, else the daily one; none where there is nothing', () => {
    expect(nextIn(snapshot(MINUTE_MS))).toBe(4 * MINUTE_MS);
    expect(nextIn({ ...snapshot(MINUTE_MS), lastDurationMs: MINUTE_MS })).toBe(19 * MINUTE_MS);
    expect(nextIn(snapshot(HOUR_MS))).toBe(0);
    const unchanged = { newest: { snapshot: at(0, 8), daily: at(HOUR_MS), weekly: at(HOUR_MS) } };
    expect(nextIn(unchanged)).toBe(23 * HOUR_MS);
    expect(nextIn({ ...unchanged, madeAgoMs: { daily: 2 * HOUR_MS } })).toBe(22 * HOUR_MS);
    expect(nextIn({ newest: {} })).toBe(0);
    expect(nextIn({ newest: {}, present: { epoch: 'e', lastSequence: 0 } })).toBeNull();
  });

  test('the order of making goes on however the clock jumps', () => {
    expect(nextOrder(NOW, 0)).toBe(NOW);
    expect(nextOrder(NOW, NOW + DAY_MS)).toBe(NOW + DAY_MS + 1);
  });
});

describe('retention', () => {
  const made = (kind: BackupKind, order: number, good = true) => ({ kind, order, good });
  const many = (kind: BackupKind, count: number) =>
    Array.from({ length: count }, (_, order) => made(kind, order));

  test.each(Object.entries(retentionRule))('of %s keeps the newest %i', (kind, keep) => {
    const backups = many(kind as BackupKind, keep + 3);
    expect(backupsToRemove(backups).map(({ order }) => order)).toEqual([2, 1, 0]);
    expect(backupsToRemove(backups.slice(3))).toEqual([]);
  });

  test('damaged ones take no place, and go with their age or for newer damaged ones', () => {
    const weekly = [
      ...many('weekly', 4).map((one) => ({ ...one, order: one.order + 10 })),
      made('weekly', 99, false),
    ];
    expect(backupsToRemove(weekly)).toEqual([]);
    expect(backupsToRemove([...weekly, made('weekly', 9, false)])).toEqual([made('weekly', 9, false)]);
    const few = [made('weekly', 1), ...[5, 4, 3, 0].map((order) => made('weekly', order, false))];
    expect(backupsToRemove(few).map(({ order }) => order)).toEqual([3, 0]);
  });

  test('on a nearly full disk all snapshots but the newest good one are extra, and nothing else', () => {
    const backups = [...many('snapshot', 4), made('snapshot', 9, false), made('daily', 1), made('weekly', 0)];
    expect(extraSnapshots(backups).map(({ order }) => order)).toEqual([9, 2, 1, 0]);
    expect(extraSnapshots([made('snapshot', 1, false), made('daily', 0)])).toEqual([]);
  });
});

// --- 400 days -------------------------------------------------------------------------------------------

interface Made {
  readonly kind: ScheduledKind;
  readonly order: number;
  good: boolean;
  readonly madeAt: number;
  readonly epoch: string;
  readonly lastSequence: number;
  /** When it was made by the clock on God's wall. */
  readonly trueAt: number;
}

type Happening =
  | { readonly type: 'work'; readonly minutes: number; readonly saves: boolean }
  | { readonly type: 'off'; readonly hours: number }
  | { readonly type: 'restart' }
  | { readonly type: 'clock'; readonly days: number }
  | { readonly type: 'kills'; readonly runs: number }
  | { readonly type: 'rot' }
  | { readonly type: 'disk-critical' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('work' as const),
      minutes: fc.integer({ min: 5, max: 16 * 60 }),
      saves: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('off' as const), hours: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('clock' as const),
      days: fc.double({ min: -700, max: 700, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('kills' as const), runs: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rot' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('disk-critical' as const) }) },
);

/** A server's life as far as backups go: what happens, what is on the disk, and what was promised. */
class Life {
  /** The steady clock, ms. */
  elapsedMs = 0;
  backups: Made[] = [];
  /** Runs that fail from now on. */
  #failures = 0;
  #clockOffMs = 0;
  #sequence = 1;
  #startedAt = 0;
  #madeAt: Partial<Record<ScheduledKind, number>> = {};
  /** How many good ones of each kind there were at most, up to what is kept: fewer there must never be. */
  readonly #had: Record<ScheduledKind, number> = { snapshot: 0, daily: 0, weekly: 0 };

  live(what: Happening): void {
    switch (what.type) {
      case 'work':
        return this.#work(what.minutes, what.saves);
      case 'off':
        this.elapsedMs += what.hours * HOUR_MS;
        return this.#restart();
      case 'restart':
        return this.#restart();
      case 'clock':
        this.#clockOffMs = what.days * DAY_MS;
        return this.#look();
      case 'kills':
        this.#failures = what.runs;
        return;
      case 'rot':
        return this.#rot();
      case 'disk-critical':
        return this.#diskCritical();
    }
  }

  newestTrueAgeMs(kind: ScheduledKind): number {
    return this.elapsedMs - Math.max(...this.#good(kind).map(({ trueAt }) => trueAt));
  }

  #work(minutes: number, saves: boolean): void {
    for (let minute = 0; minute < minutes; minute += 5) {
      this.elapsedMs += 5 * MINUTE_MS;
      if (saves) this.#sequence += 1;
      this.#look();
    }
  }

  #restart(): void {
    this.#startedAt = this.elapsedMs;
    this.#madeAt = {};
    this.#retain();
    this.#look();
  }

  #look(): void {
    const { madeAgoMs, newest } = this.#known();
    const now = NOW + this.elapsedMs + this.#clockOffMs;
    const due = dueBackups({
      now,
      intervalMs: 5 * MINUTE_MS,
      lastDurationMs: 1_000,
      present: { epoch: 'e', lastSequence: this.#sequence },
      newest,
      uptimeMs: this.elapsedMs - this.#startedAt,
      madeAgoMs,
    });
    for (const kind of due) this.#make(kind, now);
    this.#retain();
  }

  #known() {
    const madeAgoMs: Partial<Record<ScheduledKind, number>> = {};
    const newest: Partial<Record<ScheduledKind, Made>> = {};
    for (const kind of scheduledKinds) {
      const at = this.#madeAt[kind];
      if (at !== undefined) madeAgoMs[kind] = this.elapsedMs - at;
      const [first] = this.#good(kind).toSorted((one, other) => other.order - one.order);
      if (first !== undefined) newest[kind] = first;
    }
    return { madeAgoMs, newest };
  }

  #make(kind: ScheduledKind, madeAt: number): void {
    if (this.#failures > 0) {
      this.#failures -= 1;
      return;
    }
    const order = nextOrder(madeAt, Math.max(0, ...this.backups.map((one) => one.order)));
    const trueAt = this.elapsedMs;
    this.backups.push({ kind, order, good: true, madeAt, epoch: 'e', lastSequence: this.#sequence, trueAt });
    this.#madeAt[kind] = this.elapsedMs;
  }

  #rot(): void {
    const victim = this.backups[this.backups.length >> 1];
    if (victim === undefined || this.#good(victim.kind).length < 2) return;
    victim.good = false;
    this.#had[victim.kind] = Math.min(this.#had[victim.kind], this.#good(victim.kind).length);
  }

  #diskCritical(): void {
    this.#remove(extraSnapshots(this.backups));
    this.#had.snapshot = Math.min(this.#had.snapshot, 1);
    this.#expectPromises();
  }

  #retain(): void {
    for (const kind of scheduledKinds) this.#had[kind] = Math.max(this.#had[kind], this.#good(kind).length);
    this.#remove(backupsToRemove(this.backups));
    this.#expectPromises();
  }

  #remove(removed: readonly Made[]): void {
    const newestGood = this.backups
      .filter(({ good }) => good)
      .toSorted((one, other) => other.trueAt - one.trueAt)[0];
    if (newestGood !== undefined) {
      // Made in one moment, each of them is the last good one.
      const lastGood = this.backups.filter(({ good, trueAt }) => good && trueAt === newestGood.trueAt);
      if (lastGood.every((one) => removed.includes(one))) throw new Error('the last good one was removed');
    }
    const gone = new Set(removed);
    this.backups = this.backups.filter((one) => !gone.has(one));
  }

  #expectPromises(): void {
    for (const kind of scheduledKinds) {
      const there = this.#good(kind).length;
      const promised = Math.min(this.#had[kind], retentionRule[kind]);
      if (there < promised) throw new Error(`${there} good ${kind} backups where ${promised} were promised`);
      if (there > retentionRule[kind]) throw new Error(`${there} good ${kind} backups are never removed`);
    }
  }

  #good(kind: ScheduledKind): Made[] {
    return this.backups.filter((one) => one.good && one.kind === kind);
  }
}

test('400 days with restarts, missed runs, failures, rot, full disks and a clock gone mad', () => {
  fc.assert(
    fc.property(fc.infiniteStream(happening), (happenings) => {
      const life = new Life();
      let jumps = 0;
      for (const what of happenings) {
        life.live(what);
        if (what.type === 'clock') jumps += 1;
        if (life.elapsedMs > 400 * DAY_MS) break;
      }
      expect(jumps).toBeGreaterThan(0);
      // Neither the clock nor anything else has stopped them: given two days of peace, all is as it should be.
      life.live({ type: 'clock', days: 0 });
      life.live({ type: 'work', minutes: 10 * 24 * 60, saves: true });
      expect(life.newestTrueAgeMs('snapshot')).toBeLessThanOrEqual(5 * MINUTE_MS);
      expect(life.newestTrueAgeMs('daily')).toBeLessThanOrEqual(DAY_MS);
      expect(life.newestTrueAgeMs('weekly')).toBeLessThanOrEqual(7 * DAY_MS);
    }),
    { numRuns: 10 },
  );
});

test('a server that is restarted every day, and never runs for a whole one, rotates all the same', () => {
  const life = new Life();
  for (let day = 0; day < 60; day++) {
    life.live({ type: 'work', minutes: 8 * 60, saves: true });
    life.live({ type: 'off', hours: 16 });
  }
  const days = life.backups
    .filter(({ kind }) => kind === 'daily')
    .map(({ trueAt }) => Math.floor(trueAt / DAY_MS));
  expect(days).toHaveLength(7);
  expect(new Set(days).size).toBe(7);
  const weeks = life.backups.filter(({ kind }) => kind === 'weekly').map(({ trueAt }) => trueAt);
  expect((Math.max(...weeks) - Math.min(...weeks)) / DAY_MS).toBeGreaterThanOrEqual(21);
});

test('a clock that jumps there and back all day does not use the days of a week up', () => {
  const life = new Life();
  life.live({ type: 'work', minutes: 10 * 24 * 60, saves: true });
  const before = life.backups.filter(({ kind }) => kind === 'daily');
  for (let jump = 0; jump < 10; jump++) {
    life.live({ type: 'clock', days: jump % 2 === 0 ? 300 : -300 });
    life.live({ type: 'work', minutes: 5, saves: true });
  }
  const left = before.filter((daily) => life.backups.includes(daily));
  expect(left.length).toBeGreaterThanOrEqual(before.length - 2);
});
