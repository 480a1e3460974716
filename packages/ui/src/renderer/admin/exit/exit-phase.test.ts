// An exit is told from its question to its end, also when another began it, and after an end the server may be there again.
import type { ServerStatus } from '../../../bridge/doors.ts';
import { exitPhase, stepsOf } from './exit-phase.ts';

const running = { state: 'running', stopping: null } as ServerStatus;
const stopping = { state: 'draining', stopping: { since: 1, forcedAt: 2, pending: 3 } } as ServerStatus;
const ended = { state: 'stopped', stopping: null, core: { pid: null } } as ServerStatus;

test.each([
  ['it runs', running, running, 'no', 'asking'],
  ['the stop was asked for, the status does not say so yet', running, running, 'running', 'stopping'],
  ['it stops', stopping, stopping, 'running', 'stopping'],
  ['another stops it', stopping, stopping, 'no', 'stopping'],
  ['the stop was answered', stopping, stopping, 'done', 'stopped'],
  ['the supervisor is silent, and the stop not answered yet', null, stopping, 'running', 'stopping'],
  ['the supervisor is gone, and the stop was answered', null, stopping, 'done', 'stopped'],
  ['it is gone so quickly that no status told of the stop', null, running, 'done', 'stopped'],
  ['the stop of another ended with the last word that no core is left', null, ended, 'no', 'stopped'],
  ['the supervisor is gone in the middle of the stop of another', null, stopping, 'no', 'lost'],
  ['the supervisor is gone, nobody stopped it', null, running, 'no', 'unreachable'],
  ['it never answered', null, null, 'no', 'unreachable'],
  ['it was started again', running, running, 'done', 'asking'],
] as const)('%s', (_, status, lastStatus, asked, phase) => {
  expect(exitPhase({ status, lastStatus, asked })).toBe(phase);
});

test('the steps of a stop: what is done, what is under way, what follows', () => {
  const states = (phase: Parameters<typeof stepsOf>[0]) => stepsOf(phase).map(({ state }) => state);
  expect(states(null)).toEqual(['now', 'later', 'later', 'later', 'later']);
  expect(states('draining')).toEqual(['done', 'now', 'later', 'later', 'later']);
  expect(states('work')).toEqual(['done', 'done', 'done', 'now', 'later']);
});
