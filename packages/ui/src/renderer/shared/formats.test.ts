// Dates, numbers, sizes, durations and ages, in a fixed locale and time zone.
import { createFormats } from './formats.ts';
import { plural } from './plural.ts';
import { localeFor } from './reader-locale.ts';

const formats = createFormats('en-GB', 'UTC');
const NOW = Date.UTC(2026, 10, 21, 18, 24, 7);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test('ages: the largest unit that fits, both ways', () => {
  expect(formats.age(NOW - 59_999, NOW)).toBe('just now');
  expect(formats.age(NOW - MINUTE_MS, NOW)).toBe('1 minute ago');
  expect(formats.age(NOW - 2 * HOUR_MS - 30 * MINUTE_MS, NOW)).toBe('2 hours ago');
  expect(formats.age(NOW - 49 * HOUR_MS, NOW)).toBe('2 days ago');
  expect(formats.age(NOW + 5 * MINUTE_MS, NOW)).toBe('in 5 minutes');
});

test('durations: the two largest units, the smaller left out where it is nothing', () => {
  expect(formats.duration(-5)).toBe('0 ms');
  expect(formats.duration(340)).toBe('340 ms');
  expect(formats.duration(1_000)).toBe('1 sec');
  expect(formats.duration(21_400)).toBe('21 secs');
  expect(formats.duration(63_000)).toBe('1 min 3 secs');
  expect(formats.duration(120_000)).toBe('2 mins');
  expect(formats.duration(2 * HOUR_MS + 5 * MINUTE_MS)).toBe('2 hrs 5 mins');
  expect(formats.duration(50 * HOUR_MS)).toBe('2 days 2 hrs');
});

test('sizes: steps of 1024, with a digit after the point only below ten', () => {
  expect(formats.bytes(0)).toBe('0 bytes');
  expect(formats.bytes(1)).toBe('1 byte');
  expect(formats.bytes(1_023)).toBe('1,023 bytes');
  expect(formats.bytes(1_536)).toBe('1.5 kB');
  expect(formats.bytes(500 * 1024 * 1024)).toBe('500 MB');
  expect(formats.bytes(3 * 1024 ** 4)).toBe('3 TB');
  expect(formats.bytes(5_000 * 1024 ** 4)).toBe('5,000 TB');
});

test('units are those of the locale: none is glued on', () => {
  const german = createFormats('de-DE', 'UTC');
  expect([german.duration(63_000), german.latency(1_449), german.bytes(1_536)]).toEqual([
    '1 Min., 3 Sek.',
    '1,4 ms',
    '1,5 kB',
  ]);
});

test('latencies have two digits that matter', () => {
  expect(formats.latency(364)).toBe('0.36 ms');
  expect(formats.latency(1_449)).toBe('1.4 ms');
  expect(formats.latency(12_400)).toBe('12 ms');
});

test('moments leave out what is plain', () => {
  expect(formats.moment(NOW, NOW + HOUR_MS)).toBe('18:24');
  expect(formats.moment(NOW, NOW + 24 * HOUR_MS)).toBe('21 Nov, 18:24');
  expect(formats.moment(NOW, NOW + 365 * 24 * HOUR_MS)).toContain('2026');
});

test('the region is the reader’s where he reads the catalogue’s language', () => {
  expect(localeFor(['de-DE', 'en-IN'])).toBe('en-IN');
  expect(localeFor(['de-DE'])).toBe('en-GB');
  expect(localeFor([])).toBe('en-GB');
});

test('plurals take the form of the language’s rule, with the count written out', () => {
  const forms = { one: '# save', other: '# saves' };
  expect([0, 1, 2, 1_200].map((count) => plural(count, forms))).toEqual([
    '0 saves',
    '1 save',
    '2 saves',
    '1,200 saves',
  ]);
});
