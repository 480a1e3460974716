// An exit is told from its question to its end, also when another began it, and after an end the server may be there again.
import type { ServerStatus } from '../../../bridge/doors.ts';
import { exitPhase } from './exit-phase.ts';

const running = { state: 'running', stopping: null } as ServerStatus;
const stopping = { state: 'draining', stopping: { since: 1, forcedAt: 2, pending: 3 } } as ServerStatus;

test.each([
  ['it runs', running, running, 'no', 'asking'],
  ['the stop was asked for, the status does not say so yet', running, running, 'running', 'stopping'],
  ['it stops', stopping, stopping, 'running', 'stopping'],
  ['another stops it', stopping, stopping, 'no', 'stopping'],
  ['the stop was answered', stopping, stopping, 'done', 'stopped'],
  ['the supervisor is silent, and the stop not answered yet', null, stopping, 'running', 'stopping'],
  ['the supervisor is gone, and the stop was answered', null, stopping, 'done', 'stopped'],
  ['it is gone so quickly that no status told of the stop', null, running, 'done', 'stopped'],
  ['the supervisor is gone after the stop of another', null, stopping, 'no', 'stopped'],
  ['the supervisor is gone, nobody stopped it', null, running, 'no', 'unreachable'],
  ['it never answered', null, null, 'no', 'unreachable'],
  ['it was started again', running, running, 'done', 'asking'],
] as const)('%s', (_, status, lastStatus, asked, phase) => {
  expect(exitPhase({ status, lastStatus, asked })).toBe(phase);
});
