// Pure rule: from what happens to the core to the list of its lives, which outlives every process.

import type { Death, Life, RunFile } from '@masala/protocol/control';
import { limits } from '@masala/protocol/tables';
import type { Lifecycle, LifecycleEvent } from './lifecycle-state.ts';

/** What a core wrote down before it ended; null where it wrote nothing. */
export type LastWords = (pid: number) => RunFile<'exit-reason.json'> | null;

/**
 * Between our start of a process and the moment that it takes for its own start: a starved PC needs seconds for it. A pid
 * is not given again within a minute to a core of the same data directory.
 */
const SAME_START_MS = 60_000;
/** A sentence or three; the whole is in the log. */
const REASON_MAX_LENGTH = 500;

/**
 * The lives (newest first, at most `limits.livesMax`) after an event has led from one state to the next. The same list
 * where nothing of it changed.
 */
export function livesAfter(
  lives: readonly Life[],
  event: LifecycleEvent,
  before: Lifecycle,
  after: Lifecycle,
  lastWords: LastWords,
  utcMs: number,
): readonly Life[] {
  if (event.type === 'spawn-failed') return begun(lives, unborn(event.message, utcMs), lastWords);
  if (event.type === 'not-found') return endedUnseen(lives, lastWords, utcMs);
  if (event.type === 'exited' && before.core !== null && after.core === null) {
    return ended(lives, before.core.pid, endOf(event.death, before, after), utcMs);
  }
  const { core, state } = after;
  if (core === null) return lives;
  const known = isSame(lives[0], core) ? lives : begun(lives, newLife(core), lastWords);
  const [present, ...earlier] = known;
  if (present === undefined || present.servedAt !== null || state !== 'running') return known;
  return [{ ...present, servedAt: utcMs }, ...earlier];
}

function isSame(life: Life | undefined, core: NonNullable<Lifecycle['core']>): boolean {
  if (life === undefined || life.endedAt !== null || life.pid !== core.pid) return false;
  return Math.abs(core.startedAt - life.startedAt) < SAME_START_MS;
}

function newLife({ pid, startedAt }: NonNullable<Lifecycle['core']>): Life {
  const open = { servedAt: null, endedAt: null, cause: null, exitCode: null, signal: null, reason: null };
  return { pid, startedAt, ...open };
}

function unborn(message: string, utcMs: number): Life {
  const core = newLife({ pid: 0, startedAt: utcMs });
  return { ...core, endedAt: utcMs, cause: 'spawn-failed', reason: shortened(message) };
}

/** A new life, before which every other has ended. */
function begun(lives: readonly Life[], life: Life, lastWords: LastWords): readonly Life[] {
  return [life, ...endedUnseen(lives, lastWords, life.startedAt)].slice(0, limits.livesMax);
}

/** Nobody saw the end (the PC lost its power, or core and supervisor died together): only its last words may tell. */
function endedUnseen(lives: readonly Life[], lastWords: LastWords, utcMs: number): readonly Life[] {
  const [present] = lives;
  if (present === undefined || present.endedAt !== null) return lives;
  const words = lastWords(present.pid);
  const said = words !== null && words.at >= present.startedAt ? words : null;
  if (said === null) return ended(lives, present.pid, { ...UNKNOWN, cause: 'unknown' }, utcMs);
  const cause = said.code === 0 ? 'stopped' : 'exited';
  const { code: exitCode, message: reason } = said;
  return ended(lives, present.pid, { ...UNKNOWN, cause, exitCode, reason }, said.at);
}

type End = Pick<Life, 'cause' | 'exitCode' | 'signal' | 'reason'>;

const UNKNOWN = { exitCode: null, signal: null, reason: null } as const;

/** What is no death to the lifecycle was asked for. */
function endOf(death: Omit<Death, 'at' | 'cause'>, before: Lifecycle, after: Lifecycle): End {
  const { exitCode, signal, reason } = death;
  const isDeath = after.lastDeath !== null && after.lastDeath !== before.lastDeath;
  return { cause: isDeath ? after.lastDeath.cause : 'stopped', exitCode, signal, reason };
}

function ended(lives: readonly Life[], pid: number, end: End, utcMs: number): readonly Life[] {
  const [present, ...earlier] = lives;
  if (present === undefined || present.pid !== pid || present.endedAt !== null) return lives;
  // By a clock that was set back it would end before it began.
  const endedAt = Math.max(utcMs, present.startedAt);
  return [{ ...present, ...end, reason: shortened(end.reason), endedAt }, ...earlier];
}

function shortened(reason: string | null): string | null {
  return reason === null || reason.length <= REASON_MAX_LENGTH
    ? reason
    : `${reason.slice(0, REASON_MAX_LENGTH)}…`;
}
