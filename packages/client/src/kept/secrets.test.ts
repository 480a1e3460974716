// What the contract marks as secret is left out of what is kept.

import { methods } from '@masala/protocol';
import { withoutSecrets } from './secrets.ts';

test('secrets of the contract are left out, the rest is as it was', () => {
  const params = { secret: 'ABCDEFGHJK', token: 't'.repeat(43), deviceName: 'desk' };
  expect(withoutSecrets(methods['session.pair'].input, params)).toEqual({ deviceName: 'desk' });
});

test('at any depth, in lists and where a value may have several shapes', () => {
  const pin = { type: 'string', secret: true };
  const schema = {
    properties: {
      users: { items: { properties: { pin, name: {} } } },
      maybe: { anyOf: [pin, {}] },
      open: {},
    },
  };
  const value = {
    users: [{ pin: '1', name: 'a' }, { name: 'b' }],
    maybe: '2',
    open: { pin: '3' },
    other: [1],
  };
  expect(withoutSecrets(schema, value)).toEqual({
    users: [{ name: 'a' }, { name: 'b' }],
    open: { pin: '3' },
    other: [1],
  });
});

test('a document without secrets comes back equal, and is a copy', () => {
  const line = { itemId: 'x', quantity: 2, reason: undefined };
  const params = { commandId: 'y', lines: [line], note: 'n' };
  const copy = withoutSecrets(methods['receipts.create'].input, params);
  expect(copy).toEqual({ commandId: 'y', lines: [{ itemId: 'x', quantity: 2 }], note: 'n' });
  expect(copy).not.toBe(params);
});
