// Lives as a timeline: causes in plain words, and how long nothing served.
import type { Life } from '../../../bridge/doors.ts';
import { createFormats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { timelineOf } from './restart-timeline.ts';

const words = texts.dashboard.restarts;
const formats = createFormats('en-GB', 'UTC');
const NOW = Date.UTC(2026, 10, 21, 12);

function life(changes: Partial<Life>): Life {
  const { startedAt = NOW - 60_000 } = changes;
  return {
    pid: 7,
    startedAt,
    servedAt: startedAt + 100,
    endedAt: null,
    cause: null,
    exitCode: null,
    signal: null,
    reason: null,
    ...changes,
  };
}

const timeline = (...lives: Life[]) => timelineOf(lives, NOW, formats);

test('the present life says since when it serves', () => {
  const [entry] = timeline(life({ startedAt: NOW - 3_600_100 }));
  expect(entry).toMatchObject({ tone: 'good', title: words.running, at: NOW - 3_600_100 });
  expect(entry?.details).toEqual([words.runningSince('1 hr')]);
  expect(timeline(life({ servedAt: null }))[0]).toMatchObject({
    tone: 'warn',
    title: words.starting,
    details: [],
  });
});

test('an end says why, how long it had served, and when the next served', () => {
  const killed = life({
    startedAt: NOW - 600_100,
    endedAt: NOW - 60_340,
    cause: 'killed',
    signal: 'SIGKILL',
  });
  const [, entry] = timeline(life({ startedAt: NOW - 60_100 }), killed);
  expect(entry).toMatchObject({ tone: 'warn', title: words.causes.killed, at: NOW - 60_340 });
  expect(entry?.details).toEqual(['served for 8 mins 59 secs', 'signal SIGKILL', 'back after 340 ms']);
});

test('what the core wrote of its end goes before signal and code', () => {
  const reason = 'The disk answered EIO.';
  const [entry] = timeline(life({ endedAt: NOW, cause: 'exited', exitCode: 70, reason }));
  expect(entry?.details).toContain(reason);
  expect(entry?.details).not.toContain(words.exitCode(70));
  expect(entry?.details).toContain(words.notBack);
  expect(timeline(life({ endedAt: NOW, cause: 'exited', exitCode: 70 }))[0]?.details).toContain(
    'exit code 70',
  );
});

test('a hang is bad, an ordered stop is neutral, one that never served says so', () => {
  expect(timeline(life({ endedAt: NOW, cause: 'hung' }))[0]).toMatchObject({
    tone: 'bad',
    title: words.causes.hung,
  });
  expect(timeline(life({ endedAt: NOW, cause: 'stopped' }))[0]?.tone).toBe('neutral');
  const [entry] = timeline(life({ servedAt: null, endedAt: NOW, cause: 'start-timeout' }));
  expect(entry?.details[0]).toBe(words.neverServed);
});
