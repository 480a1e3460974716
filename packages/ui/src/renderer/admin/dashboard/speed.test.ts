// Figures and chart columns out of the server's points: rates, medians, gaps.
import type { Life, MetricsPoint } from '../../../bridge/doors.ts';
import {
  BUCKET_MS,
  CHART_SPAN_MS,
  chartDataOf,
  chartSummaryOf,
  drawnOf,
  keptPoints,
  lonelyOf,
  outagesOf,
  speedOf,
} from './speed.ts';

const STEP_MS = 2_000;
const NOW = Math.floor(Date.UTC(2026, 10, 21, 12) / BUCKET_MS) * BUCKET_MS + 9_999;

function point(at: number, saves = 10, p50 = 1_000, p99 = 4_000): MetricsPoint {
  const latency = saves === 0 ? { saveP50Us: null, saveP99Us: null } : { saveP50Us: p50, saveP99Us: p99 };
  return { at, saves, reads: 0, clients: 1, ...latency };
}

/** A point for each step of [from, to) before now. */
function points(fromMs: number, toMs = 0, saves = 10): MetricsPoint[] {
  const made: MetricsPoint[] = [];
  for (let at = NOW - fromMs; at < NOW - toMs; at += STEP_MS) made.push(point(at, saves));
  return made;
}

test('new points join those that are kept: none twice, none too old, none of the future', () => {
  const kept = keptPoints([], [point(NOW - CHART_SPAN_MS - 60_000), point(NOW - 4_000)], NOW);
  expect(kept.map(({ at }) => at - NOW)).toEqual([-4_000]);
  const more = keptPoints(kept, [point(NOW - 4_000), point(NOW - 2_000), point(NOW + 3_600_000)], NOW);
  expect(more.map(({ at }) => at - NOW)).toEqual([-4_000, -2_000]);
});

test('speed: the saves of the last minute, the latency of the last five', () => {
  expect(speedOf([], NOW)).toEqual({ savesPerMinute: 0, p50Us: null, p99Us: null });
  const told = [
    point(NOW - 360_000, 99, 50_000, 90_000),
    point(NOW - 120_000, 1, 9_000, 9_500),
    point(NOW - 10_000),
  ];
  expect(speedOf(told, NOW)).toEqual({ savesPerMinute: 10, p50Us: 1_000, p99Us: 9_500 });
});

test('the typical latency is that of most saves, not of most steps', () => {
  const told = [point(NOW - 8_000, 1, 9_000), point(NOW - 6_000, 1, 9_000), point(NOW - 4_000, 100, 1_000)];
  expect(speedOf(told, NOW).p50Us).toBe(1_000);
});

test('the chart always spans half an hour, and is null where no core served', () => {
  const data = chartDataOf([...points(300_000, 200_000), ...points(100_000)], STEP_MS, NOW, []);
  expect(data.at.length).toBe(CHART_SPAN_MS / BUCKET_MS);
  expect(data.at.at(-1)).toBe((NOW - 9_999) / 1_000);
  // 10 saves in each two seconds.
  expect(data.savesPerMinute.at(-1)).toBe(300);
  expect(data.savesPerMinute.at(-15)).toBeNull();
  expect(data.p99Ms.at(-1)).toBe(4);
  expect(chartSummaryOf(data)).toMatchObject({ averagePerMinute: 300, highestPerMinute: 300, gaps: 1 });
});

test('a bucket that is half full counts over what it has', () => {
  const data = chartDataOf([point(NOW - 1_000), point(NOW - 3_000)], STEP_MS, NOW, []);
  expect(data.savesPerMinute.at(-1)).toBe(300);
});

test('a server without saves has a line at nothing, and no latency', () => {
  const data = chartDataOf(points(60_000, 0, 0), STEP_MS, NOW, []);
  expect(data.savesPerMinute.at(-1)).toBe(0);
  expect(data.p50Ms.at(-1)).toBeNull();
  expect(chartSummaryOf(data)).toEqual({
    averagePerMinute: 0,
    highestPerMinute: 0,
    slowestP50Ms: null,
    slowestP99Ms: null,
    gaps: 0,
  });
  expect(chartSummaryOf(chartDataOf([], STEP_MS, NOW, [])).gaps).toBe(0);
});

function life(startedAt: number, endedAt: number | null, servedAt: number | null = startedAt + 100): Life {
  return { pid: 7, startedAt, servedAt, endedAt, cause: null, exitCode: null, signal: null, reason: null };
}

test('a core that was killed leaves a gap, however soon the next one served', () => {
  const killedAt = NOW - 65_000;
  const told = points(300_000);
  const before = chartDataOf(told, STEP_MS, NOW, []);
  expect(before.savesPerMinute.slice(-20)).not.toContain(null);

  const outages = outagesOf([life(killedAt + 200, null), life(NOW - 900_000, killedAt)]);
  expect(outages).toEqual([{ from: killedAt, to: killedAt + 300 }]);
  const data = chartDataOf(told, STEP_MS, NOW, outages);
  // Nothing is drawn in its ten seconds, and so no line from the bucket before to the one after.
  for (const column of [data.savesPerMinute, data.p50Ms, data.p99Ms]) {
    expect(
      drawnOf(column, data)
        .slice(-20)
        .map((value) => value === null),
    ).toEqual(Array.from({ length: 20 }, (_, index) => index === 13));
  }
  expect(chartSummaryOf(data)).toEqual({ ...chartSummaryOf(before), gaps: 1 });
  // Of the time before that core nothing is known; that is no outage.
  expect(data.savesPerMinute[0]).toBeNull();
  expect(data.isCut.indexOf(true)).toBe(data.at.length - 7);
  expect(data.isCut.lastIndexOf(true)).toBe(data.at.length - 7);
});

test('an outage lasts until a core serves again, also over lives that never did', () => {
  expect(outagesOf([life(0, null)])).toEqual([]);
  expect(outagesOf([life(0, 5_000)])).toEqual([{ from: 5_000, to: Number.POSITIVE_INFINITY }]);
  expect(outagesOf([life(6_000, null, null), life(0, 5_000)])).toEqual([
    { from: 5_000, to: Number.POSITIVE_INFINITY },
  ]);
  expect(outagesOf([life(9_000, null), life(6_000, 8_000, null), life(0, 5_000)])).toEqual([
    { from: 8_000, to: 9_100 },
    { from: 5_000, to: 8_000 },
  ]);
});

test('a value between two gaps is not lost', () => {
  expect(lonelyOf([1, null, 2, null, 3, 4, null, 5])).toEqual([0, 2, 7]);
  expect(lonelyOf([])).toEqual([]);
});
