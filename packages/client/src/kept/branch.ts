// Where the server's history left the one that this PC knew: a pure rule over the lineage of the greeting.

import type { Hello } from '../hello.ts';

export type Lineage = Hello['lineage'];

export interface Branch {
  /** The epoch that this PC knew last. */
  readonly from: string;
  /** The present one. */
  readonly to: string;
  /** What happened to the server; null where it does not say. */
  readonly origin: NonNullable<Lineage[number]['origin']> | null;
  /** When that was, in UTC milliseconds; null where the server does not say. */
  readonly beganAt: number | null;
  /** The last sequence that both share; null where the known epoch is no ancestor: this is another history. */
  readonly branchSequence: number | null;
  /** Records may have survived without the commands that made them. */
  readonly salvaged: boolean;
}

/** How the present epoch came from another one that this PC knew. */
export function branchFrom(from: string, { epoch, lineage }: Pick<Hello, 'epoch' | 'lineage'>): Branch {
  const at = lineage.findIndex(({ parent }) => parent === from);
  const { origin = null, beganAt = null } = lineage[Math.max(at, 0)] ?? {};
  const since = at === -1 ? lineage : lineage.slice(0, at + 1);
  return {
    from,
    to: epoch,
    origin,
    beganAt,
    branchSequence: lineage[at]?.branchSequence ?? null,
    salvaged: since.some((entry) => entry.origin === 'salvage'),
  };
}
