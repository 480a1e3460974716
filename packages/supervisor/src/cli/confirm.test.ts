// Asking at the terminal, and what counts as a yes.
import { PassThrough } from 'node:stream';
import { ask, confirm, isAttended } from './confirm.ts';

function terminal(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  return { input, output };
}

test.each([
  ['y', true],
  ['Yes', true],
  ['', false],
  ['no', false],
  ['yesterday', false],
])('"%s" agrees: %s', async (typed, agrees) => {
  const console = terminal(true);
  const answer = confirm(console, 'Go on?');
  console.input.write(`${typed}\n`);
  expect(await answer).toBe(agrees);
  expect(String(console.output.read())).toContain('Go on? [y/N]');
});

test('a terminal that is closed has said nothing', async () => {
  const console = terminal(true);
  const answer = ask(console, 'Your choice:');
  console.input.end();
  expect(await answer).toBe('');
});

test('nobody is asked where either side is no terminal', () => {
  expect(isAttended(terminal(true))).toBe(true);
  expect(isAttended({ ...terminal(true), input: new PassThrough() })).toBe(false);
  expect(isAttended(terminal(false))).toBe(false);
});
