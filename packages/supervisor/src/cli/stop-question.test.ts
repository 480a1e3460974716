// What is asked before a stop, of whom, and what is shown while it goes on.
import { PassThrough } from 'node:stream';
import { runningStatus } from '../fixtures/statuses.ts';
import { agreeToStop, stoppingInWords, stopQuestion } from './stop-question.ts';

const stopping = { since: 1_000, forcedAt: 61_000, phase: 'draining', pending: 3 } as const;

test('the question has the real number; without clients, or when it stops already, there is none', () => {
  expect(stopQuestion(runningStatus)).toBe('4 clients are connected. Are you sure?');
  expect(stopQuestion({ ...runningStatus, clients: 1 })).toBe('1 client is connected. Are you sure?');
  expect(stopQuestion({ ...runningStatus, clients: 1_200 })).toContain('1,200 clients are connected.');
  expect(stopQuestion({ ...runningStatus, clients: 0 })).toBeNull();
  expect(stopQuestion({ ...runningStatus, stopping })).toBeNull();
});

function terminal(isTTY: boolean) {
  return {
    input: Object.assign(new PassThrough(), { isTTY }),
    output: Object.assign(new PassThrough(), { isTTY }),
  };
}

test.each([
  ['y', true],
  ['', false],
  ['n', false],
])('"%s" at the terminal: %s', async (typed, agreed) => {
  const console = terminal(true);
  const answer = agreeToStop(async () => runningStatus, console);
  console.input.write(`${typed}\n`);
  expect(await answer).toBe(agreed);
  const shown = String(console.output.read());
  expect(shown).toContain('4 clients are connected. Are you sure? [y/N]');
  expect(shown.includes('The server runs on.')).toBe(!agreed);
});

test('a script is not asked, nor is the server for its sake', async () => {
  const asked = () => Promise.reject(new Error('asked'));
  expect(await agreeToStop(asked, terminal(false))).toBe(true);
});

test('the ordered stop in words', () => {
  expect(stoppingInWords(runningStatus, 0)).toBe('');
  expect(stoppingInWords({ ...runningStatus, stopping }, 21_000)).toBe(
    'Stopping: 3 saves to finish; forced in 40 s',
  );
  expect(stoppingInWords({ ...runningStatus, stopping: { ...stopping, pending: 0 } }, 99_000)).toBe(
    'Stopping: closing; forced in 0 s',
  );
});
