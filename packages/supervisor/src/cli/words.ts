// Pure rules: sizes and tables in the words that a person would use.

import { CATALOGUE_LANGUAGE } from '@masala/protocol/tables';

const whole = new Intl.NumberFormat(CATALOGUE_LANGUAGE, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(CATALOGUE_LANGUAGE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** "812 bytes", "1.2 MB": as the PC's file manager counts, 1024 at a time. */
export function sizeInWords(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (Math.round(amount) >= 1_024 && unit < UNITS.length - 1) {
    amount /= 1_024;
    unit += 1;
  }
  return `${(unit === 0 || amount >= 100 ? whole : oneDigit).format(amount)} ${UNITS[unit]}`;
}

/** Rows with their cells below each other. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
}
