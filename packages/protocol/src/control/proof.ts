// Pure rule: how each end of the control channel proves that it holds the token, without ever sending it.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ControlContract } from './contract.ts';

/** 256 bits from each side, so that no proof is ever seen twice. */
export const NONCE_BYTES = 32;

export type Side = 'client' | 'server';

export interface Challenge {
  readonly serverNonce: Uint8Array;
  readonly clientNonce: Uint8Array;
  readonly endpoint: ControlContract['name'];
}

/**
 * HMAC-SHA256 over side, endpoint and both nonces. The side keeps a server from sending a client's own proof back; the
 * endpoint keeps one of our own processes from being used to pose as the other.
 */
export function proofOf(token: Uint8Array, side: Side, challenge: Challenge): Buffer {
  return createHmac('sha256', token)
    .update(`masala-control/1 ${side} ${challenge.endpoint}\n`)
    .update(challenge.serverNonce)
    .update(challenge.clientNonce)
    .digest();
}

/** Whether `proof` is the proof of that side; takes equally long for every wrong one. */
export function proves(token: Uint8Array, side: Side, challenge: Challenge, proof: unknown): boolean {
  if (!(proof instanceof Uint8Array)) return false;
  const expected = proofOf(token, side, challenge);
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}
