// The page knows what became of its own join code, whatever else pairs meanwhile.
import type { DeviceInfo } from '../../../bridge/doors.ts';
import { inOrder, outcomeOf, timeLeft } from './joining.ts';

const desk: DeviceInfo = {
  deviceId: 'desk',
  name: 'Desk',
  role: 'office',
  pairedAt: 1_000,
  lastSeenAt: null,
  revokedAt: null,
  connected: false,
  offerId: null,
};
const offer = { offerId: 'ours', expiresAt: 300_000 };
const open = { devices: [desk], openOffers: ['ours', 'theirs'] };

test.each([
  [300_000, '5:00'],
  [299_001, '5:00'],
  [59_999, '1:00'],
  [1, '0:01'],
  [0, '0:00'],
  [-5_000, '0:00'],
])('%d ms are left: %s', (leftMs, clock) => {
  expect(timeLeft(1_000_000 + leftMs, 1_000_000)).toBe(clock);
});

test('a code waits as long as it is open, and until the first answer', () => {
  expect(outcomeOf(offer, undefined, 1_000)).toBe('waiting');
  expect(outcomeOf(offer, open, 1_000)).toBe('waiting');
});

test('a device of the same role that came by another code is not taken for ours', () => {
  const other = { ...desk, deviceId: 'other', pairedAt: 2_000, offerId: 'theirs' };
  expect(outcomeOf(offer, { devices: [desk, other], openOffers: ['ours'] }, 2_500)).toBe('waiting');
});

test('the device that came by the code is seen, also one that was there before, and in the last second', () => {
  const again = { ...desk, offerId: 'ours' };
  expect(outcomeOf(offer, { devices: [again], openOffers: ['theirs'] }, 2_500)).toBe(again);
  expect(outcomeOf(offer, { devices: [again], openOffers: [] }, 300_500)).toBe(again);
});

test('a code that the server no longer knows is over: expired, burned, or gone with the core', () => {
  expect(outcomeOf(offer, { devices: [desk], openOffers: ['theirs'] }, 2_500)).toBe('over');
});

test('the waiting ends also when no server says so', () => {
  expect(outcomeOf(offer, open, 304_999)).toBe('waiting');
  expect(outcomeOf(offer, open, 305_000)).toBe('over');
  expect(outcomeOf(offer, undefined, 305_000)).toBe('over');
});

test('connected devices come first, revoked ones last', () => {
  const connected = { ...desk, deviceId: 'connected', connected: true };
  const seen = { ...desk, deviceId: 'seen', lastSeenAt: 7_000 };
  const revoked = { ...desk, deviceId: 'revoked', lastSeenAt: 9_000, revokedAt: 9_500 };
  expect(inOrder([revoked, desk, seen, connected]).map(({ deviceId }) => deviceId)).toEqual([
    'connected',
    'seen',
    'desk',
    'revoked',
  ]);
});
