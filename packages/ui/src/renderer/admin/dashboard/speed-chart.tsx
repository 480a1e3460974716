// The last half hour, live: how many saves a minute, and how long they took; as two plots, a summary and a table.

import { useMemo, useState } from 'react';
import type { Life } from '../../../bridge/doors.ts';
import type { Door } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { CardContent, useAbsence } from './card-content.tsx';
import { cardStateOf } from './card-state.ts';
import { LinePlot, type PlotLine } from './line-plot.tsx';
import {
  BUCKET_MS,
  type ChartData,
  type ChartSummary,
  chartDataOf,
  chartSummaryOf,
  drawnOf,
  outagesOf,
} from './speed.ts';
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

interface SpeedChartProps {
  readonly speed: Door<SpeedView>;
  /** Newest first. */
  readonly lives: readonly Life[];
}

export function SpeedChart({ speed, lives }: SpeedChartProps) {
  const [isTable, setTable] = useState(false);
  const state = cardStateOf(speed, useAbsence(), true);
  const hasPoints = state.kind === 'ready' && state.data.points.length > 0;
  return (
    <Card
      title={words.title}
      actions={
        hasPoints && (
          <Button look="quiet" compact onClick={() => setTable(!isTable)}>
            {isTable ? words.asChart : words.asTable}
          </Button>
        )
      }
    >
      <CardContent state={state} onRetry={speed.reload} lines={8}>
        {(view) =>
          view.points.length === 0 ? (
            <EmptyState icon="pulse" title={words.noData}>
              {words.noDataNote}
            </EmptyState>
          ) : (
            <Speed view={view} lives={lives} isTable={isTable} />
          )
        }
      </CardContent>
    </Card>
  );
}

interface SpeedProps {
  readonly view: SpeedView;
  readonly lives: readonly Life[];
  readonly isTable: boolean;
}

function Speed({ view, lives, isTable }: SpeedProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  // The axis goes on while no core answers: what is missing then is the gap.
  const now = useNow(BUCKET_MS);
  const data = useMemo(
    () => chartDataOf(view.points, view.stepMs, Math.max(now, Date.now()), outagesOf(lives)),
    [view, lives, now],
  );
  const summary = useMemo(() => chartSummaryOf(data), [data]);
  if (isTable) return <SpeedTable data={data} />;
  return (
    <figure className={styles.figure}>
      <Plots data={data} pointed={pointed} onPoint={setPointed} />
      <figcaption className="visually-hidden">{summaryWords(summary)}</figcaption>
    </figure>
  );
}

interface PlotsProps {
  readonly data: ChartData;
  readonly pointed: number | null;
  readonly onPoint: (index: number | null) => void;
}

function Plots({ data, pointed, onPoint }: PlotsProps) {
  const saves = useMemo(() => [drawnOf(data.savesPerMinute, data)], [data]);
  const latency = useMemo(() => [drawnOf(data.p50Ms, data), drawnOf(data.p99Ms, data)], [data]);
  const index = pointed ?? newestOf(data);
  const at = data.at[index];
  const moment = pointed === null || at === undefined ? words.now : words.at(formats.timeExact(at * 1_000));
  return (
    <div aria-hidden="true">
      <div className={styles.legend}>
        <LegendEntry line="saves" label={words.saves} value={rateWords(data, index)} />
        <span className={styles.moment}>{moment}</span>
      </div>
      <LinePlot
        at={data.at}
        columns={saves}
        lines={saveLines}
        formatValue={formats.number}
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
        formatValue={(elapsedMs) => formats.latency(elapsedMs * 1_000)}
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
  const isSaved = slowestP50Ms !== null && slowestP99Ms !== null;
  return [
    ...(isSaved
      ? [
          words.summary(
            formats.number(Math.round(averagePerMinute)),
            formats.number(Math.round(highestPerMinute)),
          ),
          words.summaryLatency(formats.latency(slowestP50Ms * 1_000), formats.latency(slowestP99Ms * 1_000)),
        ]
      : [words.empty, words.emptyNote]),
    ...(gaps === 0 ? [] : [words.summaryGaps(gaps)]),
  ].join(' ');
}
