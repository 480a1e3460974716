// The order of the power cuts, decided before the first of them: the same seed plans the same ones. Pure.
import type { Chance } from './chance.ts';

/** What the server does when its power goes: its very first start, a start after a cut, saves, or an ordered stop. */
export const cutScenes = ['first', 'start', 'work', 'stop'] as const;
export type CutScene = (typeof cutScenes)[number];

export interface PlannedCut {
  readonly scene: CutScene;
  /** Changes and syncs of files from the begin of the scene to the cut. */
  readonly operations: number;
  /** From the cut to the end of the processes: answers that were sent too early have time to arrive. */
  readonly afterglowMs: number;
}

/** Of ten cuts. */
const DECK: readonly CutScene[] = [
  ...(['first', 'start', 'start', 'stop'] as const),
  ...Array<CutScene>(6).fill('work'),
];

/**
 * How far into a scene, one of these bounds: a first start makes some 150 operations and a start some 60; what is more falls into
 * the saves after it. A save makes ten and more, a checkpoint as many as it copies pages: the largest bound lets some end.
 */
const OPERATIONS_MAX: Readonly<Record<CutScene, readonly number[]>> = {
  first: [200],
  start: [80],
  work: [150, 600, 4_000],
  stop: [60],
};
const AFTERGLOW_MAX_MS = 40;

export function planCuts(count: number, only: CutScene | undefined, chance: Chance): PlannedCut[] {
  const cuts: PlannedCut[] = [];
  let deck: CutScene[] = [];
  while (cuts.length < count) {
    if (deck.length === 0) deck = chance.shuffled(DECK);
    const scene = only ?? (deck.pop() as CutScene);
    const operations = chance.integer(1, chance.pick(OPERATIONS_MAX[scene]));
    cuts.push({ scene, operations, afterglowMs: chance.integer(0, AFTERGLOW_MAX_MS) });
  }
  return cuts;
}
