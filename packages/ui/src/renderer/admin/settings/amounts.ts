// Durations and sizes as people write them, exactly: 300000 ms is 5 min, and nothing is rounded on the way there or back.

/** How a setting counts; null for texts and switches. */
export type SettingUnit = 'ms' | 'bytes' | 'count' | 'port' | null;

export interface AmountUnit {
  readonly name: 'ms' | 's' | 'min' | 'h' | 'd' | 'bytes' | 'KB' | 'MB' | 'GB';
  /** How much of the setting's own unit one of it is. */
  readonly size: number;
}

const durations: readonly AmountUnit[] = [
  { name: 'ms', size: 1 },
  { name: 's', size: 1_000 },
  { name: 'min', size: 60_000 },
  { name: 'h', size: 3_600_000 },
  { name: 'd', size: 86_400_000 },
];

// As everywhere on the server PC, a megabyte is 1024 × 1024 bytes.
const sizes: readonly AmountUnit[] = [
  { name: 'bytes', size: 1 },
  { name: 'KB', size: 1024 },
  { name: 'MB', size: 1024 ** 2 },
  { name: 'GB', size: 1024 ** 3 },
];

/** The units in which a setting can be written, smallest first; empty where it is a plain number. */
export function unitsFor(unit: SettingUnit): readonly AmountUnit[] {
  if (unit === 'ms') return durations;
  return unit === 'bytes' ? sizes : [];
}

/** The largest unit in which the value is a whole number. */
export function humaneUnit(value: number, unit: SettingUnit): AmountUnit | undefined {
  return (
    unitsFor(unit).findLast(({ size }) => value % size === 0 && (value !== 0 || size === 1_000)) ??
    unitsFor(unit)[0]
  );
}

/** `1.5` and `1,5` are the same; undefined for what is no number, or not exact in the setting's own unit. */
export function exactValue(written: string, size: number): number | undefined {
  const match = /^(\d{1,15})(?:[.,](\d{1,9}))?$/.exec(written.trim());
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  // In integers: 0.1 × 1000 is not 100 in every floating point.
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * BigInt(size);
  if (scaled % scale !== 0n) return undefined;
  const value = Number(scaled / scale);
  return Number.isSafeInteger(value) ? value : undefined;
}
