// Reads the moment to which a restore goes back from the form's field: the rule alone.

import { texts } from '../../shared/texts.ts';

const MINUTE_MS = 60_000;
const words = texts.recovery.until;

/** The field has minutes: the whole minute is meant, so that what was booked in it stays. */
export function momentOf(
  field: string,
  now: number,
): { readonly until: number } | { readonly error: string } {
  const minute = field === '' ? Number.NaN : new Date(field).getTime();
  if (Number.isNaN(minute)) return { error: words.missing };
  if (minute > now) return { error: words.future };
  return { until: Math.min(now, minute + MINUTE_MS - 1) };
}
