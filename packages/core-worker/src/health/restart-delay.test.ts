// The pause before a background task is started again, in virtual time.

import fc from 'fast-check';
import { afterFailure, HEALTHY, isTrusted, TRUSTED_AFTER_MS } from './restart-delay.ts';

test('the pause doubles with each failure up to a minute', () => {
  let health = HEALTHY;
  let now = 0;
  const delays = Array.from({ length: 8 }, () => {
    const next = afterFailure(health, now);
    health = next.health;
    now += next.delayMs;
    return next.delayMs;
  });
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('a task that ran for a minute is trusted again and begins with the shortest pause', () => {
  const failed = afterFailure(afterFailure(HEALTHY, 0).health, 1_000).health;
  const { startedAt } = failed;
  expect(isTrusted(failed, startedAt + TRUSTED_AFTER_MS - 1)).toBe(false);
  expect(isTrusted(failed, startedAt + TRUSTED_AFTER_MS)).toBe(true);
  expect(afterFailure(failed, startedAt + TRUSTED_AFTER_MS)).toMatchObject({
    delayMs: 1_000,
    health: { failures: 1 },
  });
});

test('whenever it fails, it is started again within a minute and never at once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200_000), { maxLength: 50 }), (gaps) => {
      let health = HEALTHY;
      let now = 0;
      for (const gap of gaps) {
        const next = afterFailure(health, now);
        expect(next.delayMs).toBeGreaterThanOrEqual(1_000);
        expect(next.delayMs).toBeLessThanOrEqual(60_000);
        health = next.health;
        now += next.delayMs + gap;
      }
    }),
  );
});
