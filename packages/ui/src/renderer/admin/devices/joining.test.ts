// The page knows when a join code was used, also by a device that was there before.
import type { DeviceInfo } from '../../../bridge/doors.ts';
import { inOrder, pairedSince, pairingsOf, timeLeft } from './joining.ts';

const desk: DeviceInfo = {
  deviceId: 'desk',
  name: 'Desk',
  role: 'office',
  pairedAt: 1_000,
  lastSeenAt: null,
  revokedAt: null,
  connected: false,
};

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

test('a new device is seen, a known one that merely connects is not', () => {
  const before = pairingsOf([desk]);
  expect(pairedSince(before, [{ ...desk, connected: true, lastSeenAt: 9_000 }], 'office')).toBeUndefined();
  const shelf = { ...desk, deviceId: 'shelf', pairedAt: 2_000 };
  expect(pairedSince(before, [desk, shelf], 'office')).toBe(shelf);
});

test('the dashboard that pairs meanwhile is not taken for the new device', () => {
  const dashboard = { ...desk, deviceId: 'dashboard', role: 'admin' as const };
  expect(pairedSince(pairingsOf([]), [dashboard], 'office')).toBeUndefined();
});

test('a device that pairs again keeps its id and is seen all the same, a revoked one is not', () => {
  const again = { ...desk, pairedAt: 5_000 };
  expect(pairedSince(pairingsOf([desk]), [again], 'office')).toBe(again);
  expect(pairedSince(pairingsOf([desk]), [{ ...desk, revokedAt: 5_000 }], 'office')).toBeUndefined();
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
