// When a tray that falls is brought back, in virtual time.
import { afterFall, newRevival, type Revival, revivalRules } from './tray-revival.ts';

/** A tray that stands for `stoodMs` each time: its falls within `spanMs` of virtual time. */
function fallsWithin(spanMs: number, stoodMs: number) {
  const falls: { readonly at: number; readonly say: string | null }[] = [];
  let revival: Revival = newRevival;
  for (let at = stoodMs; at <= spanMs; ) {
    const next = afterFall(revival, stoodMs, revivalRules);
    falls.push({ at, say: next.say });
    revival = next.revival;
    at += next.delayMs + stoodMs;
  }
  return falls;
}

const DAY_MS = 86_400_000;

test('five quick tries with growing pauses, then once in ten minutes, and no more lines', () => {
  const falls = fallsWithin(DAY_MS, 0);
  expect(falls.slice(0, 7).map(({ at }) => at / 1_000)).toEqual([0, 1, 3, 7, 15, 31, 631]);
  expect(falls.filter(({ say }) => say === 'tray.lost')).toHaveLength(5);
  expect(falls.filter(({ say }) => say === 'tray.resting')).toHaveLength(1);
  expect(falls.length).toBeLessThan(160);
});

test('a tray that falls each minute is left alone too: it logs no more than six lines a day', () => {
  expect(fallsWithin(DAY_MS, 60_000).filter(({ say }) => say !== null)).toHaveLength(6);
});

test('one that stood for ten minutes is brought back at once, however often', () => {
  const falls = fallsWithin(DAY_MS, revivalRules.forgivenAfterMs);
  expect(new Set(falls.map(({ say }) => say))).toEqual(new Set(['tray.lost']));
  expect((falls[1]?.at ?? 0) - (falls[0]?.at ?? 0)).toBe(revivalRules.forgivenAfterMs + 1_000);
});
