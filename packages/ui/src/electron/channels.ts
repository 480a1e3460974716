// What travels between Electron's main process and the window's preload script.

import type { BridgeError, BridgeEvent, DoorName } from '../bridge/bridge.ts';

export const channels = {
  /** Page to main, answered: a request of the bridge. */
  door: 'masala:door',
  /** Page to main: this page listens from now on. */
  listen: 'masala:listen',
  /** Main to page: a BridgeEvent. */
  event: 'masala:event',
} as const;

/** Sent over `door`. */
export interface DoorRequest {
  readonly name: DoorName;
  readonly params: unknown;
}

/** Its answer: an error travels as a value, since Electron cuts what is thrown down to a message. */
export type DoorAnswer = { readonly result: unknown } | { readonly error: BridgeError };

/** Sent over `event`. */
export type ToldEvent = BridgeEvent;

/** How the facts of the host reach the preload script: an argument of the window's process. */
export const FACTS_ARGUMENT = '--masala-facts=';
