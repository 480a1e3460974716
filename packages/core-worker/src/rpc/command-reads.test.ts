// commands.missing against a real core: what a client compares with after a restore.

import { limits } from '@masala/protocol';
import { v7 } from 'uuid';
import { type CoreUnderTest, startCore } from '../testing/core-under-test.ts';

let core: CoreUnderTest;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.end());

const unit = (code: string) => ({ commandId: v7(), code, name: code });

test('names the ids that were never booked, in the order asked, as often as asked', async () => {
  const { client } = await core.device();
  const booked = unit('box');
  await client.call('units.create', booked);
  const [first, second] = [v7(), v7()];
  const commandIds = [second, booked.commandId, first, second];
  expect(await client.call('commands.missing', { commandIds })).toEqual({ missing: [second, first, second] });
  expect(await client.call('commands.missing', { commandIds: [] })).toEqual({ missing: [] });
});

test('a refused command and one of another device are not missing, whoever asks', async () => {
  const { client } = await core.device();
  const { client: viewer } = await core.device('viewer');
  const taken = [unit('bag'), unit('bag')];
  await client.call('units.create', taken[0]);
  expect(await client.codeOf('units.create', taken[1])).toBe('CODE_TAKEN');
  const commandIds = taken.map(({ commandId }) => commandId);
  expect(await viewer.call('commands.missing', { commandIds })).toEqual({ missing: [] });
});

test('takes as many ids as the limit and no more', async () => {
  const { client } = await core.device();
  const commandIds = Array.from({ length: limits.commandsAskedMax }, () => v7());
  expect(await client.call('commands.missing', { commandIds })).toEqual({ missing: commandIds });
  expect(await client.codeOf('commands.missing', { commandIds: [...commandIds, v7()] })).toBe(
    'PARAMS_INVALID',
  );
});
