// The restart budget: back-off, safe mode, the end of the tries.
import fc from 'fast-check';
import {
  afterDeath,
  BACKOFF_MAX_MS,
  DEATH_WINDOW_MS,
  type DeathRecord,
  startsInSafeMode,
  withDeath,
} from './restart-budget.ts';

const rules = { budget: 5, backoffMs: 500 };

function deathsAt(...times: number[]): DeathRecord[] {
  return times.map((at) => ({ at, safeMode: false }));
}

test('the first death is mended at once; then the pause doubles with each, up to a bound', () => {
  const unlimited = { budget: 0, backoffMs: 500 };
  const delays = Array.from({ length: 10 }, (_, count) => {
    const next = afterDeath(
      deathsAt(...Array.from({ length: count + 1 }, (_, index) => index)),
      100,
      unlimited,
    );
    return next.type === 'restart' ? next.delayMs : null;
  });
  expect(delays).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('the fifth death within ten minutes leads to safe mode', () => {
  expect(afterDeath(deathsAt(1, 2, 3, 4), 5, rules)).toMatchObject({ type: 'restart', safeMode: false });
  expect(afterDeath(deathsAt(1, 2, 3, 4, 5), 5, rules)).toMatchObject({ type: 'restart', safeMode: true });
  expect(startsInSafeMode(deathsAt(1, 2, 3, 4, 5), 6, rules)).toBe(true);
});

test('five deaths in more than ten minutes do not', () => {
  const slow = deathsAt(0, 1, 2, 3, DEATH_WINDOW_MS);
  expect(afterDeath(slow, DEATH_WINDOW_MS, rules)).toMatchObject({ type: 'restart', safeMode: false });
});

test('a death in safe mode ends the tries', () => {
  const deaths = withDeath(deathsAt(1, 2, 3, 4, 5), { at: 6, safeMode: true });
  expect(afterDeath(deaths, 6, rules)).toEqual({ type: 'give-up' });
});

test('a death that leads to recovery counts, is mended at once, and gets one start even after safe mode', () => {
  expect(afterDeath(deathsAt(1, 2, 3), 5, rules, true)).toEqual({
    type: 'restart',
    delayMs: 0,
    safeMode: false,
  });
  const once = withDeath(deathsAt(1, 2, 3, 4, 5), { at: 6, safeMode: true });
  expect(afterDeath(once, 6, rules, true)).toEqual({ type: 'restart', delayMs: 0, safeMode: true });
  expect(afterDeath(withDeath(once, { at: 7, safeMode: true }), 7, rules, true)).toEqual({ type: 'give-up' });
});

test('without a budget nothing ever ends', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(1e7), safeMode: fc.boolean() })),
      fc.nat(2e7),
      (deaths, now) => {
        const next = afterDeath(deaths, now, { budget: 0, backoffMs: 0 });
        expect(next).toEqual({ type: 'restart', delayMs: 0, safeMode: false });
      },
    ),
  );
});

test('deaths in the future do not count: the clock was set back', () => {
  expect(afterDeath(deathsAt(100, 200, 300, 400, 500), 50, rules)).toMatchObject({ safeMode: false });
});

test('whatever happened, the pause is bounded and the list too', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e9), { maxLength: 300 }), fc.nat(1e9), (times, now) => {
      const deaths = times.reduce<readonly DeathRecord[]>(
        (list, at) => withDeath(list, { at, safeMode: false }),
        [],
      );
      expect(deaths.length).toBeLessThanOrEqual(100);
      const next = afterDeath(deaths, now, rules);
      if (next.type === 'restart') expect(next.delayMs).toBeLessThanOrEqual(BACKOFF_MAX_MS);
    }),
  );
});
