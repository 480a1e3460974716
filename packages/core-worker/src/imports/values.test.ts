// What cells mean: exact quantities, true dates, keys that people can type.

import { limits } from '@masala/protocol';
import fc from 'fast-check';
import { parseDate, parseDecimals, parseKey, parseQuantity } from './values.ts';

describe('quantities', () => {
  const integers = fc.integer({ min: 1, max: limits.lineQuantityMax });
  const signs = fc.constantFrom(-1, 1);

  test('every quantity that can be booked is read back exactly, with any number of decimals', () => {
    fc.assert(
      fc.property(integers, signs, fc.integer({ min: 0, max: 6 }), (smallest, sign, decimals) => {
        const digits = String(smallest).padStart(decimals + 1, '0');
        const whole = digits.slice(0, digits.length - decimals);
        const fraction = digits.slice(digits.length - decimals);
        const text = `${sign < 0 ? '-' : ''}${whole}${decimals > 0 ? `.${fraction}` : ''}`;
        expect(parseQuantity(text, decimals)).toEqual({ value: sign * smallest });
      }),
    );
  });

  test('trailing zeros say nothing', () => {
    expect(parseQuantity(' 1.500 ', 1)).toEqual({ value: 15 });
    expect(parseQuantity('7.00', 0)).toEqual({ value: 7 });
    expect(parseQuantity('+3', 0)).toEqual({ value: 3 });
    expect(parseQuantity('0.1', 6)).toEqual({ value: 100_000 });
  });

  test.each([
    '',
    ' ',
    '-',
    '1,234',
    '1.234,5',
    '1 000',
    "1'000",
    '1e3',
    '0x10',
    '.5',
    '5.',
    '1.2.3',
    '--1',
    'NaN',
    'Infinity',
    '١٢',
    '9'.repeat(31),
  ])('%j is no quantity', (text) => {
    expect(parseQuantity(text, 3)).toEqual({ problem: expect.stringContaining('not a decimal number') });
  });

  test('zero, too many decimals and too much are told apart', () => {
    expect(parseQuantity('-0.0', 1)).toEqual({ problem: 'The quantity is zero.' });
    expect(parseQuantity('1.25', 1)).toEqual({ problem: expect.stringContaining('2 decimals') });
    expect(parseQuantity('1000000000001', 0)).toEqual({ problem: 'The quantity is too large.' });
  });

  test('no text makes it throw or give an integer that is not exact', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 6 }), (text, decimals) => {
        const parsed = parseQuantity(text, decimals);
        if ('value' in parsed) expect(Number.isSafeInteger(parsed.value)).toBe(true);
      }),
    );
  });
});

describe('dates', () => {
  test('are UTC, with or without a time', () => {
    expect(parseDate('2010-12-01')).toEqual({ value: Date.UTC(2010, 11, 1) });
    expect(parseDate(' 2010-12-01 08:26 ')).toEqual({ value: Date.UTC(2010, 11, 1, 8, 26) });
    expect(parseDate('2024-02-29 23:59:59')).toEqual({ value: Date.UTC(2024, 1, 29, 23, 59, 59) });
    expect(parseDate('')).toEqual({ value: null });
  });

  test.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-01 24:00',
    '2024-01-01 10:60',
    '01.12.2010',
    '2010-1-1',
    '1/12/2010',
    '1969-12-31',
    '0000-01-01',
  ])('%j is none', (text) => {
    expect(parseDate(text)).toHaveProperty('problem');
  });

  test('every day is read back', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (day) => {
          const text = day.toISOString().slice(0, 19).replace('T', ' ');
          expect(parseDate(text)).toEqual({ value: Math.floor(day.getTime() / 1000) * 1000 });
        },
      ),
    );
  });
});

test('decimals go from 0 to 6', () => {
  expect(parseDecimals(' 3 ')).toEqual({ value: 3 });
  expect(parseDecimals('')).toEqual({ value: null });
  for (const text of ['7', '-1', '1.0', 'x']) expect(parseDecimals(text)).toHaveProperty('problem');
});

test('keys are trimmed; empty, overlong and unprintable ones are refused', () => {
  expect(parseKey(' 85123A ', 'SKU', 6)).toEqual({ value: '85123A' });
  expect(parseKey('  ', 'SKU', 6)).toEqual({ problem: 'The SKU is missing.' });
  expect(parseKey('1234567', 'SKU', 6)).toEqual({ problem: 'The SKU is longer than 6 characters.' });
  expect(parseKey('12\u00003', 'SKU', 6)).toEqual({ problem: 'The SKU has control characters.' });
});
