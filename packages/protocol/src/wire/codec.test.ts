// Values to msgpack and back: round trips, and integers in every form that another language may send.

import fc from 'fast-check';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { Check } from 'typebox/value';
import { integer, PositiveLineQuantity, Time } from '../contract/shapes.ts';
import { exactInteger, integerForms, messageValue } from '../testing/arbitraries.ts';
import { decode, encode } from './codec.ts';

const anyInteger = integer(-Number.MAX_SAFE_INTEGER);

test('what is encoded decodes to the same value', () => {
  fc.assert(
    fc.property(messageValue, (value) => expect(decode(encode(value))).toEqual(value)),
    { numRuns: 2_000 },
  );
});

test('an integer decodes to the same number in every form', () => {
  fc.assert(
    fc.property(exactInteger, (value) => {
      for (const form of integerForms(value)) expect(decode(form)).toBe(value);
    }),
    { numRuns: 2_000 },
  );
});

test('the very bytes that Python and JavaScript send for a time', () => {
  // msgpack.packb(1767225600000): uint64. msgpackr: float64.
  expect(decode(Buffer.from('cf0000019b76daa800', 'hex'))).toBe(1_767_225_600_000);
  expect(encode(1_767_225_600_000).toString('hex')).toBe('cb4279b76daa800000');
  expect(decode(encode(1_767_225_600_000))).toBe(1_767_225_600_000);
});

test.each([
  ['2^53 - 1', Number.MAX_SAFE_INTEGER, true],
  ['-(2^53 - 1)', -Number.MAX_SAFE_INTEGER, true],
  ['2^53', 2 ** 53, false],
  ['-2^53', -(2 ** 53), false],
])('%s through a schema, in every form', (_name, value, fits) => {
  const compiled = Compile(anyInteger);
  for (const form of integerForms(value)) {
    expect(Check(anyInteger, decode(form))).toBe(fits);
    expect(compiled.Check(decode(form))).toBe(fits);
  }
});

test.each([
  ['2^53 + 1 as uint64 (it would be rounded to 2^53)', 'cf0020000000000001'],
  ['2^64 - 1', 'cfffffffffffffffff'],
  ['-2^63', 'd38000000000000000'],
  ['half', 'cb3fe0000000000000'],
  ['NaN', 'cb7ff8000000000000'],
  ['infinity', 'cb7ff0000000000000'],
  ['-infinity', 'cbfff0000000000000'],
  ['a float32 NaN', 'ca7fc00000'],
  ['10^300', 'cb7e37e43c8800759c'],
  ['a number as a string', 'a131'],
  ['true', 'c3'],
])('%s is no integer', (_name, hex) => {
  const value = decode(Buffer.from(hex, 'hex'));
  expect(Check(anyInteger, value)).toBe(false);
  expect(Compile(anyInteger).Check(value)).toBe(false);
  expect(Check(Time, value)).toBe(false);
  expect(Check(PositiveLineQuantity, value)).toBe(false);
});

test('-0 travels as 0, and where another sends it as a float it counts as 0', () => {
  expect(encode(-0).toString('hex')).toBe('00');
  const sent = decode(Buffer.from('cb8000000000000000', 'hex'));
  expect(Check(integer(0), sent)).toBe(true);
  expect(Check(integer(1), sent)).toBe(false);
});

test('fields that are undefined are left out, and undefined by itself is nil', () => {
  expect(encode({ a: undefined, b: 1 }).toString('hex')).toBe('81a16201');
  expect(encode(undefined).toString('hex')).toBe('c0');
  expect(decode(encode([undefined]))).toEqual([null]);
});

test('half a character is sent as U+FFFD, in short and long strings and in keys', () => {
  expect(decode(encode('\ud800'))).toBe('\ufffd');
  expect(decode(encode(['\udc00a', { '\ud83d': `${'x'.repeat(100)}\ud800` }]))).toEqual([
    '\ufffda',
    { '\ufffd': `${'x'.repeat(100)}\ufffd` },
  ]);
  // A whole one, and bytes that look like half a one, stay as they are.
  expect(decode(encode({ text: '\u{1f600}', bytes: Buffer.from('eda080', 'hex') }))).toEqual({
    text: '\u{1f600}',
    bytes: Buffer.from('eda080', 'hex'),
  });
});

test('any string at all is encoded so that it decodes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((u) => String.fromCharCode(u)) }),
      (value) => {
        expect(decode(encode({ [`${value}x`]: [value] }))).toEqual({
          [`${value}x`.toWellFormed()]: [value.toWellFormed()],
        });
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a key never reaches a prototype', () => {
  const polluting = decode(Buffer.from('81a95f5f70726f746f5f5f81a8706f6c6c7574656401', 'hex'));
  expect(Object.getPrototypeOf(polluting)).toBe(Object.prototype);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  // And a closed schema refuses it, as it refuses what else every object seems to have.
  const closedSchema = Type.Object({}, { additionalProperties: false });
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
    const value = decode(Buffer.concat([Buffer.from([0x81]), encode(key), Buffer.from([0xc0])]));
    expect(Check(closedSchema, value)).toBe(false);
    expect(Compile(closedSchema).Check(value)).toBe(false);
  }
});

test('binary is a copy: the frame it came in may be overwritten', () => {
  const body = Buffer.from('c403010203', 'hex');
  const value = decode(body);
  body.fill(0);
  expect(value).toEqual(Buffer.from([1, 2, 3]));
});
