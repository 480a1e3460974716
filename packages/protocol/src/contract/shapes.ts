// The shapes that several areas of the contract share: ids, quantities, times, pages.

import Type, { type TProperties, type TSchema } from 'typebox';
import { INTEGER_MAX, limits } from '../limits.ts';

/** An object that takes no other fields: a field that one side does not know is told, never dropped. */
export function closed<const Fields extends TProperties>(fields: Fields) {
  return Type.Object(fields, { additionalProperties: false });
}

/** An object of an answer: newer servers may add fields, so readers let unknown ones pass. */
export function answer<const Fields extends TProperties>(fields: Fields) {
  return Type.Object(fields);
}

export function nullable<const Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export function integer(minimum: number, maximum = INTEGER_MAX) {
  return Type.Integer({ minimum, maximum });
}

export function text(maxLength: number, minLength = 1) {
  return Type.String({ minLength, maxLength });
}

/**
 * What people type to name a thing (a SKU, a partner's code): no control characters and no blanks around it, since two names
 * that look alike on paper must not be two things.
 */
export function label(maxLength: number) {
  return Type.String({
    minLength: 1,
    maxLength,
    description: `text of 1 to ${maxLength} without control characters and without blanks around it`,
    pattern: '^[^\\u0000-\\u0020\\u007f](?:[^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f])?$',
  });
}

/** UUID in lower case. Ours are version 7, so that what is made together lies together on disk. */
export const Id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});
/** The client's own name for one act; the same act repeated has the same id. */
export const CommandId = Id;
/** UTC milliseconds since 1970. The upper bound is JavaScript's last date. */
export const Time = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });
/** How often a record was changed; a write names the version it read. */
export const Version = integer(1);
/** In the item's smallest unit: with 3 decimals, 1500 is 1.5. */
export const Quantity = integer(-INTEGER_MAX);
export const PositiveLineQuantity = integer(1, limits.lineQuantityMax);
export const SignedLineQuantity = integer(-limits.lineQuantityMax, limits.lineQuantityMax);
export const Limit = integer(1, limits.pageRowsMax);
/** SHA-256 in lower-case hexadecimal. */
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** Raw bytes (msgpack bin), at most so many. */
export function bytes(maxBytes: number) {
  return Type.Refine(
    Type.Unsafe<Uint8Array>({ description: `binary, at most ${maxBytes} bytes` }),
    (value) => value instanceof Uint8Array && value.length <= maxBytes,
    () => `must be binary of at most ${maxBytes} bytes`,
  );
}
