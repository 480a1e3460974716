// The guard against hostile msgpack: what it lets through decodes, what it refuses costs only a walk.

import fc from 'fast-check';
import { Packr, Unpackr } from 'msgpackr';
import { MasalaError } from '../errors.ts';
import { limits } from '../limits.ts';
import { integerForms, messageValue } from '../testing/arbitraries.ts';
import { masalaErrorOf } from '../testing/expect-error.ts';
import { decode, encode } from './codec.ts';
import { guardBody } from './guard.ts';

function isAccepted(body: Buffer): boolean {
  try {
    guardBody(body);
    return true;
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'FRAME_MALFORMED') return false;
    throw error;
  }
}

function refusalOf(hex: string): unknown {
  const error = masalaErrorOf(() => guardBody(Buffer.from(hex, 'hex')));
  expect(error.code).toBe('FRAME_MALFORMED');
  return error.data?.reason;
}

/** A body with a few bytes changed, cut off, or put in: near enough to be let through now and then. */
const damagedBody = fc
  .tuple(
    messageValue,
    fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    fc.nat(4),
  )
  .map(([value, changes, cutBytes]) => {
    const body = Buffer.from(encode(value));
    for (const [at, byte] of changes) body[at % body.length] = byte;
    return body.subarray(0, Math.max(0, body.length - (cutBytes === 4 ? 1 : 0)));
  });

test('everything that the encoder writes is let through', () => {
  fc.assert(
    fc.property(messageValue, (value) => expect(isAccepted(encode(value))).toBe(true)),
    { numRuns: 2_000 },
  );
});

test('what is let through decodes, what is refused is refused by decode', () => {
  const plain = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });
  let accepted = 0;
  let refused = 0;
  const look = (body: Buffer) => {
    if (isAccepted(body)) {
      accepted += 1;
      plain.unpack(body);
      decode(body);
    } else {
      refused += 1;
      expect(masalaErrorOf(() => decode(body)).code).toBe('FRAME_MALFORMED');
    }
  };
  fc.assert(fc.property(damagedBody, look), { numRuns: 4_000 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => look(Buffer.from(bytes))),
    { numRuns: 6_000 },
  );
  // Both sides were really seen.
  expect(accepted).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(500);
});

