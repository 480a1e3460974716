// The watchdog in virtual time: who is accused, when, and who never is.
import fc from 'fast-check';
import { beginWatch, heardPong, heardProgress, tickIntervalMs, tickWatch, type Verdict } from './watchdog.ts';

const HANG_MS = 30_000;
const TICK_MS = tickIntervalMs(HANG_MS);

/** Runs the watch from 0 to `untilMs`; `core` answers a ping (true) or stays silent. */
function run(untilMs: number, core: (sequence: number, atMs: number) => boolean) {
  const verdicts: (Verdict & { readonly atMs: number })[] = [];
  let watchdog = beginWatch(0);
  for (let atMs = TICK_MS; atMs <= untilMs; atMs += TICK_MS) {
    const turn = tickWatch(watchdog, atMs, HANG_MS);
    watchdog = turn.watchdog;
    for (const verdict of turn.verdicts) {
      verdicts.push({ ...verdict, atMs });
      if (verdict.type === 'ping' && core(verdict.sequence, atMs)) watchdog = heardPong(watchdog, 0, atMs);
      if (verdict.type === 'hung') return verdicts;
    }
  }
  return verdicts;
}

test('a core that answers is pinged every third of the time-out and never accused', () => {
  const verdicts = run(10 * HANG_MS, () => true);
  expect(new Set(verdicts.map(({ type }) => type))).toEqual(new Set(['ping']));
  expect(verdicts).toHaveLength(30);
  expect(verdicts.map((verdict) => verdict.type === 'ping' && verdict.sequence)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
});

test('silence is suspect after two thirds of the time-out, hung after all of it', () => {
  const verdicts = run(10 * HANG_MS, () => false);
  expect(verdicts.filter(({ type }) => type !== 'ping')).toEqual([
    { type: 'suspect', silentMs: 20_000, atMs: 20_000 },
    { type: 'hung', silentMs: 30_000, atMs: 30_000 },
  ]);
});

test('one lost pong accuses nobody', () => {
  const verdicts = run(10 * HANG_MS, (sequence) => sequence % 2 === 0);
  expect(verdicts.some(({ type }) => type === 'hung')).toBe(false);
});

test('what advances is not hung, what repeats itself is', () => {
  let watchdog = { ...beginWatch(0), progress: 1 };
  watchdog = heardProgress(watchdog, 2, 20_000);
  expect(watchdog.heardAt).toBe(20_000);
  expect(heardProgress(watchdog, 2, 25_000).heardAt).toBe(20_000);
});

test('after a sleep of any length the core has a whole time-out again', () => {
  fc.assert(
    fc.property(fc.integer({ min: HANG_MS / 3 + TICK_MS + 1, max: 1e12 }), (sleptMs) => {
      const woken = tickWatch(beginWatch(0), sleptMs, HANG_MS);
      expect(woken.verdicts.map(({ type }) => type)).toEqual(['rearmed', 'ping']);
      const later = tickWatch(woken.watchdog, sleptMs + TICK_MS, HANG_MS);
      expect(later.verdicts).toEqual([]);
    }),
  );
});

test('nobody is accused before a whole time-out of silence that we were awake for', () => {
  const gapMs = fc.oneof(fc.integer({ min: 1, max: TICK_MS }), fc.integer({ min: 1, max: 10 * HANG_MS }));
  fc.assert(
    fc.property(fc.array(fc.tuple(gapMs, fc.boolean()), { maxLength: 200 }), (turns) => {
      let watchdog = beginWatch(0);
      let atMs = 0;
      let awakeSilentMs = 0;
      for (const [gap, answers] of turns) {
        atMs += gap;
        // A gap as long as a late tick may be is time in which the core could have been heard.
        awakeSilentMs += Math.min(gap, TICK_MS + HANG_MS / 3);
        const turn = tickWatch(watchdog, atMs, HANG_MS);
        watchdog = turn.watchdog;
        if (turn.verdicts.some(({ type }) => type === 'hung')) {
          expect(awakeSilentMs).toBeGreaterThanOrEqual(HANG_MS);
          return;
        }
        if (answers) {
          watchdog = heardPong(watchdog, 0, atMs);
          awakeSilentMs = 0;
        }
      }
    }),
  );
});
