// The order of the fills, decided before the first of them: the same seed plans the same round.
import type { Chance } from './chance.ts';

/**
 * What the server does when its disk fills up: it saves in any case. In a `restart` the core is killed when saves fail already,
 * in a `reboot` the supervisor as well: they start again on the full disk.
 */
export const fillScenes = ['saving', 'backup', 'restart', 'reboot'] as const;
export type FillScene = (typeof fillScenes)[number];

export interface PlannedFill {
  readonly scene: FillScene;
  /** After everything has recovered from the fill before. */
  readonly delayMs: number;
  /** From the begin of the scene to the fill. */
  readonly intoSceneMs: number;
  /** What is left free at first … */
  readonly leaveBytes: number;
  /** … and for so long; then nothing is. */
  readonly creepMs: number;
  /** How long it stays so, from the first save that failed. */
  readonly holdMs: number;
}

/** Ten fills in which every scene occurs. */
const DECK: readonly FillScene[] = [
  ...Array<FillScene>(3).fill('saving'),
  ...Array<FillScene>(4).fill('backup'),
  ...Array<FillScene>(2).fill('restart'),
  'reboot',
];

/** From "the clients have only just come back" to "logs and snapshots were written as well". */
const DELAY_MS = { least: 50, most: 800 };
/** A backup of a database of some megabytes takes about that long. */
const INTO_SCENE_MS = { least: 0, most: 300 };
/**
 * The last bytes decide what fails: the first page of a commit or the last one, the copy of the log into the database, a line
 * of the server's log, a backup. So from "at once" over "within a commit" (some 60 KiB) to "within a backup".
 */
const LEAVE_BYTES = [0, 0, 3_000, 20_000, 60_000, 200_000, 1_000_000] as const;
const CREEP_MS = { least: 0, most: 500 };
/** Long enough that clients have tried again. */
const HOLD_MS = { least: 0, most: 1_500 };

export function planFills(count: number, only: FillScene | undefined, chance: Chance): PlannedFill[] {
  const between = ({ least, most }: { least: number; most: number }) => chance.integer(least, most);
  let deck: FillScene[] = [];
  return Array.from({ length: count }, () => {
    if (deck.length === 0) deck = chance.shuffled(DECK);
    const drawn = deck.pop() as FillScene;
    return {
      scene: only ?? drawn,
      delayMs: between(DELAY_MS),
      intoSceneMs: between(INTO_SCENE_MS),
      leaveBytes: chance.pick(LEAVE_BYTES),
      creepMs: between(CREEP_MS),
      holdMs: between(HOLD_MS),
    };
  });
}