test('each prefix of a message is refused, and so is each message with a byte more', () => {
  fc.assert(
    fc.property(messageValue, fc.integer({ min: 0, max: 255 }), (value, extra) => {
      const body = encode(value);
      for (let length = 0; length < body.length; length++) {
        expect(isAccepted(body.subarray(0, length))).toBe(false);
      }
      expect(isAccepted(Buffer.concat([body, Buffer.from([extra])]))).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test('integers are let through in every form', () => {
  for (const value of [0, 1, 127, 128, 255, 65_536, -1, -32, -33, 2 ** 40, -(2 ** 40), 2 ** 53 - 1]) {
    for (const form of integerForms(value)) expect(isAccepted(form)).toBe(true);
  }
});

test.each([
  ['an array of 2^32 - 1', 'ddffffffff', 'an array longer than its frame'],
  ['an array of 65,535', 'dcffff', 'an array longer than its frame'],
  ['a map of 2^32 - 1', 'dfffffffff', 'a map longer than its frame'],
  ['a map of 65,535', 'deffff', 'a map longer than its frame'],
  ['a map of 3 in 4 bytes', '83a161c0a1', 'a map longer than its frame'],
  ['a map with half an entry', '82a16101a162', 'a value longer than its frame'],
  ['a string of 2^32 - 1', 'dbffffffff', 'a value longer than its frame'],
  ['a string that is cut off', 'a3c3a4', 'a value longer than its frame'],
  ['binary of 2^32 - 1', 'c6ffffffff', 'a value longer than its frame'],
  ['a length that is cut off', 'db0000', 'a value longer than its frame'],
  ['a float that is cut off', 'cb00', 'a value longer than its frame'],
  ['nothing at all', '', 'a value longer than its frame'],
  ['a second value', 'c0c0', 'bytes follow the message'],
  ['the tag that msgpack never uses', 'c1', 'a type that the protocol does not use'],
  ['a fixext', 'd40100', 'a type that the protocol does not use'],
  ['a timestamp', 'd6ff00000000', 'a type that the protocol does not use'],
  ['an ext', 'c7010100', 'a type that the protocol does not use'],
  ['an ext of 2^32 - 1', 'c9ffffffff01', 'a type that the protocol does not use'],
  ['an integer as key', '810101', 'a map key that is not a string'],
  ['nil as key', '81c001', 'a map key that is not a string'],
  ['a map as key', '818001', 'a map key that is not a string'],
  ['binary as key', '81c4016101', 'a map key that is not a string'],
  ['a lone continuation byte', 'a180', 'a string that is not UTF-8'],
  ['Latin-1', 'a2e461', 'a string that is not UTF-8'],
  ['a surrogate, encoded', 'a3eda080', 'a string that is not UTF-8'],
  ['a pair of surrogates, each encoded (CESU-8)', 'a6eda0bdedb880', 'a string that is not UTF-8'],
  ['an overlong slash', 'a2c0af', 'a string that is not UTF-8'],
  ['a code point beyond U+10FFFF', 'a4f4908080', 'a string that is not UTF-8'],
  ['a key that is not UTF-8', '81a1ff01', 'a string that is not UTF-8'],
])('%s is refused', (_name, hex, reason) => {
  expect(refusalOf(hex)).toBe(reason);
});

test('as deep as allowed is let through, one deeper is not', () => {
  const nested = (depth: number) => Buffer.from(`${'91'.repeat(depth)}c0`, 'hex');
  expect(isAccepted(nested(limits.messageDepthMax))).toBe(true);
  expect(isAccepted(nested(limits.messageDepthMax + 1))).toBe(false);
  const maps = (depth: number) => Buffer.from(`${'81a161'.repeat(depth)}c0`, 'hex');
  expect(isAccepted(maps(limits.messageDepthMax))).toBe(true);
  expect(isAccepted(maps(limits.messageDepthMax + 1))).toBe(false);
});

test('as many values as allowed are let through, one more is not', () => {
  const list = (length: number) => {
    const body = Buffer.alloc(5 + length, 0xc0);
    body[0] = 0xdd;
    body.writeUInt32BE(length, 1);
    return body;
  };
  // The array itself counts too.
  expect(isAccepted(list(limits.messageValuesMax - 1))).toBe(true);
  expect(isAccepted(list(limits.messageValuesMax))).toBe(false);
});

test.each([
  ['nested arrays', () => Buffer.alloc(limits.frameMaxBytes, 0x91)],
  ['nested maps', () => Buffer.alloc(limits.frameMaxBytes, Buffer.from('81a161', 'hex'))],
  ['nested arrays that each claim the most', () => bombOf('dd00030d40')],
  ['nested maps that each claim the most', () => bombOf('df0001869fa161')],
  [
    'a million empty arrays',
    () => Buffer.concat([Buffer.from('dd000ffff0', 'hex'), bombOf('90')]).subarray(0, -5),
  ],
])('a frame full of %s is refused', (_name, make) => {
  expect(isAccepted(make())).toBe(false);
});

function bombOf(hex: string): Buffer {
  return Buffer.alloc(limits.frameMaxBytes, Buffer.from(hex, 'hex'));
}

test('a document of 1,000 lines is let through', () => {
  const id = '019b0000-0000-7000-8000-000000000000';
  const line = { itemId: id, lotId: id, quantity: limits.lineQuantityMax, reason: 'x'.repeat(200) };
  const params = { commandId: id, lines: Array(limits.documentLinesMax).fill(line) };
  const body = encode([0, 1, 'receipts.create', params]);
  expect(isAccepted(body)).toBe(true);
  expect(body.length).toBeLessThan(limits.frameMaxBytes);
});

test('extensions and records of msgpackr itself are refused', () => {
  const extended = new Packr({ useRecords: true, moreTypes: true });
  for (const value of [new Date(0), new Set([1]), new Error('x'), /x/, { a: 1 }, new Map([[1, 2]])]) {
    expect(isAccepted(extended.pack(value))).toBe(false);
  }
});
