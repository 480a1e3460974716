// Speed out of the points that the server counts: the figures of the tiles, and the columns of the chart. Rules alone.

import type { Life, MetricsPoint } from '../../../bridge/doors.ts';

export const CHART_SPAN_MS = 30 * 60_000;
/** Five of the server's steps: a line that one can read, and still one that moves while one looks. */
export const BUCKET_MS = 10_000;

const MINUTE_MS = 60_000;
/** Saves come in bursts: a shorter stretch would often have none to measure. */
const LATENCY_SPAN_MS = 5 * MINUTE_MS;

/** New points behind those that are kept, without doubles, and none older than the chart is long. */
export function keptPoints(
  kept: readonly MetricsPoint[],
  fresh: readonly MetricsPoint[],
  now: number,
): readonly MetricsPoint[] {
  const newest = kept.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const begin = now - CHART_SPAN_MS - BUCKET_MS;
  const added = fresh.filter((point) => point.at > newest);
  // A clock that was set back leaves points of the future: they would hide all that comes after.
  return [...kept, ...added].filter((point) => point.at >= begin && point.at <= now + MINUTE_MS);
}

export interface Speed {
  /** Saves in the last minute. */
  readonly savesPerMinute: number;
  /** Microseconds, of the last five minutes; null where there was no save. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
}

export function speedOf(points: readonly MetricsPoint[], now: number): Speed {
  const lastMinute = points.filter((point) => point.at >= now - MINUTE_MS);
  const recent = points.filter((point) => point.at >= now - LATENCY_SPAN_MS);
  return {
    savesPerMinute: lastMinute.reduce((sum, point) => sum + point.saves, 0),
    p50Us: typical(recent),
    p99Us: slowest(recent),
  };
}

/** The median of the steps' medians, each as heavy as its saves. */
function typical(points: readonly MetricsPoint[]): number | null {
  const measured = points
    .flatMap(({ saves, saveP50Us }) => (saveP50Us === null ? [] : [{ saves, saveP50Us }]))
    .toSorted((left, right) => left.saveP50Us - right.saveP50Us);
  const half = measured.reduce((sum, { saves }) => sum + saves, 0) / 2;
  let passed = 0;
  for (const { saves, saveP50Us } of measured) {
    passed += saves;
    if (passed >= half) return saveP50Us;
  }
  return null;
}

/** The largest of the steps' p99: never better than the truth. */
function slowest(points: readonly MetricsPoint[]): number | null {
  return points.reduce<number | null>(
    (worst, { saveP99Us }) => (saveP99Us === null ? worst : Math.max(worst ?? 0, saveP99Us)),
    null,
  );
}

/** A stretch in which no core served; UTC ms. */
export interface Outage {
  readonly from: number;
  /** Infinity while it lasts. */
  readonly to: number;
}

/**
 * From the end of each life to when the next one served. The points alone do not tell: a core that is back within a
 * step leaves no hole among them, and the line would run across its death.
 *
 * @param lives newest first
 */
export function outagesOf(lives: readonly Life[]): readonly Outage[] {
  return lives.flatMap(({ endedAt }, index) => {
    if (endedAt === null) return [];
    const next = lives[index - 1];
    return [{ from: endedAt, to: next?.servedAt ?? next?.endedAt ?? Number.POSITIVE_INFINITY }];
  });
}

export interface ChartData {
  /** UTC seconds, as uPlot counts; one for each bucket of the span, the newest last. */
  readonly at: readonly number[];
  /** Whether at some moment of the bucket no core served, by the lives that are on record: no line is drawn through it. */
  readonly isCut: readonly boolean[];
  /** Null where nothing was counted: nobody served, or it was before the present core. */
  readonly savesPerMinute: readonly (number | null)[];
  /** Milliseconds; null where there was no save. */
  readonly p50Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
}

export function chartDataOf(
  points: readonly MetricsPoint[],
  stepMs: number,
  now: number,
  outages: readonly Outage[],
): ChartData {
  const buckets = new Map<number, MetricsPoint[]>();
  for (const point of points) {
    const key = Math.floor(point.at / BUCKET_MS);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [point]);
    else bucket.push(point);
  }
  const last = Math.floor(now / BUCKET_MS);
  const keys = Array.from({ length: CHART_SPAN_MS / BUCKET_MS }, (_, back) => last - back).reverse();
  const isCut = keys.map((key) => {
    const begin = key * BUCKET_MS;
    return outages.some(({ from, to }) => from < begin + BUCKET_MS && to > begin);
  });
  const column = (read: (bucket: readonly MetricsPoint[]) => number | null) =>
    keys.map((key) => {
      const bucket = buckets.get(key);
      return bucket === undefined ? null : read(bucket);
    });
  return {
    at: keys.map((key) => (key * BUCKET_MS) / 1_000),
    isCut,
    // Over the steps that are there: the newest bucket is not full yet, one beside a restart never was.
    savesPerMinute: column(
      (bucket) => (bucket.reduce((sum, { saves }) => sum + saves, 0) / (bucket.length * stepMs)) * MINUTE_MS,
    ),
    p50Ms: column((bucket) => milliseconds(typical(bucket))),
    p99Ms: column((bucket) => milliseconds(slowest(bucket))),
  };
}

/** A column as it is drawn: with a gap in each bucket that is cut. Its figures still count everywhere else. */
export function drawnOf(column: readonly (number | null)[], { isCut }: ChartData): (number | null)[] {
  return column.map((value, index) => (isCut[index] ? null : value));
}

function milliseconds(us: number | null): number | null {
  return us === null ? null : us / 1_000;
}

export interface ChartSummary {
  readonly averagePerMinute: number;
  readonly highestPerMinute: number;
  /** Milliseconds of the slowest bucket; null where there was no save. */
  readonly slowestP50Ms: number | null;
  readonly slowestP99Ms: number | null;
  /** Stretches without a serving core, between two that had one. */
  readonly gaps: number;
}

export function chartSummaryOf(data: ChartData): ChartSummary {
  const rates = data.savesPerMinute.filter((rate) => rate !== null);
  const line = drawnOf(data.savesPerMinute, data);
  const first = line.findIndex((rate) => rate !== null);
  const last = line.findLastIndex((rate) => rate !== null);
  let gaps = 0;
  for (let index = first + 1; first >= 0 && index < last; index++) {
    if (line[index] === null && line[index - 1] !== null) gaps++;
  }
  return {
    averagePerMinute: rates.length === 0 ? 0 : rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    highestPerMinute: Math.max(0, ...rates),
    slowestP50Ms: highest(data.p50Ms),
    slowestP99Ms: highest(data.p99Ms),
    gaps,
  };
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** The values without a neighbour: no line leads to them, so they are drawn as dots. */
export function lonelyOf(values: readonly (number | null | undefined)[]): number[] {
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );
}
