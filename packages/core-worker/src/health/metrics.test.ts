// The steps of the chart in virtual time: what is counted, what is kept, and a clock that jumps.

import { METRICS_STEP_MS, Metrics } from './metrics.ts';

const START = Date.UTC(2026, 10, 21, 8);
const at = (step: number) => START + step * METRICS_STEP_MS;

test('a step counts its own saves and reads, and is told once it is over', () => {
  const metrics = new Metrics();
  metrics.step(at(0), 0);
  for (let save = 1; save <= 100; save++) metrics.saved(save);
  metrics.read();
  expect(metrics.points()).toEqual([]);
  metrics.step(at(1), 3);
  metrics.step(at(2), 4);
  const [busy, idle] = metrics.points();
  expect(busy).toMatchObject({ at: at(0), saves: 100, reads: 1, clients: 3 });
  expect(idle).toEqual({ at: at(1), saves: 0, reads: 0, saveP50Us: null, saveP99Us: null, clients: 4 });
  // A hundredth is what the histogram tells apart.
  expect(Math.abs((busy?.saveP50Us ?? 0) - 50_000)).toBeLessThan(1_000);
  expect(Math.abs((busy?.saveP99Us ?? 0) - 99_000)).toBeLessThan(2_000);
  expect(metrics.points(at(0))).toEqual([idle]);
  expect(metrics.points(at(1))).toEqual([]);
});

test('what is counted before the first step is of none; the shortest and the longest save are counted', () => {
  const metrics = new Metrics();
  metrics.saved(1);
  metrics.step(at(0), 0);
  metrics.saved(0);
  metrics.saved(3_600_000);
  metrics.step(at(1), 0);
  const [point] = metrics.points();
  expect(point).toMatchObject({ saves: 2, saveP50Us: 1 });
  expect(point?.saveP99Us).toBeGreaterThan(59_000_000);
});

test('half an hour is kept, and a late step stays one step', () => {
  const metrics = new Metrics();
  for (let step = 0; step <= 1_000; step++) metrics.step(at(step), 0);
  const points = metrics.points();
  expect(points).toHaveLength(900);
  expect(points[0]?.at).toBe(at(100));
  expect(points.at(-1)?.at).toBe(at(999));
  metrics.saved(1);
  metrics.step(at(1_010), 0);
  expect(metrics.points(at(999))).toMatchObject([{ at: at(1_000), saves: 1 }]);
});

test('a clock that is set back takes the points along that would lie in the future; the order stays', () => {
  const metrics = new Metrics();
  for (let step = 0; step <= 10; step++) metrics.step(at(step), 0);
  metrics.step(at(5) - 1, 0);
  expect(metrics.points().map((point) => point.at)).toEqual([0, 1, 2, 3, 4].map(at));
  metrics.step(at(6), 7);
  expect(metrics.points().at(-1)).toMatchObject({ at: at(5) - 1, clients: 7 });
});
