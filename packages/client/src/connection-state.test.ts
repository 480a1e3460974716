// The connection's rules in virtual time: any order of events, no socket and no wait.

import { MasalaError } from '@masala/protocol';
import fc from 'fast-check';
import {
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  initialState,
  step,
} from './connection-state.ts';
import { RETRY_DELAY_MS } from './retry-delay.ts';

const lost = new MasalaError('CONNECTION_LOST');
const now = (nowMs: number, chance = 0.5) => ({ nowMs, chance, retryDelayMs: RETRY_DELAY_MS });

/** Runs events at given times from the start and collects what the adapter was told to do. */
function run(events: readonly { atMs: number; event: ConnectionEvent; chance?: number }[]) {
  let state: ConnectionState = initialState;
  const effects: { atMs: number; effect: Effect }[] = [];
  for (const { atMs, event, chance } of events) {
    const next = step(state, event, now(atMs, chance));
    state = next.state;
    for (const effect of next.effects) effects.push({ atMs, effect });
  }
  return { state, effects };
}

const establish = (attempt: number, atMs: number) =>
  (['connected', 'greeted', 'authenticated'] as const).map((type) => ({ atMs, event: { type, attempt } }));

test('goes from start to ready in order', () => {
  const { state } = run([{ atMs: 0, event: { type: 'start' } }, ...establish(1, 5)]);
  expect(state).toMatchObject({ phase: 'ready', attempt: 1, sinceMs: 5 });
});

test('retries a loss at once, and then every three seconds with a fifth of jitter', () => {
  const events: { atMs: number; event: ConnectionEvent; chance: number }[] = [
    { atMs: 0, event: { type: 'start' }, chance: 0 },
    ...establish(1, 0).map((entry) => ({ ...entry, chance: 0 })),
    { atMs: 60_000, event: { type: 'failed', attempt: 1, error: lost }, chance: 0 },
    { atMs: 60_000, event: { type: 'due', attempt: 1 }, chance: 0 },
    { atMs: 60_010, event: { type: 'failed', attempt: 2, error: lost }, chance: 0 },
    { atMs: 62_410, event: { type: 'due', attempt: 2 }, chance: 0 },
    { atMs: 62_420, event: { type: 'failed', attempt: 3, error: lost }, chance: 1 },
  ];
  const waits = run(events).effects.flatMap(({ effect }) => (effect.type === 'wait' ? [effect.delayMs] : []));
  expect(waits).toEqual([0, 2_400, 3_600]);
});

test.each(['DEVICE_REVOKED', 'DEVICE_UNKNOWN', 'PROTOCOL_VERSION_UNSUPPORTED'] as const)(
  '%s ends it',
  (code) => {
    const error = new MasalaError(code);
    const { state, effects } = run([
      { atMs: 0, event: { type: 'start' } },
      { atMs: 1, event: { type: 'connected', attempt: 1 } },
      { atMs: 1, event: { type: 'failed', attempt: 1, error } },
      { atMs: 9_000, event: { type: 'due', attempt: 1 } },
    ]);
    expect(state).toEqual({ phase: 'ended', attempt: 1, reason: error });
    expect(effects.map(({ effect }) => effect.type)).toEqual(['connect', 'drop']);
  },
);

test.each(['SERVER_STARTING', 'SERVER_IN_RECOVERY', 'SERVER_IDENTITY_MISMATCH', 'INTERNAL'] as const)(
  '%s is waited out',
  (code) => {
    const { state } = run([
      { atMs: 0, event: { type: 'start' } },
      { atMs: 1, event: { type: 'failed', attempt: 1, error: new MasalaError(code) } },
    ]);
    expect(state.phase).toBe('waiting');
  },
);

test('a server found elsewhere is tried at once, but two addresses that refuse are not tried in turn without a pause', () => {
  const events: { atMs: number; event: ConnectionEvent }[] = [
    { atMs: 0, event: { type: 'start' } },
    { atMs: 1, event: { type: 'failed', attempt: 1, error: lost } },
    { atMs: 1, event: { type: 'due', attempt: 1 } },
    { atMs: 2, event: { type: 'failed', attempt: 2, error: lost } },
    { atMs: 500, event: { type: 'found', attempt: 2 } },
  ];
  expect(run(events).state).toMatchObject({ phase: 'connecting', attempt: 3 });
  events.push(
    { atMs: 501, event: { type: 'failed', attempt: 3, error: lost } },
    { atMs: 900, event: { type: 'found', attempt: 3 } },
  );
  expect(run(events).state).toMatchObject({ phase: 'waiting', attempt: 3, untilMs: 3_501 });
});

describe('whatever happens', () => {
  const anyEvent = fc.oneof(
    fc.constant<{ type: 'start' }>({ type: 'start' }),
    fc
      .constantFrom(
        'connected' as const,
        'greeted' as const,
        'authenticated' as const,
        'failed' as const,
        'found' as const,
      )
      .map((type) => ({ type })),
    fc.constant({ type: 'stale' as const }),
  );
  const anyHistory = fc.array(
    fc.record({
      event: anyEvent,
      passesMs: fc.integer({ min: 0, max: 400 }),
      chance: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 300 },
  );

  test('tries are never more frequent than the waits allow, and old attempts change nothing', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let state: ConnectionState = initialState;
        let atMs = 0;
        const connectsMs: number[] = [];
        const apply = (event: ConnectionEvent, chance: number) => {
          const next = step(state, event, now(atMs, chance));
          state = next.state;
          for (const effect of next.effects) if (effect.type === 'connect') connectsMs.push(atMs);
        };
        for (const { event, passesMs, chance } of history) {
          atMs += passesMs;
          if (state.phase === 'waiting' && atMs >= state.untilMs)
            apply({ type: 'due', attempt: state.attempt }, chance);
          if (event.type === 'stale') {
            const before = state;
            apply({ type: 'failed', attempt: state.attempt - 1, error: lost }, chance);
            expect(state).toBe(before);
          } else if (event.type === 'start') apply(event, chance);
          else if (event.type === 'failed')
            apply({ type: 'failed', attempt: state.attempt, error: lost }, chance);
          else apply({ type: event.type, attempt: state.attempt }, chance);
        }
        // In each shortest wait (2.4 s): one after a wait, one at a found address, the first and the immediate one.
        for (const from of connectsMs) {
          const burst = connectsMs.filter((connectMs) => connectMs >= from && connectMs < from + 2_400);
          expect(burst.length).toBeLessThanOrEqual(4);
        }
      }),
    );
  });

  test('after close nothing happens any more', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let state = step(initialState, { type: 'start' }, now(0)).state;
        state = step(state, { type: 'close' }, now(0)).state;
        for (const { event } of history) {
          if (event.type === 'stale') continue;
          const next = step(
            state,
            event.type === 'start'
              ? event
              : event.type === 'failed'
                ? { type: 'failed', attempt: 1, error: lost }
                : { type: event.type, attempt: 1 },
            now(0),
          );
          expect(next).toEqual({ state, effects: [] });
        }
      }),
    );
  });
});
