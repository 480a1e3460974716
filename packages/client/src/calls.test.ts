// How calls end, in virtual time and without a network; client.test.ts has the same over real sockets.

import { Duplex } from 'node:stream';
import { decode, errorFrame, limits, MasalaError, resultFrame } from '@masala/protocol';
import { type CallOptions, Calls, LATE_AFTER_MS, type Late } from './calls.ts';
import { Channel } from './channel.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const ITEM = { sku: 'A', name: 'Bolt', unit: 'pcs' };

function setUp(reason?: MasalaError) {
  const clock = new VirtualClock();
  let ids = 0;
  const newCommandId = () => `0190a5b4-0000-7000-8000-${String(++ids).padStart(12, '0')}`;
  const calls = new Calls({ clock, random: () => 0.5, newCommandId, reason: () => reason });
  const errors: string[] = [];
  const watch = (call: Promise<unknown>) => void call.catch((error: MasalaError) => errors.push(error.code));
  return { clock, calls, errors, watch };
}

/** Lets what was promised come to pass. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a write is told late once, at ten seconds, with its reason and command id, and goes on waiting', async () => {
  const { clock, calls, errors, watch } = setUp(new MasalaError('SERVER_STARTING'));
  const lates: Late[] = [];
  watch(calls.call('items.create', ITEM, { onLate: (late) => void lates.push(late) }));
  clock.advance(LATE_AFTER_MS - 1);
  expect(lates).toEqual([]);
  clock.advance(30 * 24 * 3_600_000);
  await turn();
  expect(lates).toMatchObject([
    {
      method: 'items.create',
      commandId: '0190a5b4-0000-7000-8000-000000000001',
      waitedMs: 10_000,
      reason: { code: 'SERVER_STARTING' },
    },
  ]);
  expect(errors).toEqual([]);
  expect(calls.pendingCount).toBe(1);
});

test('a read ends at the deadline of its method, or at its own', async () => {
  const { clock, calls, errors, watch } = setUp();
  watch(calls.call('items.get', { sku: 'A' }));
  watch(calls.call('items.get', { sku: 'A' }, { deadlineMs: 500 }));
  watch(calls.call('ledger.verify', {}));
  clock.advance(500);
  await turn();
  expect(errors).toHaveLength(1);
  clock.advance(9_499);
  await turn();
  expect(errors).toHaveLength(1);
  clock.advance(1);
  await turn();
  expect(errors).toEqual(['CONNECTION_LOST', 'CONNECTION_LOST']);
  clock.advance(600_000);
  await turn();
  expect(errors).toHaveLength(3);
  expect(clock.waiting).toBe(0);
});

test('a call for this connection only is refused at once where there is none', async () => {
  const { calls, clock } = setUp(new MasalaError('SERVER_STOPPING'));
  const options: CallOptions = { once: true };
  await expect(
    calls.call('imports.run', { importId: '0190a5b4-0000-7000-8000-000000000001' }, options),
  ).rejects.toMatchObject({
    code: 'SERVER_STOPPING',
  });
  expect(clock.waiting).toBe(0);
});

test('more calls than the client keeps are refused, and the kept ones stay', async () => {
  const { calls, errors, watch } = setUp();
  for (let index = 0; index < 10_001; index++) watch(calls.call('items.create', ITEM));
  await turn();
  expect(errors).toEqual(['TOO_MANY_REQUESTS']);
  expect(calls.pendingCount).toBe(10_000);
});

test('calls that wait out the pause after a refusal are kept in the same number', async () => {
  const { calls, clock, errors, watch } = setUp();
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      for (let at = 0; at < chunk.length; at += 4 + chunk.readUInt32BE(at)) {
        const [, id] = decode(chunk.subarray(at + 4, at + 4 + chunk.readUInt32BE(at))) as [number, number];
        socket.push(errorFrame(id, new MasalaError('READ_ONLY').toWire()));
      }
      done();
    },
  });
  const channel = new Channel(socket, { clock, onEvent: () => undefined, onClosed: () => calls.detach() });
  calls.attach(channel);
  for (let index = 0; index < limits.clientCallsQueuedMax; index++) watch(calls.call('items.create', ITEM));
  while (clock.waiting < limits.clientCallsQueuedMax) await turn();
  watch(calls.call('items.create', ITEM));
  await turn();
  expect(errors).toEqual(['TOO_MANY_REQUESTS']);
  calls.end(new MasalaError('CANCELLED'));
});

test('the end rejects what is pending and what comes after', async () => {
  const { calls, clock, errors, watch } = setUp();
  watch(calls.call('items.create', ITEM));
  watch(calls.call('items.get', { sku: 'A' }));
  calls.end(new MasalaError('DEVICE_REVOKED'));
  watch(calls.call('items.create', ITEM));
  await turn();
  expect(errors).toEqual(['DEVICE_REVOKED', 'DEVICE_REVOKED', 'DEVICE_REVOKED']);
  expect(clock.waiting).toBe(0);
});

test('an answer ends a write and leaves no timer behind', async () => {
  const { calls, clock } = setUp();
  const asked: [number, number, string, { commandId: string }][] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      const request = decode(chunk.subarray(4)) as (typeof asked)[0];
      asked.push(request);
      socket.push(resultFrame(request[1], { id: 'x', version: 1 }));
      done();
    },
  });
  const channel = new Channel(socket, { clock, onEvent: () => undefined, onClosed: () => calls.detach() });
  calls.attach(channel);
  expect(await calls.call('items.create', ITEM, { onLate: () => undefined })).toEqual({
    id: 'x',
    version: 1,
  });
  expect(asked).toHaveLength(1);
  expect(clock.waiting).toBe(0);
  expect(channel.awaitedCount).toBe(0);
});

test('everything called in one turn of the loop leaves in one write, what promises call included', async () => {
  const { calls, clock } = setUp();
  const writes: number[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.length);
      done();
    },
  });
  const channel = new Channel(socket, { clock, onEvent: () => undefined, onClosed: () => calls.detach() });
  calls.attach(channel);
  const later = async (steps: number) => {
    for (let step = 0; step < steps; step++) await Promise.resolve();
    return calls.call('items.get', { sku: 'A' });
  };
  const asked = Array.from({ length: 100 }, (_, index) => later(index));
  await turn();
  await turn();
  expect(writes).toHaveLength(1);
  calls.end(new MasalaError('CANCELLED'));
  await Promise.allSettled(asked);
});
