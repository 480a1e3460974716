// How long ago something was, in the words that a person would use.

const UNITS = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
] as const;

/** "2 hours ago", "1 day ago", "just now" below a minute; "in the future" where a clock was wrong. */
export function ageInWords(elapsedMs: number): string {
  if (elapsedMs < -UNITS[2].ms) return 'in the future';
  for (const { name, ms } of UNITS) {
    const count = Math.floor(elapsedMs / ms);
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
