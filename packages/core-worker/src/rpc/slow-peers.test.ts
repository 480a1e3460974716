// Peers that are too slow, one for each bound: each is disconnected in its time, and others are served on.

import { connect } from 'node:net';
import { encode, frame, requestFrame } from '@masala/protocol';
import { type CoreUnderTest, startCore, type TestDevice } from '../testing/core-under-test.ts';

let core: CoreUnderTest;
let bystander: TestDevice;
let beat: NodeJS.Timeout;
beforeAll(async () => {
  core = await startCore({
    set: [
      'connections.handshakeTimeoutMs=600',
      'connections.frameTimeoutMs=600',
      'connections.writeTimeoutMs=600',
      'connections.idleTimeoutMs=1500',
    ],
  });
  bystander = await core.device();
  // It has to ping: the idle time-out holds for it too.
  beat = setInterval(() => void bystander.client.request('session.ping', {}).catch(() => undefined), 100);
});
afterAll(() => {
  clearInterval(beat);
  return core.end();
});
afterEach(async () => {
  expect(await bystander.client.codeOf('session.whoami', {})).toBeNull();
});

async function loggedPhases(): Promise<unknown[]> {
  return (await core.logged('rpc.peer.slow')).map((line) => line.phase);
}

test('a TCP connection that never begins TLS', async () => {
  const socket = connect(core.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  expect(await loggedPhases()).toContain('handshake');
});

test('a peer that says hello and never signs in, however busy it is', async () => {
  const client = await core.greeted();
  const busy = setInterval(() => client.socket.write(requestFrame(9, 'session.nothing', {})), 50);
  expect(await client.farewell()).toBe('DEADLINE_EXCEEDED');
  clearInterval(busy);
  expect(client.farewells[0]?.error?.data).toEqual({ phase: 'handshake' });
});

test('a frame that drips in byte by byte is not given more time by each byte', async () => {
  const client = await core.signIn(bystander.token);
  const bytes = frame(encode([0, 1, 'session.ping', { padding: 'x'.repeat(10_000) }]));
  let at = 0;
  const drip = setInterval(() => client.socket.write(bytes.subarray(at, ++at)), 30);
  expect(await client.farewell()).toBe('DEADLINE_EXCEEDED');
  clearInterval(drip);
  expect(client.farewells[0]?.error?.data).toEqual({ phase: 'frame' });
});

test('a device that says nothing for too long', async () => {
  const client = await core.signIn(bystander.token);
  expect(await client.farewell()).toBe('DEADLINE_EXCEEDED');
  expect(client.farewells[0]?.error?.data).toEqual({ phase: 'idle' });
});

test('a device that asks and does not take the answers is not read from, and cut', async () => {
  const client = await core.signIn(bystander.token);
  client.socket.pause();
  const ask = frame(encode([0, 1, 'system.status', {}]));
  const many = Buffer.concat(Array.from({ length: 2_000 }, () => ask));
  const flood = setInterval(() => {
    if (client.socket.writableLength < 1_000_000) client.socket.write(many);
  }, 5);
  await expect(core.logged('rpc.peer.slow').then(untilPhase('write'))).resolves.toBe(true);
  clearInterval(flood);
});

/** Looks again until a peer was cut in this phase. */
function untilPhase(phase: string) {
  return async (): Promise<boolean> => {
    while (!(await loggedPhases()).includes(phase)) await new Promise((resolve) => setTimeout(resolve, 20));
    return true;
  };
}
