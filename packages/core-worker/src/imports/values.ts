// Pure rules: what a cell of the file means, exactly, or why it means nothing.

import { limits } from '@masala/protocol';

/** A value, or a sentence on why there is none. */
export type Parsed<Value> = { readonly value: Value } | { readonly problem: string };

const DECIMAL = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?$/;

/**
 * A decimal number (`-12`, `1.250`) as an integer in the smallest unit of an item with so many decimals: exact, without
 * floats. Thousands separators and decimal commas are refused: `1,234` is read in two ways in two countries.
 */
export function parseQuantity(text: string, decimals: number): Parsed<number> {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return { problem: 'The quantity is not a decimal number such as 12 or -1.5.' };
  const [, sign, whole = '', fraction = ''] = match;
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > decimals) {
    return {
      problem: `The quantity has ${digits.length} decimals, the item is counted with ${decimals}.`,
    };
  }
  const smallest = BigInt(whole + digits.padEnd(decimals, '0'));
  if (smallest === 0n) return { problem: 'The quantity is zero.' };
  if (smallest > BigInt(limits.lineQuantityMax)) return { problem: 'The quantity is too large.' };
  return { value: sign === '-' ? -Number(smallest) : Number(smallest) };
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const NO_DATE = { problem: 'The date is not of the form YYYY-MM-DD or YYYY-MM-DD HH:MM:SS.' };

/** `YYYY-MM-DD[ HH:MM[:SS]]`, taken as UTC, in milliseconds; null for an empty cell. */
export function parseDate(text: string): Parsed<number | null> {
  const trimmed = text.trim();
  if (trimmed === '') return { value: null };
  const match = DATE.exec(trimmed);
  if (match === null) return NO_DATE;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC turns February 30 into March 2 and 25:00 into the next day: such a date is none.
  const written = new Date(time).toISOString();
  if (!written.startsWith(`${match[1]}-${match[2]}-${match[3]}T`)) return NO_DATE;
  if (hour > 23 || minute > 59 || second > 59) return NO_DATE;
  if (time < 0) return { problem: 'The date is before 1970.' };
  return { value: time };
}

/** Digits after the point, 0 to 6; null for an empty cell. */
export function parseDecimals(text: string): Parsed<number | null> {
  const trimmed = text.trim();
  if (trimmed === '') return { value: null };
  const decimals = /^\d$/.test(trimmed) ? Number(trimmed) : limits.itemDecimalsMax + 1;
  if (decimals > limits.itemDecimalsMax) {
    return { problem: `The decimals are not a number from 0 to ${limits.itemDecimalsMax}.` };
  }
  return { value: decimals };
}

/** Control characters in a key are damage (a NUL, a tab of another delimiter): nobody could type it again. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A key that people type: trimmed, not empty, not too long, without control characters. */
export function parseKey(text: string, what: string, maxLength: number): Parsed<string> {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: `The ${what} is missing.` };
  if (trimmed.length > maxLength) {
    return { problem: `The ${what} is longer than ${maxLength} characters.` };
  }
  if (CONTROL.test(trimmed)) return { problem: `The ${what} has control characters.` };
  return { value: trimmed };
}
