// The cases of the recover campaign: what is wrong with the files, what the admin chooses, and who is killed when. Pure.
import { type Chance, chanceOf } from './chance.ts';

/** What has happened to the files before the start. */
export type Damage =
  | 'none'
  | 'deleted'
  | 'halved'
  | 'page-one'
  | 'garbage'
  | 'all-but-identity'
  | 'old-schema';
/** What is asked for; `nothing`: the start itself is the work. */
export type Choice = 'restore' | 'restore-until' | 'salvage' | 'fresh' | 'nothing';

export interface RecoveryKind {
  readonly name: string;
  readonly damage: Damage;
  readonly choice: Choice;
}

/** Every way out of the recovery state, each with the damage that leads to it; a restore asked for while all is well; a migration. */
export const recoveryKinds: readonly RecoveryKind[] = [
  { name: 'deleted, restore', damage: 'deleted', choice: 'restore' },
  { name: 'halved, restore', damage: 'halved', choice: 'restore' },
  { name: 'page one overwritten, restore', damage: 'page-one', choice: 'restore' },
  { name: 'all but the identity gone, restore', damage: 'all-but-identity', choice: 'restore' },
  { name: 'all is well, restore to a moment', damage: 'none', choice: 'restore-until' },
  { name: 'garbage, salvage', damage: 'garbage', choice: 'salvage' },
  { name: 'halved, salvage', damage: 'halved', choice: 'salvage' },
  { name: 'halved, begin anew', damage: 'halved', choice: 'fresh' },
  { name: 'old schema, migration', damage: 'old-schema', choice: 'nothing' },
];

export interface Strike {
  readonly target: 'core' | 'supervisor' | 'both';
  /** Of the time that the work takes undisturbed; above 1 it strikes after its end, where the first service begins. */
  readonly after: number;
}

export interface PlannedRecovery {
  readonly kind: RecoveryKind;
  /** One to three, each counted from the new beginning of the work after the one before. */
  readonly strikes: readonly Strike[];
}

const STRIKES_MAX = 3;
const AFTER_MAX = 1.15;
const TARGETS: readonly Strike['target'][] = ['core', 'core', 'core', 'both', 'both', 'supervisor'];
/** Far above the numbers of cases, so that neighbouring seeds share none of them. */
const CASES_OF_A_SEED = 1_000_003;

/** The kinds take turns, so that any nine cases in a row meet all of them. */
export function planRecovery(seed: number, number: number): PlannedRecovery {
  const chance = chanceOf(seed * CASES_OF_A_SEED + number);
  const kind = recoveryKinds[number % recoveryKinds.length];
  if (kind === undefined) throw new Error('there are kinds');
  const count = chance.integer(1, STRIKES_MAX);
  return { kind, strikes: Array.from({ length: count }, () => strike(chance)) };
}

function strike(chance: Chance): Strike {
  return { target: chance.pick(TARGETS), after: chance.fraction() * AFTER_MAX };
}
