// Pure rules: sizes, counts and tables in the words that a person would use.

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** "812 bytes", "1.2 MB": as the PC's file manager counts, 1024 at a time. */
export function sizeInWords(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (Math.round(amount) >= 1_024 && unit < UNITS.length - 1) {
    amount /= 1_024;
    unit += 1;
  }
  const text = unit === 0 || amount >= 100 ? String(Math.round(amount)) : amount.toFixed(1);
  return `${text} ${UNITS[unit]}`;
}

/** "1 command", "12 commands". */
export function countInWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
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
