// When a quiet connection is pinged and a silent one given up.

import { keepAlive, type Traffic } from './keep-alive.ts';

const traffic = (changes: Partial<Traffic>): Traffic => ({
  nowMs: 100_000,
  lastSentMs: 100_000,
  lastReceivedMs: 100_000,
  awaitingSinceMs: null,
  pinging: false,
  lastLookMs: 95_000,
  intervalMs: 20_000,
  ...changes,
});

test.each([
  ['a busy connection is left alone', {}, 'nothing'],
  ['one on which nothing was sent is pinged, though events arrive', { lastSentMs: 80_000 }, 'ping'],
  [
    'a long call without a sign of life is pinged',
    { awaitingSinceMs: 70_000, lastReceivedMs: 79_000 },
    'ping',
  ],
  [
    'a ping is not pinged after',
    { pinging: true, awaitingSinceMs: 80_000, lastReceivedMs: 70_000 },
    'nothing',
  ],
  [
    'two intervals of silence end it',
    { pinging: true, awaitingSinceMs: 60_000, lastReceivedMs: 10_000 },
    'drop',
  ],
  [
    'we were away ourselves: the answer may lie unread',
    { pinging: true, awaitingSinceMs: 60_000, lastReceivedMs: 10_000, lastLookMs: 80_000 },
    'nothing',
  ],
  ['a PC that slept with nothing awaited pings first', { lastReceivedMs: 0, lastSentMs: 0 }, 'ping'],
  [
    'a request after a long sleep is given its time',
    { lastReceivedMs: 0, awaitingSinceMs: 99_000, lastSentMs: 99_000, pinging: true },
    'nothing',
  ],
] satisfies [string, Partial<Traffic>, string][])('%s', (_, changes, expected) => {
  expect(keepAlive(traffic(changes))).toBe(expected);
});
