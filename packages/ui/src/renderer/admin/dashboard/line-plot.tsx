// One plot over time, drawn by uPlot; colours come from the tokens and follow the theme.

import { useEffect, useEffectEvent, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formats } from '../../shared/formats.ts';
import { watchColours } from '../../shared/theme.ts';
import styles from './line-plot.module.css';
import { lonelyOf } from './speed.ts';

export interface PlotLine {
  readonly label: string;
  /** Names of tokens. */
  readonly colour: string;
  readonly fill?: string;
  readonly isDashed?: boolean;
}

interface LinePlotProps {
  /** UTC seconds. */
  readonly at: readonly number[];
  /** Beside `at`; null is a gap. */
  readonly columns: readonly (readonly (number | null)[])[];
  /** Stable. */
  readonly lines: readonly PlotLine[];
  /** On the axis. */
  readonly formatValue: (value: number) => string;
  /** The least that the axis reaches to, so that a quiet line does not look like a storm. */
  readonly leastTop: number;
  /** The column under the pointer; null where it is elsewhere. */
  readonly onPoint: (index: number | null) => void;
}

/** Two of them, and all above, on the first screen of 768 lines. */
const HEIGHT_PX = 112;
const AXIS_WIDTH_PX = 56;
const TICK_S = 300;
const FONT = '11px "Inter Variable", system-ui, sans-serif';
/** The plots of the page move their cursors together. */
const SYNC_KEY = 'speed';

export function LinePlot(props: LinePlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const make = useEffectEvent((target: HTMLElement) => {
    plot.current?.destroy();
    plot.current = new UPlot(optionsOf(props, target), alignedOf(props), target);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines are another plot.
  useEffect(() => {
    const target = frame.current;
    if (target === null) return;
    make(target);
    const stopWatching = watchColours(() => make(target));
    const sizes = new ResizeObserver(() => {
      plot.current?.setSize({ width: target.clientWidth, height: HEIGHT_PX });
    });
    sizes.observe(target);
    return () => {
      stopWatching();
      sizes.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [props.lines]);

  useEffect(() => {
    plot.current?.setData(alignedOf(props));
  });

  return <div ref={frame} className={styles.plot} />;
}

function alignedOf({ at, columns }: LinePlotProps): UPlot.AlignedData {
  return [[...at], ...columns.map((column) => [...column])];
}

function optionsOf(props: LinePlotProps, target: HTMLElement): UPlot.Options {
  const { lines, formatValue, leastTop, onPoint } = props;
  const grid = { stroke: colourOf(target, '--line'), width: 1 };
  const axis = { font: FONT, stroke: colourOf(target, '--text-muted'), ticks: { show: false } };
  return {
    width: target.clientWidth,
    height: HEIGHT_PX,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, sync: { key: SYNC_KEY }, y: false, points: { size: 7 } },
    scales: {
      x: { time: true },
      y: { range: (_plot, _least, highest) => [0, Math.max(leastTop, (highest ?? 0) * 1.15)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        incrs: [TICK_S],
        values: (_plot, ticks) => ticks.map((tick) => formats.time(tick * 1_000)),
      },
      {
        ...axis,
        grid,
        size: AXIS_WIDTH_PX,
        space: 24,
        values: (_plot, ticks) => ticks.map(formatValue),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: colourOf(target, line.colour),
        width: 1.75,
        spanGaps: false,
        points: {
          size: 5,
          filter: (plot: UPlot, series: number) => lonelyOf(Array.from(plot.data[series] ?? [])),
        },
        ...(line.fill === undefined ? {} : { fill: colourOf(target, line.fill) }),
        ...(line.isDashed ? { dash: [5, 4] } : {}),
      })),
    ],
    hooks: { setCursor: [(made) => onPoint(made.cursor.idx ?? null)] },
  };
}

/** What a token is in the present theme: a canvas knows no variables. */
function colourOf(target: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  target.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
