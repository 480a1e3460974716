// The chart's figures as a table, minute by minute: for whoever reads better than he sees, or wants the numbers.

import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { BUCKET_MS, type ChartData } from './speed.ts';
import styles from './speed-table.module.css';

const words = texts.dashboard.chart;
/** Half an hour in ten seconds each would be 180 rows. */
const ROW_MS = 60_000;

export function SpeedTable({ data }: { readonly data: ChartData }) {
  const step = ROW_MS / BUCKET_MS;
  const rows = data.at
    .flatMap((at, first) => (first % step === 0 ? [{ at, index: toldOf(data, first, first + step) }] : []))
    .reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reached by the keyboard.
    <section className={styles.frame} aria-label={texts.everywhere.tableOf(words.title)} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{words.time}</th>
            <th scope="col">{words.saves}</th>
            <th scope="col">{words.p50}</th>
            <th scope="col">{words.p99}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, index }) => (
            <tr key={at}>
              <th scope="row">{formats.time(at * 1_000)}</th>
              <td>{rateWords(data, index)}</td>
              <td>{latencyWords(data.p50Ms[index])}</td>
              <td>{latencyWords(data.p99Ms[index])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The newest bucket of the minute that has figures; else one in which nobody served; else the last. */
function toldOf({ savesPerMinute, isCut }: ChartData, from: number, to: number): number {
  const measured = savesPerMinute.slice(from, to).findLastIndex((rate) => rate !== null);
  const within = measured < 0 ? isCut.slice(from, to).lastIndexOf(true) : measured;
  return within < 0 ? to - 1 : from + within;
}

/** Without a figure: that nobody served, or that nobody counted. */
export function rateWords({ savesPerMinute, isCut }: ChartData, index: number): string {
  const rate = savesPerMinute[index];
  if (rate != null) return formats.number(Math.round(rate));
  return isCut[index] ? words.noServer : texts.dashboard.tiles.notMeasured;
}

export function latencyWords(elapsedMs: number | null | undefined): string {
  return elapsedMs == null ? texts.dashboard.tiles.notMeasured : formats.latency(elapsedMs * 1_000);
}
