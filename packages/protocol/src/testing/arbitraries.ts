// What the tests of the wire draw from: values that the protocol can carry, and every msgpack form of an integer.

import fc from 'fast-check';

/** An integer that a JavaScript number holds exactly. */
export const exactInteger = fc.oneof(
  fc.integer({ min: -200, max: 300 }),
  fc.integer(),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
);

/** Text in any script, without half characters. */
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

/** A field's name: `__proto__` is told apart by its own test. */
export const fieldName = fc
  .oneof(fc.string({ maxLength: 40 }), text)
  .filter((name) => name !== '__proto__' && name.isWellFormed());

/** Any value that a message may carry, within the limits of depth and number. */
export const messageValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    exactInteger,
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    text,
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(fieldName, tie('value')), { maxLength: 6 }).map((fields) => Object.fromEntries(fields)),
  ),
})).value;

/** Every way in which msgpack can write an integer, wide ones and floats included, each with the tag that it has. */
export function integerForms(value: number): Buffer[] {
  const wide = BigInt(value);
  const forms: Buffer[] = [tagged(0xcb, 8, (bytes) => bytes.writeDoubleBE(value, 1))];
  if (Math.fround(value) === value) forms.push(tagged(0xca, 4, (bytes) => bytes.writeFloatBE(value, 1)));
  if (value >= 0) {
    forms.push(tagged(0xcf, 8, (bytes) => bytes.writeBigUInt64BE(wide, 1)));
    if (value <= 0x7f) forms.push(Buffer.from([value]));
    if (value <= 0xff) forms.push(Buffer.from([0xcc, value]));
    if (value <= 0xffff) forms.push(tagged(0xcd, 2, (bytes) => bytes.writeUInt16BE(value, 1)));
    if (value <= 0xffff_ffff) forms.push(tagged(0xce, 4, (bytes) => bytes.writeUInt32BE(value, 1)));
  }
  forms.push(tagged(0xd3, 8, (bytes) => bytes.writeBigInt64BE(wide, 1)));
  if (value >= -0x20 && value < 0) forms.push(Buffer.from([value & 0xff]));
  if (value >= -0x80 && value <= 0x7f) forms.push(tagged(0xd0, 1, (bytes) => bytes.writeInt8(value, 1)));
  if (value >= -0x8000 && value <= 0x7fff)
    forms.push(tagged(0xd1, 2, (bytes) => bytes.writeInt16BE(value, 1)));
  if (value >= -0x8000_0000 && value <= 0x7fff_ffff)
    forms.push(tagged(0xd2, 4, (bytes) => bytes.writeInt32BE(value, 1)));
  return forms;
}

function tagged(tag: number, valueBytes: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(1 + valueBytes);
  bytes[0] = tag;
  write(bytes);
  return bytes;
}
