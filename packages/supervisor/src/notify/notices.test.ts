// Which changes are told, how often, and what is not: in virtual time.
import type { NoticeTold, ServerStatus } from '@masala/protocol/control';
import { runningStatus } from '../fixtures/statuses.ts';
import { afterChange, afterWindowHidden, newNoticeMemory, type Seen } from './notices.ts';

const MINUTE_MS = 60_000;

/** Shows one status after the other, `betweenMs` apart, and gathers the titles told. */
function titlesOf(seen: readonly (Partial<ServerStatus> & { isGivenUp?: boolean })[], betweenMs = 1_000) {
  let memory = newNoticeMemory;
  return seen.flatMap(({ isGivenUp = false, ...change }, index) => {
    const look: Seen = { status: { ...runningStatus, ...change }, isGivenUp };
    const step = afterChange(memory, look, index * betweenMs);
    memory = step.memory;
    return step.notifications.map(({ title }) => title);
  });
}

const low = (name: string, since: number): NoticeTold => ({
  name,
  level: 'warn',
  message: `${name}!`,
  hint: 'Do something.',
  since,
});
const death = (cause: 'hung' | 'killed', at: number) => ({
  at,
  cause,
  exitCode: null,
  signal: null,
  reason: null,
  stderrTail: null,
});
const life = (restarts: number, lastDeath: ServerStatus['core']['lastDeath']) => ({
  core: { ...runningStatus.core, restarts, lastDeath },
});
const recovery = (since: number) => ({
  reason: 'missing' as const,
  question: 'No database found. Restore from latest backup?',
  message: '',
  since,
  newest: null,
  unreachable: [],
  working: null,
  failure: null,
});

test('a server that is well says nothing, nor does an ordered stop', () => {
  const death0 = life(0, death('hung', 1));
  expect(titlesOf([death0, death0, { state: 'draining' }, { state: 'stopped', ...death0 }])).toEqual([]);
});

test('low disk and a missing drive are told once as long as they last; a notice for the dashboard alone is not', () => {
  const notices = [low('disk-low', 1), low('second-folder-unreachable', 1), low('database-created', 1)];
  const told = ['disk-low!', 'second-folder-unreachable!'];
  expect(titlesOf(Array(50).fill({ notices }), MINUTE_MS)).toEqual(told);
});

test('what comes and goes is told again only after ten minutes', () => {
  const flapping = Array.from({ length: 41 }, (_, index) => ({
    notices: index % 2 ? [] : [low('disk-low', index)],
  }));
  expect(titlesOf(flapping, 30_000)).toHaveLength(3);
});

test('a restart after a hang is told when it is over, other restarts are not', () => {
  const before = life(0, null);
  const hung = life(1, death('hung', 5));
  expect(titlesOf([before, { ...hung, state: 'starting' }])).toEqual([]);
  expect(titlesOf([before, { ...hung, state: 'starting' }, hung, hung])).toEqual([
    'The server was restarted',
  ]);
  expect(titlesOf([before, life(1, death('killed', 5))])).toEqual([]);
});

test('what lies before the first look is no news', () => {
  expect(titlesOf([life(3, death('hung', 5)), life(3, death('hung', 5))])).toEqual([]);
});

test('a recovery asks once, and not while it works', () => {
  const waits = { state: 'recovery' as const, recovery: recovery(7) };
  const works = {
    ...waits,
    recovery: { ...recovery(7), working: { action: 'restore' as const, phase: 'x', done: 0, total: 1 } },
  };
  expect(titlesOf([waits, waits, works, waits])).toEqual(['No database found. Restore from latest backup?']);
  expect(titlesOf([works])).toEqual([]);
});

test('a core that is given up is told with its reason', () => {
  const dead = { state: 'stopped' as const, isGivenUp: true, ...life(6, death('killed', 9)) };
  expect(titlesOf([dead, dead])).toEqual(['The server has stopped and cannot start by itself']);
});

test('the hidden window is told once in a session', () => {
  const first = afterWindowHidden(newNoticeMemory);
  expect(first.notifications.map(({ body }) => body)).toEqual(['Server is running in background']);
  expect(afterWindowHidden(first.memory).notifications).toEqual([]);
});
