// Calls that do not fit the contract: each gets its code and the connection goes on.

import { type FieldProblem, limits, requestFrame } from '@masala/protocol';
import { v7 } from 'uuid';
import { type CoreUnderTest, startCore, type TestDevice } from '../testing/core-under-test.ts';
import type { WireClient } from '../testing/wire-client.ts';

let core: CoreUnderTest;
let bystander: TestDevice;
let client: WireClient;
beforeAll(async () => {
  core = await startCore();
  bystander = await core.device();
  ({ client } = await core.device());
});
afterAll(() => core.end());
afterEach(async () => {
  expect(await client.codeOf('session.ping', {})).toBeNull();
  expect(await bystander.client.codeOf('session.ping', {})).toBeNull();
});

const unit = { commandId: v7(), code: 'box', name: 'a box' };

async function problemsOf(method: string, params: unknown): Promise<FieldProblem[]> {
  const { error } = await client.request(method, params);
  expect(error?.code).toBe('PARAMS_INVALID');
  return error?.data?.problems as FieldProblem[];
}

test.each(['session.helo', 'items.gett', '__proto__', 'constructor', 'toString', '', 'x'.repeat(64)])(
  'the unknown method "%s" is METHOD_UNKNOWN',
  async (method) => {
    const { error } = await client.request(method, {});
    expect(error).toMatchObject({ code: 'METHOD_UNKNOWN', data: { method } });
  },
);

test('the nearest name of an unknown method is suggested', async () => {
  const { error } = await client.request('items.gett', {});
  expect(error?.data).toMatchObject({ nearest: 'items.get' });
});

test('before hello nothing else is answered, before sign-in nothing but pair and sign-in', async () => {
  const stranger = await core.connect();
  expect(await stranger.codeOf('session.ping', {})).toBe('HANDSHAKE_REQUIRED');
  expect(await stranger.codeOf('session.authenticate', { token: 'x'.repeat(43) })).toBe('HANDSHAKE_REQUIRED');
  await stranger.hello();
  expect(await stranger.codeOf('items.list', {})).toBe('NOT_AUTHENTICATED');
  expect(await stranger.codeOf('units.create', unit)).toBe('NOT_AUTHENTICATED');
});

test('a missing field is named', async () => {
  const [problem] = await problemsOf('units.create', { commandId: v7(), code: 'box' });
  expect(problem?.reason).toContain('name');
});

test.each([[null], [[]], ['text'], [7], [true]])(
  'params that are %p and no object are refused',
  async (params) => {
    const problems = await problemsOf('items.list', params);
    expect(problems[0]).toMatchObject({ field: '' });
  },
);

const wrong: Readonly<Record<string, [string, Record<string, unknown>, string]>> = {
  'a wrong type': ['units.create', { ...unit, name: 7 }, 'name'],
  'a text that is too long': [
    'units.create',
    { ...unit, name: 'x'.repeat(limits.nameMaxLength + 1) },
    'name',
  ],
  'a command id that is no UUID': ['units.create', { ...unit, commandId: 'DROP TABLE' }, 'commandId'],
  'a code with blanks around it': ['units.create', { ...unit, code: 'box ' }, 'code'],
  'a code with a NUL character': ['units.create', { ...unit, code: 'b\0x' }, 'code'],
  'an unknown field': ['units.create', { ...unit, colour: 'red' }, 'colour'],
  NaN: ['items.list', { limit: Number.NaN }, 'limit'],
  'an infinite number': ['items.list', { limit: Number.POSITIVE_INFINITY }, 'limit'],
  'a fraction': ['items.list', { limit: 1.5 }, 'limit'],
  'a number beyond 2^53': ['stock.movements', { itemId: v7(), after: 2 ** 60 }, 'after'],
};

test.each(Object.entries(wrong))('%s is refused at its place', async (_, [method, params, field]) => {
  expect((await problemsOf(method, params)).map((problem) => problem.field)).toContain(field);
});

test('negative zero is refused at its place', async () => {
  const float = (value: number) => {
    const bytes = Buffer.from([0xcb, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.writeDoubleBE(value, 1);
    return bytes.toString('latin1');
  };
  // msgpackr writes -0 as the integer 0; other languages do not.
  const request = requestFrame(4_000, 'adjustments.create', {
    commandId: v7(),
    lines: [{ itemId: v7(), quantity: 1.5, reason: 'count' }],
  }).toString('latin1');
  const bytes = Buffer.from(request.replace(float(1.5), float(-0)), 'latin1');
  const { error } = await client.send(bytes, 4_000);
  const problems = [{ field: 'lines[0].quantity', reason: 'must not be negative zero' }];
  expect(error).toMatchObject({ code: 'PARAMS_INVALID', data: { problems } });
});

test('the keys of prototypes are fields like any other, and unknown', async () => {
  for (const key of ['constructor', 'toString', 'hasOwnProperty', 'prototype']) {
    expect((await problemsOf('items.list', { [key]: { polluted: true } })).length).toBeGreaterThan(0);
  }
  const params = JSON.parse('{"__proto__": {"limit": 1}}') as object;
  expect((await problemsOf('items.list', params)).length).toBeGreaterThan(0);
});

test('half a surrogate pair never arrives as text: the name is refused or mended, never stored as it is', async () => {
  const { result } = await client.request('units.create', { ...unit, commandId: v7(), name: 'a\ud800b' });
  expect(result).toMatchObject({ code: 'box' });
  const { units } = (await client.call('units.list', {})) as { units: { code: string; name: string }[] };
  expect(units.find((found) => found.code === 'box')?.name.isWellFormed()).toBe(true);
});

test('a thousand bad lines are told by at most twenty problems', async () => {
  const lines = Array.from({ length: 1_000 }, () => ({ itemId: 'x', quantity: 'y' }));
  const problems = await problemsOf('receipts.create', { commandId: v7(), lines });
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThanOrEqual(20);
});

test('integers are taken in every form that has their value', async () => {
  for (const limit of [5, 5.0, 5n]) expect(await client.codeOf('items.list', { limit })).toBeNull();
});

test('more requests than may be in flight are refused, and the others answered', async () => {
  const requests = Array.from({ length: limits.requestsInFlightPerSessionMax + 50 }, (_, index) =>
    client.codeOf('items.create', { commandId: v7(), sku: `M-${index}`, name: 'many', unit: 'pcs' }),
  );
  const codes = await Promise.all(requests);
  expect(new Set(codes)).toEqual(new Set([null, 'TOO_MANY_REQUESTS']));
  expect(codes.filter((code) => code === null).length).toBeGreaterThanOrEqual(
    limits.requestsInFlightPerSessionMax,
  );
});
