// Quantities are whole numbers of the smallest part of a unit: with 3 decimals, 1500 is 1.500.

import { readerLocale } from './reader-locale.ts';

/** All of its decimals are written, so that a column of them can be read down. */
export function quantityText(quantity: number, decimals: number): string {
  const digits = String(Math.abs(quantity)).padStart(decimals + 1, '0');
  const at = digits.length - decimals;
  const exact = `${quantity < 0 ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at) || '0'}`;
  // As a text: the format rounds no digit of it, and a float might.
  return new Intl.NumberFormat(readerLocale, { minimumFractionDigits: decimals }).format(
    exact as `${number}`,
  );
}
