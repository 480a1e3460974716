// The last half hour, live: how many saves a minute, and how long they took; as two plots, a summary and a table.

import { useMemo, useState } from 'react';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { LinePlot, type PlotLine } from './line-plot.tsx';
import { BUCKET_MS, type ChartData, type ChartSummary, chartDataOf, chartSummaryOf } from './speed.ts';
import styles from './speed-chart.module.css';
import { latencyWords, rateWords, SpeedTable } from './speed-table.tsx';
import type { SpeedView } from './use-speed.ts';

const words = texts.dashboard.chart;

const saveLines: readonly PlotLine[] = [
  { label: words.saves, colour: '--chart-saves', fill: '--chart-saves-fill' },
];
const latencyLines: readonly PlotLine[] = [
  { label: words.p50, colour: '--chart-p50' },
  { label: words.p99, colour: '--chart-p99', isDashed: true },
];

export function SpeedChart({ points, stepMs, isMeasured }: SpeedView) {
  const [isTable, setTable] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);
  // The axis goes on while no core answers: what is missing then is the gap.
  const now = useNow(BUCKET_MS);
  const data = useMemo(() => chartDataOf(points, stepMs, Math.max(now, Date.now())), [points, stepMs, now]);
  const summary = useMemo(() => chartSummaryOf(data), [data]);
  return (
    <Card
      title={words.title}
      actions={
        points.length > 0 && (
          <Button look="quiet" compact aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            {isTable ? words.asChart : words.asTable}
          </Button>
        )
      }
    >
      {!isMeasured && <SkeletonLines lines={6} />}
      {isMeasured && points.length === 0 && (
        <EmptyState icon="pulse" title={words.noData}>
          {words.noDataNote}
        </EmptyState>
      )}
      {points.length > 0 && !isTable && (
        <figure className={styles.figure}>
          <Plots data={data} pointed={pointed} onPoint={setPointed} />
          <figcaption className="visually-hidden">{summaryWords(summary)}</figcaption>
        </figure>
      )}
      {points.length > 0 && isTable && <SpeedTable data={data} />}
    </Card>
  );
}

interface PlotsProps {
  readonly data: ChartData;
  readonly pointed: number | null;
  readonly onPoint: (index: number | null) => void;
}

function Plots({ data, pointed, onPoint }: PlotsProps) {
  const saves = useMemo(() => [data.savesPerMinute], [data]);
  const latency = useMemo(() => [data.p50Ms, data.p99Ms], [data]);
  const index = pointed ?? newestOf(data);
  const at = data.at[index];
  const moment = pointed === null || at === undefined ? words.now : words.at(formats.timeExact(at * 1_000));
  return (
    <div aria-hidden="true">
      <div className={styles.legend}>
        <LegendEntry line="saves" label={words.saves} value={rateWords(data.savesPerMinute[index])} />
        <span className={styles.moment}>{moment}</span>
      </div>
      <LinePlot
        at={data.at}
        columns={saves}
        lines={saveLines}
        formatValue={(value) => formats.number(value)}
        leastTop={10}
        onPoint={onPoint}
      />
      <div className={styles.legend}>
        <LegendEntry line="p50" label={words.p50} value={latencyWords(data.p50Ms[index])} />
        <LegendEntry line="p99" label={words.p99} value={latencyWords(data.p99Ms[index])} />
      </div>
      <LinePlot
        at={data.at}
        columns={latency}
        lines={latencyLines}
        formatValue={(value) => `${formats.number(value)} ms`}
        leastTop={5}
        onPoint={onPoint}
      />
    </div>
  );
}

interface LegendEntryProps {
  readonly line: 'saves' | 'p50' | 'p99';
  readonly label: string;
  readonly value: string;
}

function LegendEntry({ line, label, value }: LegendEntryProps) {
  return (
    <span className={styles.entry}>
      <span className={styles.swatch} data-line={line} />
      {label} <strong className={styles.value}>{value}</strong>
    </span>
  );
}

/** The bucket that is being counted; the one before while it has nothing yet. */
function newestOf(data: ChartData): number {
  const last = data.at.length - 1;
  return data.savesPerMinute[last] === null && data.savesPerMinute[last - 1] !== null ? last - 1 : last;
}

function summaryWords(summary: ChartSummary): string {
  const { averagePerMinute, highestPerMinute, slowestP50Ms, slowestP99Ms, gaps } = summary;
  if (slowestP50Ms === null || slowestP99Ms === null) return `${words.empty}. ${words.emptyNote}`;
  return [
    words.summary(formats.number(Math.round(averagePerMinute)), formats.number(Math.round(highestPerMinute))),
    words.summaryLatency(formats.latency(slowestP50Ms * 1_000), formats.latency(slowestP99Ms * 1_000)),
    ...(gaps === 0 ? [] : [words.summaryGaps(gaps)]),
  ].join(' ');
}
