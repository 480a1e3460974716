// Frames that no client of ours sends: each gets its code, its connection is closed, and others are served on.

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { encode, frame, limits } from '@masala/protocol';
import { type CoreUnderTest, startCore, type TestDevice } from '../testing/core-under-test.ts';

let core: CoreUnderTest;
let bystander: TestDevice;
beforeAll(async () => {
  core = await startCore();
  bystander = await core.device();
});
afterAll(() => core.end());
afterEach(async () => {
  expect(await bystander.client.call('session.whoami', {})).toMatchObject({ deviceId: bystander.deviceId });
});

function header(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

/** 16 nested arrays, each of which claims 2^32 - 1 elements. */
const bomb = Buffer.concat(Array.from({ length: 16 }, () => Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])));

const malformed: Readonly<Record<string, Buffer>> = {
  'random bytes': frame(Buffer.concat([Buffer.from([0xc1]), randomBytes(200)])),
  'a bomb of nested lengths': frame(bomb),
  'a value that is no message': frame(encode({ method: 'session.hello' })),
  'a message of an unknown type': frame(encode([7, 1, 'session.hello', {}])),
  'a response': frame(encode([1, 1, null, {}])),
  'an id beyond 32 bits': frame(encode([0, 2 ** 40, 'session.hello', {}])),
  'bytes after the message': frame(Buffer.concat([encode([0, 1, 'session.hello', {}]), Buffer.from([1])])),
  'a string that is not UTF-8': frame(Buffer.from([0x94, 0, 1, 0xa2, 0xed, 0xa0, 0x80])),
  'an empty frame': header(0),
};

test.each(Object.entries(malformed))(
  '%s: FRAME_MALFORMED, and the connection is closed',
  async (_, bytes) => {
    const client = await core.connect();
    client.socket.write(bytes);
    expect(await client.farewell()).toBe('FRAME_MALFORMED');
  },
);

test('a malformed frame of a signed-in device ends only its connection', async () => {
  const { client } = await core.device();
  client.socket.write(frame(Buffer.from([0xc1])));
  expect(await client.farewell()).toBe('FRAME_MALFORMED');
  expect((await core.logged('rpc.frame.rejected')).length).toBeGreaterThan(0);
});

test('before sign-in a frame over 16 KiB is refused by its header alone', async () => {
  const client = await core.greeted();
  client.socket.write(header(limits.frameBeforeAuthenticationMaxBytes + 1));
  expect(await client.farewell()).toBe('FRAME_TOO_LARGE');
  expect(client.farewells[0]?.error?.data).toMatchObject({
    limitBytes: limits.frameBeforeAuthenticationMaxBytes,
  });
});

test('after sign-in a frame of the limit is read, one byte more is refused', async () => {
  const { client } = await core.device();
  const padding = limits.frameMaxBytes - 64;
  const big = await client.request('session.ping', { padding: 'x'.repeat(padding) });
  expect(big.error?.code).toBe('PARAMS_INVALID');
  client.socket.write(header(limits.frameMaxBytes + 1));
  expect(await client.farewell()).toBe('FRAME_TOO_LARGE');
});

test('a frame that is cut by the end of its connection harms nobody', async () => {
  const client = await core.greeted();
  client.socket.end(Buffer.concat([header(1_000), Buffer.from([0x94, 0])]));
  await client.closed;
});

test('a version that the server does not speak is refused with both ranges', async () => {
  const client = await core.connect();
  const { error } = await client.request('session.hello', {
    protocol: { minimum: 2, maximum: 9 },
    client: { name: 'from the future', version: '9' },
  });
  expect(error).toMatchObject({
    code: 'PROTOCOL_VERSION_UNSUPPORTED',
    data: { server: { minimum: 1, maximum: 1 }, client: { minimum: 2, maximum: 9 } },
  });
});

test('plain text and an old TLS on the port are cut off', async () => {
  for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from('16030100050100000000', 'hex')]) {
    const socket = connect(core.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
  }
});
