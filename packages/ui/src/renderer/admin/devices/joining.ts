// A join code's life on the screen: how long it holds, and what became of it.

import type { DeviceInfo, DoorResult } from '../../../bridge/doors.ts';

/** Whole seconds that are left, as a clock: 4:59. */
export function timeLeft(expiresAt: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((expiresAt - now) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

type Offer = Pick<DoorResult<'control:pair'>, 'offerId' | 'expiresAt'>;

/** `waiting` for a device · the device that used the code · `over`: expired, burned by guesses, or lost with the core. */
export type JoinOutcome = 'waiting' | 'over' | DeviceInfo;

/**
 * What became of an offer, by a list that was asked for after it was made; undefined: none came yet. The server has the last
 * word: a device that used the last second is still seen after it.
 */
export function outcomeOf(
  offer: Offer,
  listed: DoorResult<'control:devices.list'> | undefined,
  now: number,
): JoinOutcome {
  const joined = listed?.devices.find(({ offerId }) => offerId === offer.offerId);
  if (joined !== undefined) return joined;
  const isOpen = listed === undefined || listed.openOffers.includes(offer.offerId);
  return isOpen && now < offer.expiresAt + ANSWER_PATIENCE_MS ? 'waiting' : 'over';
}

/** A server that says nothing for so long after the end of a code says nothing more about it. */
const ANSWER_PATIENCE_MS = 5_000;

/** Those that may connect first, the connected ones before the others, the latest seen before the earlier. */
export function inOrder(devices: readonly DeviceInfo[]): readonly DeviceInfo[] {
  return [...devices].sort(
    (left, right) =>
      Number(left.revokedAt !== null) - Number(right.revokedAt !== null) ||
      Number(right.connected) - Number(left.connected) ||
      (right.lastSeenAt ?? right.pairedAt) - (left.lastSeenAt ?? left.pairedAt),
  );
}
