// What people mean by a time, in several time zones and on the days on which clocks are changed.
import fc from 'fast-check';
import { momentInWords, parseMoment } from './moment.ts';

/** A winter afternoon: 15:00 in Berlin. */
const NOW = Date.UTC(2026, 10, 21, 14, 0);
const BERLIN = 'Europe/Berlin';

function at(text: string, now = NOW, timeZone = BERLIN): string {
  const moment = parseMoment(text, now, timeZone);
  return 'problem' in moment ? moment.problem : new Date(moment.utcMs).toISOString();
}

test.each([
  ['14:35', '2026-11-21T13:35:00.000Z'],
  ['9:05', '2026-11-21T08:05:00.000Z'],
  ['14:35:20', '2026-11-21T13:35:20.000Z'],
  ['15:00', '2026-11-21T14:00:00.000Z'],
  ['15:01', '2026-11-20T14:01:00.000Z'],
  ['0:00', '2026-11-20T23:00:00.000Z'],
  [' 14:35 ', '2026-11-21T13:35:00.000Z'],
  ['2026-11-20 14:35', '2026-11-20T13:35:00.000Z'],
  ['2026-07-20 14:35', '2026-07-20T12:35:00.000Z'],
  ['2026-11-20T14:35:10', '2026-11-20T13:35:10.000Z'],
  ['2026-11-20T14:35:00Z', '2026-11-20T14:35:00.000Z'],
  ['2026-11-20T14:35:00.250Z', '2026-11-20T14:35:00.250Z'],
  ['2026-11-20T14:35:00+05:30', '2026-11-20T09:05:00.000Z'],
  ['2024-02-29 10:00', '2024-02-29T09:00:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(at(text)).toBe(expected);
});

test.each([
  ['', 'is no time'],
  ['yesterday', 'is no time'],
  ['14.35', 'is no time'],
  ['2026-11-20', 'is no time'],
  ['1795274518025', 'is no time'],
  ['25:00', 'no clock'],
  ['14:60', 'no clock'],
  ['24:00', 'no clock'],
  ['2026-02-30 10:00', 'no calendar'],
  ['2026-13-01 10:00', 'no calendar'],
  ['2026-02-30T10:00:00Z', 'no calendar'],
  ['2026-11-21 15:01', 'still to come'],
  ['2026-11-21T14:00:01Z', 'still to come'],
  ['2026-03-29 02:30', 'put forward'],
])('"%s" is refused: %s', (text, problem) => {
  expect(at(text)).toContain(problem);
});

test('the day is the one that the clocks of the time zone show', () => {
  const now = Date.UTC(2026, 10, 21, 2, 0); // 13:00 of the 21st in Auckland (UTC+13), 21:00 of the 20th in New York
  expect(at('12:30', now, 'Pacific/Auckland')).toBe('2026-11-20T23:30:00.000Z');
  expect(at('20:30', now, 'America/New_York')).toBe('2026-11-21T01:30:00.000Z');
  expect(at('14:00', now, 'Asia/Kolkata')).toBe('2026-11-20T08:30:00.000Z');
});

test('of an hour that happened twice the later one is meant, unless it is still to come', () => {
  expect(at('2026-10-25 02:30')).toBe('2026-10-25T01:30:00.000Z');
  // At noon of the day on which 02:30 was skipped, nobody can mean that time.
  expect(at('2:30', Date.UTC(2026, 2, 29, 10, 0))).toContain('put forward');
});

test('what is told is read as the same minute', () => {
  const zones = fc.constantFrom('UTC', BERLIN, 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 1_440 }), zones, (minutesAgo, zone) => {
      const utcMs = NOW - minutesAgo * 60_000;
      const read = parseMoment(momentInWords(utcMs, NOW, zone), NOW, zone);
      // In the hour that happened twice the words cannot tell which: the later one is at most an hour away.
      const apartMs = 'utcMs' in read ? read.utcMs - utcMs : Number.NaN;
      expect([0, 30 * 60_000, 60 * 60_000]).toContain(apartMs);
    }),
  );
});

test('today is told by the time alone', () => {
  expect(momentInWords(Date.UTC(2026, 10, 21, 13, 35), NOW, BERLIN)).toBe('14:35');
  expect(momentInWords(Date.UTC(2026, 10, 20, 13, 35), NOW, BERLIN)).toBe('2026-11-20 14:35');
});
