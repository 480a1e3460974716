// The four states of every card: nobody is left before a skeleton for ever, and nothing stands there that is not so any more.
import type { BridgeError } from '../../../bridge/bridge.ts';
import type { DoorState } from '../../shared/door-poll.ts';
import { absenceOf, cardStateOf } from './card-state.ts';

const error: BridgeError = { code: 'INTERNAL', message: 'It took too long.', hint: 'Try again.' };
const asked: DoorState<string> = {
  data: undefined,
  answeredAt: undefined,
  error: undefined,
  isLoading: true,
};
const answered: DoorState<string> = { ...asked, data: 'Office', answeredAt: 7, isLoading: false };

test('a first request waits, fails, or is answered', () => {
  expect(cardStateOf(asked, null, false)).toEqual({ kind: 'loading' });
  expect(cardStateOf({ ...asked, error, isLoading: false }, null, false)).toEqual({ kind: 'failed', error });
  expect(cardStateOf(answered, null, false)).toEqual({ kind: 'ready', data: 'Office', behind: null });
});

test('an answer that could not be renewed says so, with its age', () => {
  expect(cardStateOf({ ...answered, error }, null, false)).toMatchObject({
    kind: 'ready',
    data: 'Office',
    behind: { reason: error, answeredAt: 7 },
  });
});

test('while the core is away nobody is shown as connected, whatever was told before', () => {
  const away = { kind: 'away', absence: 'not-running' };
  expect(cardStateOf(answered, 'not-running', false)).toEqual(away);
  expect(cardStateOf({ ...answered, error }, 'not-running', false)).toEqual(away);
  expect(cardStateOf(asked, 'not-running', false)).toEqual(away);
  expect(cardStateOf({ ...asked, error }, 'not-running', true)).toEqual(away);
});

test('what was booked stays booked: it is shown on, with its age', () => {
  expect(cardStateOf({ ...answered, error }, 'silent', true)).toEqual({
    kind: 'ready',
    data: 'Office',
    behind: { reason: 'silent', answeredAt: 7 },
  });
});

test.each([
  ['restarting', 'not-running'],
  ['stopped', 'not-running'],
  ['suspect', 'silent'],
  ['lost', 'silent'],
  ['running', null],
  ['degraded', null],
  ['safe-mode', null],
  ['draining', null],
] as const)('a server that is %s: %s', (condition, absence) => {
  expect(absenceOf(condition)).toBe(absence);
});
