// The list of lives, fed with what happens to a simulated core in virtual time.

import type { Life } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { pong, rules, UTC_AT_START } from '../fixtures/lifecycle-world.ts';
import { step } from './lifecycle.ts';
import { type LifecycleEvent, newLifecycle } from './lifecycle-state.ts';
import { type LastWords, livesAfter } from './lives.ts';

const noWords: LastWords = () => null;

/** One supervisor after the other; what they share is the list. */
class Chronicle {
  lives: readonly Life[] = [];
  steadyMs = 0;
  #lifecycle = newLifecycle([], null, this.now);

  get now() {
    return { steadyMs: this.steadyMs, utcMs: UTC_AT_START + this.steadyMs };
  }

  get newest(): Life | undefined {
    return this.lives[0];
  }

  /** The supervisor has gone, and a new one begins. */
  supervisor(): this {
    this.#lifecycle = newLifecycle([], null, this.now);
    this.happen({ type: 'begin' });
    return this;
  }

  happen(event: LifecycleEvent, lastWords = noWords): this {
    this.steadyMs += 1_000;
    const before = this.#lifecycle;
    this.#lifecycle = step(before, event, rules, this.now).lifecycle;
    this.lives = livesAfter(this.lives, event, before, this.#lifecycle, lastWords, this.now.utcMs);
    return this;
  }

  start(pid: number): this {
    return this.happen({ type: 'not-found' }).happen({ type: 'spawned', pid, startedAt: this.now.utcMs });
  }

  exit(death: { readonly exitCode?: number; readonly signal?: string; readonly reason?: string }): this {
    const known = { exitCode: null, signal: null, reason: null, stderrTail: null };
    return this.happen({ type: 'exited', death: { ...known, ...death }, wantedStopped: false });
  }
}

test('a life: started, served, killed; the next one stands before it', () => {
  const chronicle = new Chronicle().supervisor().start(7);
  const startedAt = UTC_AT_START + 2_000;
  expect(chronicle.newest).toEqual({
    ...{ pid: 7, startedAt, servedAt: null, endedAt: null },
    ...{ cause: null, exitCode: null, signal: null, reason: null },
  });
  chronicle.happen(pong());
  const servedAt = chronicle.now.utcMs;
  const { lives } = chronicle.happen(pong());
  expect(chronicle.newest?.servedAt).toBe(servedAt);
  // Signs of life that change nothing leave the very list as it was: nothing is written for them.
  expect(chronicle.happen(pong()).lives).toBe(lives);
  chronicle.exit({ signal: 'SIGKILL' });
  const endedAt = chronicle.now.utcMs;
  expect(chronicle.newest).toMatchObject({ servedAt, endedAt, cause: 'killed', signal: 'SIGKILL' });
  chronicle.happen({ type: 'spawned', pid: 8, startedAt: endedAt });
  expect(chronicle.lives.map(({ pid }) => pid)).toEqual([8, 7]);
});

test('a recovery that waits is a life, but has not served', () => {
  const chronicle = new Chronicle().supervisor().start(7).happen(pong('recovery'));
  expect(chronicle.newest).toMatchObject({ servedAt: null, endedAt: null });
  expect(chronicle.happen(pong()).newest?.servedAt).toBe(chronicle.now.utcMs);
});

test('a stop, a restart and a restore that was asked for are no deaths', () => {
  const chronicle = new Chronicle().supervisor().start(7).happen(pong());
  chronicle.happen({ type: 'stop', graceMs: 1_000, intent: 'restart' }).exit({ exitCode: 0 });
  expect(chronicle.newest).toMatchObject({ pid: 7, cause: 'stopped', exitCode: 0 });
  chronicle.happen({ type: 'spawned', pid: 8, startedAt: chronicle.now.utcMs }).happen(pong());
  chronicle.exit({ exitCode: exitCodes.RECOVERY_REQUESTED.code, reason: 'asked for' });
  expect(chronicle.newest).toMatchObject({ pid: 8, cause: 'stopped', reason: 'asked for' });
});

test('a core that hung or would not stop is told as what ended it', () => {
  const chronicle = new Chronicle().supervisor().start(7).happen(pong());
  chronicle.happen({ type: 'stop', graceMs: 1_000, intent: 'restart' }).happen({ type: 'force' });
  expect(chronicle.exit({ signal: 'SIGKILL' }).newest).toMatchObject({ cause: 'stop-timeout' });
});

test('an adopted core goes on with its life; another core with its pid would not', () => {
  const chronicle = new Chronicle().supervisor().start(7).happen(pong());
  const { lives } = chronicle;
  const { startedAt } = chronicle.newest as Life;
  chronicle.supervisor().happen({ type: 'found', pid: 7, startedAt: startedAt + 900 });
  expect(chronicle.lives).toBe(lives);
  chronicle.supervisor().happen({ type: 'found', pid: 7, startedAt: startedAt + 3_600_000 });
  expect(chronicle.lives).toMatchObject([
    { startedAt: startedAt + 3_600_000, endedAt: null },
    { startedAt, endedAt: startedAt + 3_600_000, cause: 'unknown' },
  ]);
});

test('an end that nobody saw is told by the last words of the core, or is unknown', () => {
  const chronicle = new Chronicle().supervisor().start(7).happen(pong()).supervisor();
  const at = chronicle.now.utcMs - 10;
  const words = { pid: 7, at, code: exitCodes.STORAGE_LOST.code, reason: 'STORAGE_LOST', message: 'gone' };
  chronicle.happen({ type: 'not-found' }, (pid) => (pid === 7 ? words : null));
  expect(chronicle.newest).toMatchObject({
    endedAt: at,
    cause: 'exited',
    exitCode: words.code,
    reason: 'gone',
  });
  chronicle.happen({ type: 'spawned', pid: 8, startedAt: chronicle.now.utcMs }).supervisor();
  // Those of an earlier process with the same pid tell nothing of this one.
  chronicle.happen({ type: 'not-found' }, () => ({ ...words, pid: 8, at: 1 }));
  expect(chronicle.newest).toMatchObject({ pid: 8, cause: 'unknown', endedAt: chronicle.now.utcMs });
});

test('a core that could not even be started is told; at most 200 are kept; reasons are bounded', () => {
  const chronicle = new Chronicle().supervisor().happen({ type: 'not-found' });
  chronicle.happen({ type: 'spawn-failed', message: 'x'.repeat(10_000) });
  expect(chronicle.newest).toMatchObject({ pid: 0, cause: 'spawn-failed', endedAt: chronicle.now.utcMs });
  expect(chronicle.newest?.reason).toHaveLength(501);
  for (let pid = 1; pid <= 250; pid++) {
    chronicle.supervisor().start(pid).exit({ exitCode: 1 });
  }
  expect(chronicle.lives).toHaveLength(200);
  expect(chronicle.newest).toMatchObject({ pid: 250, cause: 'exited', exitCode: 1 });
});
