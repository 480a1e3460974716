// How long ago something was, in the words that a person would use.

import { plural } from './plural.ts';

const MINUTE_MS = 60_000;
const UNITS = [
  { ms: 86_400_000, forms: { one: '# day ago', other: '# days ago' } },
  { ms: 3_600_000, forms: { one: '# hour ago', other: '# hours ago' } },
  { ms: MINUTE_MS, forms: { one: '# minute ago', other: '# minutes ago' } },
] as const;

/** "2 hours ago", "1 day ago", "just now" below a minute; "in the future" where a clock was wrong. */
export function ageInWords(elapsedMs: number): string {
  if (elapsedMs < -MINUTE_MS) return 'in the future';
  for (const { ms, forms } of UNITS) {
    const count = Math.floor(elapsedMs / ms);
    if (count >= 1) return plural(count, forms);
  }
  return 'just now';
}
