// How long ago something was, kept true while it is on the screen; the exact time is in its title.

import { formats } from '../formats.ts';
import { useNow } from '../use-now.ts';

/** Ages are told in minutes at the finest. */
const RENEW_MS = 15_000;

export function Age({ at }: { readonly at: number }) {
  const now = useNow(RENEW_MS);
  return (
    <time dateTime={new Date(at).toISOString()} title={formats.dateTime(at)}>
      {formats.age(at, now)}
    </time>
  );
}
