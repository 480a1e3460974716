// How dates, times, numbers, sizes and ages are written: by Intl alone, in one place for every page.

import { CATALOGUE_LANGUAGE } from './plural.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From the largest: the first whose length fits is used. */
const AGE_UNITS = [
  { unit: 'day', ms: DAY_MS },
  { unit: 'hour', ms: HOUR_MS },
  { unit: 'minute', ms: MINUTE_MS },
] as const;

/** Binary, since free space is compared with what Windows shows. */
const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

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
  /** "2 hours ago", "just now" below a minute, "in 5 minutes". */
  age(atMs: number, nowMs: number): string;
  /** As `age`, where there is little room: "3 min ago". */
  ageShort(atMs: number, nowMs: number): string;
  /** The two largest units: "2 h 5 min", "1 min 3 s"; "340 ms" below a second. */
  duration(elapsedMs: number): string;
  /** Microseconds as milliseconds with two digits that matter: "1.4 ms", "0.36 ms", "12 ms". */
  latency(elapsedUs: number): string;
  /** "12 MB", "1.4 GB". */
  bytes(bytes: number): string;
  /** 0.42 → "42%" */
  share(part: number): string;
  /** "a, b and c" */
  list(words: readonly string[]): string;
}

/**
 * Words are in the catalogue's language, so numbers and dates are, too: the region is the reader's where he reads that
 * language, British otherwise.
 */
export function localeFor(languages: readonly string[]): string {
  return languages.find((language) => language.split('-')[0] === CATALOGUE_LANGUAGE) ?? 'en-GB';
}

/** Makes the formats of a locale; the time zone is the PC's when absent. */
export function createFormats(locale: string, timeZone?: string): Formats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
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
  const relativeShort = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });

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
    ageShort: (atMs, nowMs) => ageOf(relativeShort, nowMs - atMs),
    duration: (elapsedMs) => durationOf(whole, elapsedMs),
    latency: (elapsedUs) => {
      const elapsedMs = elapsedUs / 1_000;
      return `${(elapsedMs < 10 ? significant : whole).format(elapsedMs)} ms`;
    },
    bytes: (bytes) => bytesOf(oneDigit, whole, bytes),
    share: (part) => share.format(part),
    list: (words) => list.format(words),
  };
}

function ageOf(relative: Intl.RelativeTimeFormat, elapsedMs: number): string {
  for (const { unit, ms } of AGE_UNITS) {
    const count = Math.trunc(elapsedMs / ms);
    if (count !== 0) return relative.format(-count, unit);
  }
  return 'just now';
}

function durationOf(whole: Intl.NumberFormat, elapsedMs: number): string {
  const ms = Math.max(0, elapsedMs);
  if (ms < SECOND_MS) return `${whole.format(ms)} ms`;
  const seconds = Math.floor(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function bytesOf(oneDigit: Intl.NumberFormat, whole: Intl.NumberFormat, bytes: number): string {
  let value = Math.max(0, bytes);
  let step = 0;
  while (value >= 1024 && step < BYTE_UNITS.length - 1) {
    value /= 1024;
    step++;
  }
  return `${(value < 10 && step > 0 ? oneDigit : whole).format(value)} ${BYTE_UNITS[step]}`;
}

/** The reader's. */
export const formats = createFormats(localeFor(globalThis.navigator?.languages ?? []));
