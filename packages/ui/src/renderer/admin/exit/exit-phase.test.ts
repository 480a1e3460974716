// An exit is told from its question to its end, also when another began it, and after an end the server may be there again.
import type { ServerStatus } from '../../../bridge/doors.ts';
import { statusWith } from '../../../bridge/testing-status.ts';
import { texts } from '../../shared/texts.ts';
import { exitPhase, questionOf, stepsOf } from './exit-phase.ts';

const running = { state: 'running', stopping: null } as ServerStatus;
const stopping = { state: 'draining', stopping: { since: 1, forcedAt: 2, pending: 3 } } as ServerStatus;
/** As a core that was given up, and as the last moment of an ordered end: they read alike. */
const coreless = { state: 'stopped', stopping: null, core: { pid: null } } as ServerStatus;

test.each([
  ['it runs', running, running, 'no', 'asking'],
  ['the stop was asked for, the status does not say so yet', running, running, 'running', 'stopping'],
  ['it stops', stopping, stopping, 'running', 'stopping'],
  ['another stops it', stopping, stopping, 'no', 'stopping'],
  ['the stop was answered', stopping, stopping, 'done', 'stopped'],
  ['the supervisor is silent, and the stop not answered yet', null, stopping, 'running', 'stopping'],
  ['the supervisor is gone, and the stop was answered', null, stopping, 'done', 'stopped'],
  ['it is gone so quickly that no status told of the stop', null, running, 'done', 'stopped'],
  ['the core is given up', coreless, coreless, 'no', 'asking'],
  ['the core was given up, and the supervisor hangs', null, coreless, 'no', 'unreachable'],
  ['the supervisor is gone in the middle of the stop of another', null, stopping, 'no', 'lost'],
  ['the supervisor is gone, nobody stopped it', null, running, 'no', 'unreachable'],
  ['it never answered', null, null, 'no', 'unreachable'],
  ['it was started again', running, running, 'done', 'asking'],
] as const)('%s', (_, status, lastStatus, asked, phase) => {
  expect(exitPhase({ status, lastStatus, asked })).toBe(phase);
});

test('a stop of another is over when the host has the proof, whatever was said last', () => {
  for (const lastStatus of [null, running, stopping, coreless])
    expect(exitPhase({ status: null, lastStatus, asked: 'no', hasEnded: true })).toBe('stopped');
  expect(exitPhase({ status: running, lastStatus: running, asked: 'no', hasEnded: true })).toBe('asking');
});

const words = texts.exit;
const givenUp = statusWith({ state: 'stopped', clients: 0, core: { pid: null, state: 'stopped' } });
test.each([
  ['the clients told themselves', statusWith({ clients: 4 }), 3, words.question(3)],
  [
    'the core hangs, the supervisor knows the number',
    statusWith({ clients: 4 }),
    undefined,
    words.question(4),
  ],
  ['the core does not answer yet', statusWith({ state: 'starting' }), undefined, words.unknown],
  ['nothing is known', null, undefined, words.unknown],
  ['no core is there, and none will come', givenUp, undefined, words.notServing],
])('the question says what is: %s', (_, status, clients, question) => {
  expect(questionOf(status, clients)).toEqual({
    question,
    consequence: question === words.notServing ? words.notServingConsequence : words.consequence,
  });
});

test('the steps of a stop: what is done, what is under way, what follows', () => {
  const states = (phase: Parameters<typeof stepsOf>[0]) => stepsOf(phase).map(({ state }) => state);
  expect(states(null)).toEqual(['now', 'later', 'later', 'later', 'later']);
  expect(states('draining')).toEqual(['done', 'now', 'later', 'later', 'later']);
  expect(states('work')).toEqual(['done', 'done', 'done', 'now', 'later']);
});
