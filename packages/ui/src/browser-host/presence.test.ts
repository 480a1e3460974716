import { HIDDEN_AFTER_MS, IDLE_END_MS, Presence, STOPPED_END_MS } from './presence.ts';

const serving = { pages: 0, isServerStopped: false };

test('the last page that was closed is told once, after a moment in which it may come back', () => {
  const presence = new Presence(0);
  expect(presence.look({ ...serving, nowMs: 20_000 })).toBe('nothing'); // there was no page yet
  expect(presence.look({ ...serving, nowMs: 21_000, pages: 2 })).toBe('nothing');
  expect(presence.look({ ...serving, nowMs: 21_000 + HIDDEN_AFTER_MS - 1 })).toBe('nothing');
  expect(presence.look({ ...serving, nowMs: 22_000, pages: 1 })).toBe('nothing'); // loaded anew
  expect(presence.look({ ...serving, nowMs: 22_000 + HIDDEN_AFTER_MS })).toBe('hidden');
  expect(presence.look({ ...serving, nowMs: 22_000 + 2 * HIDDEN_AFTER_MS })).toBe('nothing');
});

test('the host ends ten minutes after its last page, or after it was last asked for one', () => {
  const presence = new Presence(0);
  expect(presence.look({ ...serving, nowMs: IDLE_END_MS - 1 })).toBe('nothing');
  presence.wanted(IDLE_END_MS - 1);
  expect(presence.look({ ...serving, nowMs: IDLE_END_MS })).toBe('nothing');
  expect(presence.look({ ...serving, nowMs: 2 * IDLE_END_MS - 2 })).toBe('nothing');
  expect(presence.look({ ...serving, nowMs: 2 * IDLE_END_MS - 1 })).toBe('end');
});

test('an open page keeps the host for days', () => {
  const presence = new Presence(0);
  for (let hour = 1; hour <= 48; hour++)
    expect(presence.look({ ...serving, nowMs: hour * 3_600_000, pages: 1 })).toBe('nothing');
});

test('a server that was stopped for good ends the host, pages or not; one that comes back does not', () => {
  const presence = new Presence(0);
  const stopped = { pages: 1, isServerStopped: true };
  expect(presence.look({ ...stopped, nowMs: 1_000 })).toBe('nothing');
  expect(presence.look({ ...stopped, nowMs: 1_000 + STOPPED_END_MS - 1 })).toBe('nothing');
  expect(presence.look({ ...serving, pages: 1, nowMs: 1_000 + STOPPED_END_MS })).toBe('nothing');
  expect(presence.look({ ...stopped, nowMs: 50_000 })).toBe('nothing');
  expect(presence.look({ ...stopped, nowMs: 50_000 + STOPPED_END_MS })).toBe('end');
});
