// How many connections there may be, and that who is over the limit is told so.

import { type CoreUnderTest, startCore } from '../testing/core-under-test.ts';
import { connectionRefusal } from './connection-limit.ts';

let core: CoreUnderTest;
beforeAll(async () => {
  core = await startCore({ set: ['connections.max=3'] });
});
afterAll(() => core.end());

test('the connection over the limit is told TOO_MANY_CONNECTIONS; when another leaves there is room', async () => {
  const { client, token } = await core.device();
  const others = [await core.greeted(), await core.greeted()];
  const late = await core.connect();
  expect(await late.farewell()).toBe('TOO_MANY_CONNECTIONS');
  expect(await client.codeOf('session.ping', {})).toBeNull();
  for (const other of others) other.close();
  await Promise.all(others.map((other) => other.closed));
  // The server may see the close a moment after us.
  for (;;) {
    const again = await core.connect();
    const code = await Promise.race([again.farewell(), again.hello().then(() => 'welcome')]).catch(
      () => 'refused',
    );
    again.close();
    if (code === 'welcome') break;
  }
  expect(token).toHaveLength(43);
});

const max = { connectionsMax: 10, connectionsPerAddressMax: 2 };

test('one address may hold only its share, but this PC itself all of them', () => {
  expect(connectionRefusal('192.168.1.5', { inAll: 3, ofAddress: 1 }, max)).toBeUndefined();
  const refusal = connectionRefusal('192.168.1.5', { inAll: 3, ofAddress: 2 }, max);
  expect(refusal).toMatchObject({ code: 'TOO_MANY_CONNECTIONS', data: { limit: 2, address: '192.168.1.5' } });
  for (const own of ['127.0.0.1', '127.0.0.9', '::1', '::ffff:127.0.0.1']) {
    expect(connectionRefusal(own, { inAll: 9, ofAddress: 9 }, max)).toBeUndefined();
    expect(connectionRefusal(own, { inAll: 10, ofAddress: 9 }, max)?.code).toBe('TOO_MANY_CONNECTIONS');
  }
});
