// How dates, times, numbers, sizes and ages are written: by Intl alone, in one place for every page.

import { readerLocale } from './reader-locale.ts';
import { everywhere } from './texts/everywhere.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Of ages and durations, from the largest. */
const TIME_UNITS = [
  { unit: 'day', ms: DAY_MS },
  { unit: 'hour', ms: HOUR_MS },
  { unit: 'minute', ms: MINUTE_MS },
  { unit: 'second', ms: SECOND_MS },
] as const;

/**
 * Steps of 1024 under the names that Intl has: Windows writes sizes so, and who compares our free space with the
 * Explorer's must find the same figure. (Intl knows no KiB, and nobody in a factory does.)
 */
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const BYTE_STEP = 1024;

export interface Formats {
  /** 1,234,567 */
  number(value: number): string;
  /** "21 Nov 2026" */
  date(atMs: number): string;
  /** "18:24" */
  time(atMs: number): string;
  /** "18:24:07" */
  timeExact(atMs: number): string;
  /** "21 Nov 2026, 18:24" */
  dateTime(atMs: number): string;
  /** As short as it stays clear: the time on the same day, the day without its year in the same year. */
  moment(atMs: number, nowMs: number): string;
  /** "2 hours ago", "just now" below a minute either way, "in 5 minutes". */
  age(atMs: number, nowMs: number): string;
  /** The two largest units, such as "2 hrs 5 mins"; "340 ms" below a second. */
  duration(elapsedMs: number): string;
  /** Microseconds as milliseconds with two digits that matter: "1.4 ms", "0.36 ms", "12 ms". */
  latency(elapsedUs: number): string;
  /** "12 MB", "1.4 GB", "1,023 bytes". */
  bytes(bytes: number): string;
  /** 0.42 → "42%" */
  share(part: number): string;
  /** "a, b and c" */
  list(words: readonly string[]): string;
}

/** Makes the formats of a locale; the time zone is the PC's when absent. */
export function createFormats(locale: string, timeZone?: string): Formats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', ...zone });
  const timeExact = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', ...zone });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const year = new Intl.DateTimeFormat(locale, { year: 'numeric', ...zone });
  const dayTime = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    ...zone,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const milliseconds = unitIn(locale, 'millisecond');
  const fewDigits = unitIn(locale, 'millisecond', { maximumSignificantDigits: 2 });

  return {
    number: (value) => number.format(value),
    date: (atMs) => date.format(atMs),
    time: (atMs) => time.format(atMs),
    timeExact: (atMs) => timeExact.format(atMs),
    dateTime: (atMs) => dateTime.format(atMs),
    moment: (atMs, nowMs) => {
      if (date.format(atMs) === date.format(nowMs)) return time.format(atMs);
      return (year.format(atMs) === year.format(nowMs) ? dayTime : dateTime).format(atMs);
    },
    age: (atMs, nowMs) => ageOf(relative, nowMs - atMs),
    duration: durationsIn(locale),
    latency: (elapsedUs) => (elapsedUs < 10_000 ? fewDigits : milliseconds).format(elapsedUs / 1_000),
    bytes: sizesIn(locale),
    share: (part) => share.format(part),
    list: (words) => list.format(words),
  };
}

function ageOf(relative: Intl.RelativeTimeFormat, elapsedMs: number): string {
  for (const { unit, ms } of TIME_UNITS) {
    const count = Math.trunc(elapsedMs / ms);
    // Seconds would jump about, and be read aloud, for nothing.
    if (count !== 0 && unit !== 'second') return relative.format(-count, unit);
  }
  return everywhere.justNow;
}

function unitIn(
  locale: string,
  unit: string,
  digits: Intl.NumberFormatOptions = { maximumFractionDigits: 0 },
) {
  // Intl's short form of a byte has no plural.
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    ...digits,
  });
}

/** By units and a list of them: Firefox 128, which Debian 12 may have, knows no Intl.DurationFormat. */
function durationsIn(locale: string): Formats['duration'] {
  const units = TIME_UNITS.map(({ unit, ms }) => ({ ms, format: unitIn(locale, unit) }));
  const milliseconds = unitIn(locale, 'millisecond');
  const list = new Intl.ListFormat(locale, { type: 'unit', style: 'narrow' });
  return (elapsedMs) => {
    const first = units.findIndex(({ ms }) => elapsedMs >= ms);
    const [large, small] = first < 0 ? [] : units.slice(first, first + 2);
    if (large === undefined) return milliseconds.format(Math.max(0, elapsedMs));
    const parts = [large.format.format(Math.floor(elapsedMs / large.ms))];
    const rest = small === undefined ? 0 : Math.floor((elapsedMs % large.ms) / small.ms);
    if (small !== undefined && rest > 0) parts.push(small.format.format(rest));
    return list.format(parts);
  };
}

function sizesIn(locale: string): Formats['bytes'] {
  const units = BYTE_UNITS.map((unit) => ({
    whole: unitIn(locale, unit),
    oneDigit: unitIn(locale, unit, { maximumFractionDigits: 1 }),
  }));
  return (bytes) => {
    const size = Math.max(0, bytes);
    const step = BYTE_UNITS.findLastIndex((_, each) => each === 0 || size >= BYTE_STEP ** each);
    const value = size / BYTE_STEP ** step;
    const unit = units[step];
    if (unit === undefined) throw new Error('There is a unit for every size.');
    return (value < 10 ? unit.oneDigit : unit.whole).format(value);
  };
}

/** The reader's. */
export const formats = createFormats(readerLocale);
