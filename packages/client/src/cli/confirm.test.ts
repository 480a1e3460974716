// What counts as a yes.

import { PassThrough } from 'node:stream';
import { confirm } from './confirm.ts';

async function answered(typed: string | null): Promise<[boolean, string]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = confirm('Send these 3 again?', input, output, new AbortController().signal);
  if (typed === null) input.end();
  else input.write(typed);
  return [await asked, String(output.read())];
}

test.each([
  ['y\n', true],
  ['Yes\n', true],
  [' y \r\n', true],
  ['\n', false],
  ['n\n', false],
  ['yellow\n', false],
  [null, false],
])('%j: %s', async (typed, expected) => {
  expect(await answered(typed)).toEqual([expected, 'Send these 3 again? [y/N] ']);
});

test('it stops waiting when the command is stopped', async () => {
  const abort = new AbortController();
  const asked = confirm('?', new PassThrough(), new PassThrough(), abort.signal);
  abort.abort();
  await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
});
