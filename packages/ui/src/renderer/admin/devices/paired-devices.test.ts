// This PC's dashboard is a device like another to the core, and none to the people.
import type { DeviceInfo } from '../../../bridge/doors.ts';
import { pairedDevicesOf } from './paired-devices.ts';

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
const dashboard = { ...desk, deviceId: 'dashboard', name: 'Dashboard on here' };
const lost = { ...desk, deviceId: 'lost', revokedAt: 2_000 };

test('the dashboard stands apart, and is counted neither among the active nor among the revoked', () => {
  const all = [desk, dashboard, lost];
  expect(pairedDevicesOf(all, 'dashboard')).toEqual({ own: dashboard, active: [desk], revoked: [lost] });
  const revoked = { ...dashboard, revokedAt: 3_000 };
  expect(pairedDevicesOf([revoked], 'dashboard')).toEqual({ own: revoked, active: [], revoked: [] });
});

test('a device that only looks like it is one of the others', () => {
  const other = { ...dashboard, deviceId: 'an-older-one' };
  expect(pairedDevicesOf([dashboard, other], 'dashboard').active).toEqual([other]);
  expect(pairedDevicesOf([dashboard], undefined)).toEqual({
    own: undefined,
    active: [dashboard],
    revoked: [],
  });
});
