// A branch of the server's history and the commands that are gone with it, in a line each. Pure rules.

import type { Branched } from '../kept/branch-watch.ts';
import type { KeptCommand } from '../kept/kept-commands.ts';

/** What happened, and how many commands it took; undefined where it took none. */
export function describeBranch({ origin, missing }: Branched): string | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  const are = missing.length === 1 ? 'is' : 'are';
  return `${describeOrigin(origin, first)}; ${missing.length} of this PC's last commands ${are} gone.`;
}

/** What is gone was acknowledged last thing before: the state that the server came back with is older than the first of it. */
function describeOrigin(origin: Branched['origin'], { acknowledgedAt }: KeptCommand): string {
  switch (origin) {
    case 'fresh':
      return 'The server began anew with an empty database';
    case 'salvage':
      return "The server's damaged database was salvaged";
    default:
      return `The server was restored to its state before ${new Date(acknowledgedAt).toISOString()}`;
  }
}

/** A command in a few words: number, SKU or code, names, how many lines. */
export function summarise({ params, result }: KeptCommand, partners: ReadonlyMap<string, string>): string {
  const { partnerId, lines } = params;
  const { number, status, reversalNumber } = (result ?? {}) as Readonly<Record<string, unknown>>;
  const words = [
    number ?? (status === 'draft' ? 'draft' : undefined),
    reversalNumber === undefined ? undefined : `taken back by ${reversalNumber}`,
    params['sku'] ?? params['code'],
    params['name'],
    typeof partnerId === 'string' ? partners.get(partnerId) : undefined,
    params['reference'],
    Array.isArray(lines) ? `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}` : undefined,
  ];
  return words.filter((word) => word !== undefined && word !== null).join(', ');
}
