// The three messages: what is framed reads back, and everything else is refused with its reason.

import fc from 'fast-check';
import { MasalaError } from '../errors.ts';
import { fieldName, messageValue } from '../testing/arbitraries.ts';
import { masalaErrorOf } from '../testing/expect-error.ts';
import { encode } from './codec.ts';
import {
  errorFrame,
  eventFrame,
  REQUEST_ID_MAX,
  readMessage,
  requestFrame,
  resultFrame,
} from './envelope.ts';
import { FRAME_HEADER_BYTES } from './framing.ts';

const bodyOf = (framed: Buffer) => framed.subarray(FRAME_HEADER_BYTES);
const id = fc.integer({ min: 1, max: REQUEST_ID_MAX });
const name = fieldName.filter((text) => text.length <= 64);

test('the id 0 is the connection itself: no request may have it, a response may', () => {
  expect(() => readMessage(bodyOf(requestFrame(0, 'session.ping', {})))).toThrow(
    expect.objectContaining({ code: 'FRAME_MALFORMED' }),
  );
  expect(readMessage(bodyOf(resultFrame(0, null)))).toMatchObject({ type: 'response', id: 0 });
});

test('requests, results and events read back', () => {
  fc.assert(
    fc.property(id, name, messageValue, (requestId, method, value) => {
      expect(readMessage(bodyOf(requestFrame(requestId, method, value)))).toEqual({
        type: 'request',
        id: requestId,
        method,
        params: value,
      });
      expect(readMessage(bodyOf(resultFrame(requestId, value)))).toEqual({
        type: 'response',
        id: requestId,
        error: null,
        result: value,
      });
      expect(readMessage(bodyOf(eventFrame(method, value)))).toEqual({
        type: 'event',
        event: method,
        params: value,
      });
    }),
    { numRuns: 500 },
  );
});

test('an error reads back with its data and incident', () => {
  const error = new MasalaError('CONFLICT', { present: { version: 3 } }, { incidentId: 'r-7' }).toWire();
  expect(readMessage(bodyOf(errorFrame(7, error)))).toEqual({ type: 'response', id: 7, error, result: null });
});

test.each([
  ['nil', null],
  ['an object', { type: 0 }],
  ['an empty array', []],
  ['a request without params', [0, 1, 'items.get']],
  ['a request with a fifth element', [0, 1, 'items.get', {}, 1]],
  ['a response without a result', [1, 1, null]],
  ['an event with an id', [2, 1, 'stock.changed', {}]],
  ['an unknown type', [3, 1, 'items.get', {}]],
  ['a type in words', ['request', 1, 'items.get', {}]],
  ['a negative id', [0, -1, 'items.get', {}]],
  ['an id of 33 bits', [0, REQUEST_ID_MAX + 1, 'items.get', {}]],
  ['an id with a fraction', [0, 1.5, 'items.get', {}]],
  ['an id that is NaN', [0, Number.NaN, 'items.get', {}]],
  ['an id in words', [0, '1', 'items.get', {}]],
  ['a method that is a number', [0, 1, 2, {}]],
  ['a method of 65 letters', [0, 1, 'x'.repeat(65), {}]],
  ['an event without a name', [2, null, {}]],
  ['an error that is a text', [1, 1, 'failed', null]],
  ['an error without a code', [1, 1, { message: 'failed' }, null]],
  ['an error whose code is a number', [1, 1, { code: 5 }, null]],
])('%s is refused', (_name, value) => {
  const error = masalaErrorOf(() => readMessage(encode(value)));
  expect(error.code).toBe('FRAME_MALFORMED');
  expect(typeof error.data?.reason).toBe('string');
});

test('random bytes never do anything but read or be refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        readMessage(Buffer.from(bytes));
      } catch (error) {
        if (!(error instanceof MasalaError) || error.code !== 'FRAME_MALFORMED') throw error;
      }
    }),
    { numRuns: 5_000 },
  );
});
