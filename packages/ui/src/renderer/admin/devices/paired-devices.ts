// The devices of the people, apart from the one that this PC's dashboard is itself: it pairs itself whenever it must, so that
// nobody counts it and nobody revokes it here.

import type { DeviceInfo } from '../../../bridge/doors.ts';

export interface PairedDevices {
  /** This PC's dashboard; undefined while it is not known which device that is. */
  readonly own: DeviceInfo | undefined;
  /** Those that may connect. */
  readonly active: readonly DeviceInfo[];
  readonly revoked: readonly DeviceInfo[];
}

export function pairedDevicesOf(
  devices: readonly DeviceInfo[],
  ownDeviceId: string | undefined,
): PairedDevices {
  const others = devices.filter(({ deviceId }) => deviceId !== ownDeviceId);
  return {
    own: devices.find(({ deviceId }) => deviceId === ownDeviceId),
    active: others.filter(({ revokedAt }) => revokedAt === null),
    revoked: others.filter(({ revokedAt }) => revokedAt !== null),
  };
}
