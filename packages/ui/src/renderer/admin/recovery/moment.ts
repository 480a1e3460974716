// Reads the moment to which a restore goes back from the form's field, and says what is wrong with it: the rule alone.

import { supervisorControl } from '@masala/protocol/control-schemas';
import { texts } from '../../shared/texts.ts';
import { schemaProblem } from '../../shared/use-contract-form.ts';

const MINUTE_MS = 60_000;
const words = texts.recovery.until;
const untilSchema = supervisorControl.methods['recovery.restore'].params.properties.until;

/** The field has minutes: the whole minute is meant, so that what was booked in it stays. */
export function momentOf(field: string, now: number): number {
  return Math.min(now, minuteOf(field) + MINUTE_MS - 1);
}

/** Undefined where it can be gone back to. */
export function untilProblem(field: string, now: number): string | undefined {
  const minute = minuteOf(field);
  if (schemaProblem(untilSchema, minute) !== undefined) return words.missing;
  return minute > now ? words.future : undefined;
}

/** Not a number where there is none. */
function minuteOf(field: string): number {
  return new Date(field).getTime();
}
