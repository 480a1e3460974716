// Canonical JSON and digests: one text for one value, on every machine and in every language.

import fc from 'fast-check';
import { canonicalJson, commandDigest, sha256Hex } from './canonical.ts';
import { messageValue } from './testing/arbitraries.ts';
import { decode, encode } from './wire/codec.ts';

/** The same value with the fields of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reordered(field)]),
  );
}

test('the order of fields does not matter', () => {
  fc.assert(
    fc.property(messageValue, (value) => {
      expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
    }),
    { numRuns: 1_000 },
  );
});

test('the journey over the wire does not matter', () => {
  fc.assert(
    fc.property(messageValue, (value) => {
      expect(canonicalJson(decode(encode(value)))).toBe(canonicalJson(value));
    }),
    { numRuns: 1_000 },
  );
});

test('it is JSON, and canonical JSON of what it reads back is the same text', () => {
  fc.assert(
    fc.property(messageValue, (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, unknown, string]>([
  [
    'keys by UTF-16 code units',
    { b: 1, a: 2, B: 3, '': 4, '\u20ac': 5, '\ud83d\ude00': 6, '\ufb33': 7 },
    '{"":4,"B":3,"a":2,"b":1,"€":5,"😀":6,"\ufb33":7}',
  ],
  ['keys that look like numbers', { 10: 1, 9: 2, '01': 3 }, '{"01":3,"10":1,"9":2}'],
  ['-0', [-0], '[0]'],
  ['the largest integer', [Number.MAX_SAFE_INTEGER], '[9007199254740991]'],
  ['escapes', '"\\/\b\f\n\r\t\u0001\u007f\u2028', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007f\u2028"'],
  ['undefined fields', { a: undefined, b: null }, '{"b":null}'],
  ['binary', Buffer.from([0, 255, 16]), '"AP8Q"'],
  ['nothing', {}, '{}'],
  ['nesting', { z: [{ b: [], a: {} }] }, '{"z":[{"a":{},"b":[]}]}'],
])('%s', (_name, value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

const commandId = '019b76da-a800-7000-8000-000000000001';

test('known digests', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  // Of the text `units.create`, a line feed, `{"code":"box","name":"Schachtel ä"}`; worked out with sha256sum.
  expect(commandDigest('units.create', { commandId, name: 'Schachtel ä', code: 'box' })).toBe(
    '243eacb107e646e60c13f6823542f5c52059d2a7852d9672e93cf8ed107f9381',
  );
});

test('the digest leaves the command id out, and nothing else', () => {
  const params = { code: 'box', name: 'Box' };
  const digest = commandDigest('units.create', { commandId, ...params });
  expect(commandDigest('units.create', params)).toBe(digest);
  expect(commandDigest('units.create', { ...params, commandId: 'another' })).toBe(digest);
  expect(commandDigest('items.create', { commandId, ...params })).not.toBe(digest);
  expect(commandDigest('units.create', { commandId, ...params, name: 'box' })).not.toBe(digest);
  // A commandId that is deeper is content.
  expect(commandDigest('units.create', { ...params, inner: { commandId } })).not.toBe(
    commandDigest('units.create', { ...params, inner: {} }),
  );
});
