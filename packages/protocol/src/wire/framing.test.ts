// Frames: however a stream is cut into chunks, the same bodies come out, and a hostile peer costs no memory.

import fc from 'fast-check';
import { masalaErrorOf } from '../testing/expect-error.ts';
import { FRAME_HEADER_BYTES, FrameReader, frame } from './framing.ts';

const LIMIT_BYTES = 1_000;

function bodiesOf(chunks: readonly Buffer[], reader = new FrameReader(LIMIT_BYTES)): string[] {
  const bodies: string[] = [];
  for (const chunk of chunks) reader.push(chunk, (body) => bodies.push(body.toString('hex')));
  return bodies;
}

/** Cuts a stream into pieces of the given lengths, over and over. */
function cut(stream: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    // A copy of its own: the reader must not depend on a chunk after it was pushed.
    chunks.push(Buffer.from(stream.subarray(at, at + length)));
    at += length;
  }
  return chunks;
}

const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });

test('a frame is the length, high byte first, and the body', () => {
  expect(frame(Buffer.from('abc')).toString('hex')).toBe('00000003616263');
});

test('any chunking of any frames gives the same bodies', () => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 12 }), lengths, (bodies, pieces) => {
      const reader = new FrameReader(LIMIT_BYTES);
      const stream = Buffer.concat(bodies.map(frame));
      expect(bodiesOf(cut(stream, pieces), reader)).toEqual(bodies.map((one) => one.toString('hex')));
      expect(reader.partial).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('chunks may be overwritten once they were pushed', () => {
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 6 }), lengths, (bodies, pieces) => {
      const reader = new FrameReader(LIMIT_BYTES);
      const found: string[] = [];
      for (const chunk of cut(Buffer.concat(bodies.map(frame)), pieces)) {
        reader.push(chunk, (one) => found.push(one.toString('hex')));
        chunk.fill(0xff);
      }
      expect(found).toEqual(bodies.map((one) => one.toString('hex')));
    }),
  );
});

test('a frame is partial from its first byte to its last', () => {
  const reader = new FrameReader(LIMIT_BYTES);
  const bytes = frame(Buffer.from('abc'));
  for (let at = 0; at < bytes.length; at++) {
    expect(reader.partial).toBe(at > 0);
    bodiesOf([bytes.subarray(at, at + 1)], reader);
  }
  expect(reader.partial).toBe(false);
});

test('the limit itself is allowed, one byte more is refused by its header alone', () => {
  expect(bodiesOf([frame(Buffer.alloc(LIMIT_BYTES))])).toHaveLength(1);
  const error = masalaErrorOf(() => bodiesOf([Buffer.from('000003e9', 'hex')]));
  expect(error.code).toBe('FRAME_TOO_LARGE');
  expect(error.data).toEqual({ declaredBytes: 1_001, limitBytes: LIMIT_BYTES });
});

test('the largest length that can be declared is refused, also when the header drips', () => {
  const header = Buffer.from('ffffffff', 'hex');
  const error = masalaErrorOf(() => bodiesOf(cut(header, [1])));
  expect(error.data).toEqual({ declaredBytes: 0xffff_ffff, limitBytes: LIMIT_BYTES });
});

test('what came whole before an oversized frame is still handed out', () => {
  const reader = new FrameReader(LIMIT_BYTES);
  const found: string[] = [];
  const stream = Buffer.concat([frame(Buffer.from('ok')), Buffer.from('ffffffff', 'hex')]);
  const error = masalaErrorOf(() => reader.push(stream, (one) => found.push(one.toString())));
  expect(error.code).toBe('FRAME_TOO_LARGE');
  expect(found).toEqual(['ok']);
});

test('a new limit holds from the next frame on, even of the same chunk', () => {
  const reader = new FrameReader(4);
  const found: string[] = [];
  reader.push(Buffer.concat([frame(Buffer.from('abcd')), frame(Buffer.from('abcdefgh'))]), (one) => {
    found.push(one.toString());
    reader.limitBytes = 8;
  });
  expect(found).toEqual(['abcd', 'abcdefgh']);
});

test('an empty frame is an empty body (which is then no message)', () => {
  expect(bodiesOf([frame(Buffer.alloc(0)), frame(Buffer.alloc(0))])).toEqual(['', '']);
});

test('a declared length costs nothing until its bytes arrive', () => {
  const limitBytes = 1024 * 1024;
  const header = Buffer.alloc(FRAME_HEADER_BYTES + 16);
  header.writeUInt32BE(limitBytes);
  const readers = Array.from({ length: 2_000 }, () => new FrameReader(limitBytes));
  const before = process.memoryUsage().arrayBuffers;
  for (const reader of readers) reader.push(header, () => undefined);
  const grownBytes = process.memoryUsage().arrayBuffers - before;
  // 2,000 peers that claim 1 MiB each; what they sent is 40 kB. (Buffers of the pool hold it in slabs of 8 KiB.)
  expect(grownBytes).toBeLessThan(8 * limitBytes);
  expect(readers.every((reader) => reader.partial)).toBe(true);
});

test('a frame that drips byte by byte costs no more than twice its size', () => {
  const limitBytes = 256 * 1024;
  const stream = frame(Buffer.alloc(limitBytes, 7));
  const reader = new FrameReader(limitBytes);
  const allocate = Buffer.allocUnsafe;
  let largestBytes = 0;
  let allocations = 0;
  Buffer.allocUnsafe = (bytes) => {
    largestBytes = Math.max(largestBytes, bytes);
    allocations += 1;
    return allocate(bytes);
  };
  let bodies = 0;
  try {
    for (let at = 0; at < stream.length; at++) {
      reader.push(stream.subarray(at, at + 1), (one) => {
        bodies += one.length;
      });
    }
  } finally {
    Buffer.allocUnsafe = allocate;
  }
  expect(bodies).toBe(limitBytes);
  expect(largestBytes).toBeLessThanOrEqual(2 * (limitBytes + FRAME_HEADER_BYTES));
  // Doubling: some twenty buffers for 262,148 pushes.
  expect(allocations).toBeLessThan(64);
});
