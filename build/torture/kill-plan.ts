// The order of the kills, decided before the first of them: the same seed plans the same campaign.
import type { Chance } from './chance.ts';

export const killKinds = ['core', 'supervisor', 'both', 'client', 'freeze'] as const;
export type KillKind = (typeof killKinds)[number];

export interface PlannedKill {
  readonly kind: KillKind;
  /** After the recovery from the kill before, or after the first sign of the next core when `duringRecovery`. */
  readonly delayMs: number;
  /** Strikes while the server still recovers from the kill before. */
  readonly duringRecovery: boolean;
  /** Which client dies, counted from 0; it means something for the kind `client` only. */
  readonly client: number;
}

/** Twenty kills in which every kind occurs: so a slice of thirty meets them all, whatever the seed. */
const DECK: readonly KillKind[] = [
  ...Array<KillKind>(8).fill('core'),
  ...Array<KillKind>(5).fill('supervisor'),
  ...Array<KillKind>(3).fill('both'),
  ...Array<KillKind>(3).fill('client'),
  'freeze',
];

/** From "the clients have only just come back" to "all is quiet again". */
const DELAY_MS = { least: 20, most: 400 };
/** A start takes some 200 ms: these strike before, during and just after the opening of the database. */
const RECOVERY_DELAY_MS = { least: 0, most: 250 };
/** One in four, where the kill before brings the core down. */
const DURING_RECOVERY_SHARE = 0.25;

export function planKills(
  count: number,
  clients: number,
  only: KillKind | undefined,
  chance: Chance,
): PlannedKill[] {
  const kills: PlannedKill[] = [];
  let deck: KillKind[] = [];
  while (kills.length < count) {
    if (deck.length === 0) deck = chance.shuffled(DECK);
    const kind = only ?? (deck.pop() as KillKind);
    const before = kills.at(-1)?.kind;
    const possible = bringsCoreDown(before) && (kind === 'core' || kind === 'supervisor' || kind === 'both');
    const duringRecovery = possible && chance.fraction() < DURING_RECOVERY_SHARE;
    const { least, most } = duringRecovery ? RECOVERY_DELAY_MS : DELAY_MS;
    const client = chance.integer(0, clients - 1);
    kills.push({ kind, delayMs: chance.integer(least, most), duringRecovery, client });
  }
  return kills;
}

function bringsCoreDown(kind: KillKind | undefined): boolean {
  return kind === 'core' || kind === 'both' || kind === 'freeze';
}
