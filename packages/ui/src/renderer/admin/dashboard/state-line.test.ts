// The large line: every state in words, with what to do.

import { deathBy, NOW, statusWith } from '../../../bridge/testing-status.ts';
import { createFormats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { stateLineOf } from './state-line.ts';

const formats = createFormats('en-GB', 'UTC');
const words = texts.dashboard.state;
const lineOf = (status: Parameters<typeof stateLineOf>[0]) => stateLineOf(status, NOW, formats);
const notice = {
  name: 'disk-low',
  level: 'warn',
  message: 'Low disk space',
  hint: 'Free it.',
  since: NOW,
} as const;

test('running: how many clients, or how the first comes in', () => {
  expect(lineOf(statusWith({ clients: 1 }))).toEqual({
    tone: 'good',
    title: words.running,
    advice: '1 client is connected. Everything that they save is on the disk.',
    action: null,
  });
  expect(lineOf(statusWith({ clients: 0 }))).toMatchObject({ tone: 'good', action: 'add-device' });
});

test('something to mend makes it amber; news of the past does not', () => {
  expect(lineOf(statusWith({ notices: [notice] }))).toMatchObject({ tone: 'warn', title: words.attention });
  expect(lineOf(statusWith({ flags: ['degraded'], notices: [notice] }))).toMatchObject({
    title: words.attention,
  });
  const past = { ...notice, name: 'database-recovered' };
  expect(lineOf(statusWith({ notices: [past] }))).toMatchObject({ tone: 'good', title: words.running });
});

test.each([
  [null, 'bad', words.lost, null],
  [statusWith({ core: { suspectSince: NOW - 21_000 } }), 'warn', words.suspect, null],
  [statusWith({ state: 'starting', core: { pid: null } }), 'warn', words.starting, null],
  [
    statusWith({
      state: 'starting',
      core: { pid: null, lastDeath: deathBy('killed', NOW), mendsDeath: true },
    }),
    'warn',
    words.restarting,
    null,
  ],
  [
    statusWith({ stopping: { since: NOW, forcedAt: NOW, phase: 'draining', pending: 3 } }),
    'warn',
    words.draining,
    null,
  ],
  [statusWith({ state: 'stopped', core: { pid: null } }), 'bad', words.stopped, 'start'],
  [statusWith({ core: { safeMode: true } }), 'bad', words.safeMode, 'restart'],
  [statusWith({ flags: ['degraded'] }), 'warn', words.degraded, 'logs'],
  [statusWith({ flags: ['read-only'] }), 'warn', words.readOnly, null],
  [statusWith({ flags: ['locked'] }), 'bad', words.locked, null],
  [statusWith({ state: 'recovery' }), 'bad', words.recovery, null],
] as const)('%#: %j', (status, tone, title, action) => {
  expect(lineOf(status)).toMatchObject({ tone, title, action });
});

test('figures stand in the advice', () => {
  expect(lineOf(statusWith({ core: { suspectSince: NOW - 21_000 } })).advice).toContain('21 secs');
  const stopping = { since: NOW, forcedAt: NOW, phase: 'draining', pending: 3 } as const;
  expect(lineOf(statusWith({ stopping })).advice).toBe('3 saves are being finished first.');
});

test('a core that cannot start says why', () => {
  const death = { ...deathBy('exited', NOW), reason: 'port 8090 is taken' };
  const stopped = { state: 'stopped', core: { pid: null, lastDeath: death } } as const;
  expect(lineOf(statusWith(stopped)).advice).toContain('Cause: port 8090 is taken');
});
