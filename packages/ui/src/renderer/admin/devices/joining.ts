// A join code's life on the screen: how long it holds, and which device has used it.

import type { DeviceInfo, DeviceRole } from '../../../bridge/doors.ts';

/** Whole seconds that are left, as a clock: 4:59. */
export function timeLeft(expiresAt: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((expiresAt - now) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What tells one pairing from the next: a device that pairs again keeps its id. */
export function pairingsOf(devices: readonly DeviceInfo[]): ReadonlySet<string> {
  return new Set(devices.map(pairingKey));
}

/**
 * The newest device of the role that was paired since then; undefined where there is none. The dashboard itself pairs, too,
 * at a moment of its own, and always as admin.
 */
export function pairedSince(
  before: ReadonlySet<string>,
  devices: readonly DeviceInfo[],
  role: DeviceRole,
): DeviceInfo | undefined {
  return devices
    .filter((device) => device.role === role && device.revokedAt === null && !before.has(pairingKey(device)))
    .sort((left, right) => right.pairedAt - left.pairedAt)[0];
}

/** Those that may connect first, the connected ones before the others, the latest seen before the earlier. */
export function inOrder(devices: readonly DeviceInfo[]): readonly DeviceInfo[] {
  return [...devices].sort(
    (left, right) =>
      Number(left.revokedAt !== null) - Number(right.revokedAt !== null) ||
      Number(right.connected) - Number(left.connected) ||
      (right.lastSeenAt ?? right.pairedAt) - (left.lastSeenAt ?? left.pairedAt),
  );
}

function pairingKey({ deviceId, pairedAt, revokedAt }: DeviceInfo): string {
  return `${deviceId} ${pairedAt} ${revokedAt === null}`;
}
