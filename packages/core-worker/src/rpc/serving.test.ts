// A device from its first byte to a booked document, and the events that others see of it.

import { v7 } from 'uuid';
import { type CoreUnderTest, startCore } from '../testing/core-under-test.ts';

let core: CoreUnderTest;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.end());

test('hello tells state, epoch and limits before anybody has signed in', async () => {
  const client = await core.connect();
  const hello = await client.hello();
  expect(hello).toMatchObject({ protocol: 1, state: 'running', flags: [], bootSequence: 1 });
  expect(hello.lineage).toHaveLength(1);
  expect(hello.serverId).toMatch(/^[0-9a-f]{64}$/);
});

test('a paired device books a receipt, reads it back and sees the stock', async () => {
  const { client, deviceId } = await core.device();
  expect(await client.call('session.whoami', {})).toMatchObject({ deviceId, role: 'office' });
  const item = await client.call('items.create', { commandId: v7(), sku: 'A-1', name: 'Bolt', unit: 'pcs' });
  const receipt = await client.call('receipts.create', {
    commandId: v7(),
    post: true,
    lines: [{ itemId: item.id, quantity: 5 }],
  });
  expect(receipt).toMatchObject({ status: 'posted' });
  expect(await client.call('receipts.get', { id: receipt.id })).toMatchObject({
    status: 'posted',
    lineCount: 1,
  });
  expect(await client.call('stock.onHand', { sku: 'A-1' })).toMatchObject({ quantity: 5 });
  expect(await client.call('ledger.verify', {})).toMatchObject({ consistent: true });
  expect(await client.call('system.status', {})).toMatchObject({ state: 'running', port: core.port });
});

test('subscribed sessions get the events of others, unsubscribed ones none', async () => {
  const { client: booker } = await core.device();
  const { client: watcher } = await core.device('viewer');
  expect(await watcher.call('session.subscribe', { events: ['document.posted', 'no.such'] })).toEqual({
    events: ['document.posted'],
  });
  const item = await booker.call('items.create', { commandId: v7(), sku: 'B-1', name: 'Nut', unit: 'pcs' });
  const lines = [{ itemId: item.id, quantity: 1 }];
  const receipt = await booker.call('receipts.create', { commandId: v7(), post: true, lines });
  const posted = await watcher.event('document.posted');
  expect(posted.params).toMatchObject({ id: receipt.id, kind: 'receipt', status: 'posted' });
  expect(watcher.events.map((event) => event.event)).not.toContain('stock.changed');
  expect(booker.events).toEqual([]);
});

test('the same command again is the same answer, with another content an error', async () => {
  const { client } = await core.device();
  const create = { commandId: v7(), sku: 'C-1', name: 'Nut', unit: 'pcs' };
  const first = await client.call('items.create', create);
  expect(await client.call('items.create', create)).toEqual(first);
  expect(await client.codeOf('items.create', { ...create, name: 'Other' })).toBe('COMMAND_ID_REUSED');
  const { client: other } = await core.device();
  expect(await other.codeOf('items.create', create)).toBe('COMMAND_FROM_OTHER_DEVICE');
});

test('a role that may not is refused with the roles that may', async () => {
  const { client } = await core.device('viewer');
  const { error } = await client.request('items.create', {
    commandId: v7(),
    sku: 'D',
    name: 'D',
    unit: 'pcs',
  });
  expect(error).toMatchObject({ code: 'FORBIDDEN', data: { roles: ['admin', 'office'] } });
});
