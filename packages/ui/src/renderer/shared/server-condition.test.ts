// One word for how the server stands: what is worst wins.

import { deathBy, NOW, statusWith } from '../../bridge/testing-status.ts';
import { conditionOf, isServing, toneOf } from './server-condition.ts';

const died = deathBy('killed', NOW);

test.each([
  [null, 'lost'],
  [statusWith(), 'running'],
  [statusWith({ flags: ['degraded'] }), 'degraded'],
  [statusWith({ flags: ['degraded', 'read-only'] }), 'read-only'],
  [statusWith({ flags: ['read-only', 'locked'] }), 'locked'],
  [statusWith({ flags: ['read-only'], core: { safeMode: true } }), 'safe-mode'],
  [statusWith({ core: { suspectSince: NOW } }), 'suspect'],
  [statusWith({ state: 'starting', core: { pid: null } }), 'starting'],
  [statusWith({ state: 'starting', core: { pid: 7, lastDeath: died, mendsDeath: true } }), 'restarting'],
  [statusWith({ core: { pid: null, lastDeath: died, mendsDeath: true } }), 'restarting'],
  // It died some time; now somebody starts it.
  [statusWith({ state: 'starting', core: { pid: 7, lastDeath: died } }), 'starting'],
  [statusWith({ core: { lastDeath: died, mendsDeath: true } }), 'running'],
  [statusWith({ core: { lastDeath: died } }), 'running'],
  [statusWith({ state: 'recovery' }), 'recovery'],
  [statusWith({ state: 'stopped', core: { pid: null } }), 'stopped'],
  [
    statusWith({
      stopping: { since: NOW, forcedAt: NOW, phase: 'draining', pending: 2 },
      core: { suspectSince: NOW },
    }),
    'draining',
  ],
] as const)('%#: %j', (status, condition) => {
  expect(conditionOf(status)).toBe(condition);
});

test('clients save only where it runs; only that is shown as good', () => {
  expect(isServing('running') && isServing('degraded')).toBe(true);
  expect(isServing('read-only') || isServing('lost') || isServing('safe-mode')).toBe(false);
  expect(toneOf('running')).toBe('good');
  expect(toneOf('degraded')).toBe('warn');
});
