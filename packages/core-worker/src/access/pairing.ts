// Pure rule: which join codes are open, and who may still try one. Time and random bytes are arguments.

import { timingSafeEqual } from 'node:crypto';
import { formatJoinCode, limits, MasalaError, makeJoinCode, type Role } from '@masala/protocol';

/** A new join code, and the id under which its use can be told without telling the code. */
export interface JoinOffer {
  readonly offerId: string;
  readonly code: string;
  readonly expiresAt: number;
}

interface OpenCode {
  readonly offerId: string;
  readonly secret: string;
  readonly role: Role;
  readonly expiresAt: number;
  /** The token that used it: with the same one the answer may be asked for again. */
  usedBy: string | null;
  /** Whether the pairing by it is booked. */
  isBooked: boolean;
}

interface Tries {
  count: number;
  /** Tries are forgotten when a code that was open at the first of them has expired. */
  readonly until: number;
}

/** A secret that was accepted; `release` makes the code usable again where the pairing could not be booked. */
export interface Accepted {
  readonly offerId: string;
  readonly role: Role;
  booked(): void;
  release(): void;
}

export class Pairing {
  #codes: OpenCode[] = [];
  readonly #tries = new Map<string, Tries>();
  #wrongInAll = 0;

  /** A new code. `randomBytes`: 10 of them. Throws JOIN_CODES_TOO_MANY. */
  open(role: Role, serverId: string, offerId: string, randomBytes: Uint8Array, now: number): JoinOffer {
    this.#forget(now);
    if (this.#codes.filter((code) => code.usedBy === null).length >= limits.joinCodesOpenMax) {
      throw new MasalaError('JOIN_CODES_TOO_MANY', { limit: limits.joinCodesOpenMax });
    }
    const code = makeJoinCode(serverId, randomBytes);
    const expiresAt = now + limits.joinCodeLifetimeMs;
    this.#codes.push({ offerId, secret: code.secret, role, expiresAt, usedBy: null, isBooked: false });
    return { offerId, code: formatJoinCode(code), expiresAt };
  }

  /** The offers that still wait for their device. */
  openOffers(now: number): string[] {
    this.#forget(now);
    return this.#codes.filter(({ isBooked }) => !isBooked).map(({ offerId }) => offerId);
  }

  /**
   * One try from an address with a secret and the hash of the device's token. Throws JOIN_CODE_INVALID, with how many tries
   * are left, and JOIN_TRIES_EXHAUSTED.
   */
  try(secret: string, tokenHash: string, address: string, now: number): Accepted {
    this.#forget(now);
    // Without an open code there is nothing to guess, so there is nothing to count.
    if (this.#codes.length === 0) throw new MasalaError('JOIN_CODE_INVALID');
    const tries = this.#tries.get(address) ?? { count: 0, until: now + limits.joinCodeLifetimeMs };
    if (tries.count >= limits.joinTriesPerAddressMax) throw new MasalaError('JOIN_TRIES_EXHAUSTED');
    const code = this.#find(secret);
    if (code === undefined || (code.usedBy !== null && code.usedBy !== tokenHash)) {
      tries.count += 1;
      this.#tries.set(address, tries);
      this.#wrongInAll += 1;
      if (this.#wrongInAll >= limits.joinTriesTotalMax) this.#burn();
      throw new MasalaError('JOIN_CODE_INVALID', { triesLeft: limits.joinTriesPerAddressMax - tries.count });
    }
    const usedBefore = code.usedBy !== null;
    code.usedBy = tokenHash;
    return {
      offerId: code.offerId,
      role: code.role,
      booked: () => {
        code.isBooked = true;
      },
      release: () => {
        if (!usedBefore) code.usedBy = null;
      },
    };
  }

  /** Every code is compared in full, so that the time taken tells nothing. */
  #find(secret: string): OpenCode | undefined {
    const tried = Buffer.from(secret);
    let found: OpenCode | undefined;
    for (const code of this.#codes) {
      const expected = Buffer.from(code.secret);
      if (expected.length === tried.length && timingSafeEqual(expected, tried)) found = code;
    }
    return found;
  }

  #burn(): void {
    this.#codes = [];
    this.#wrongInAll = 0;
  }

  #forget(now: number): void {
    this.#codes = this.#codes.filter((code) => code.expiresAt > now);
    if (this.#codes.length === 0) this.#wrongInAll = 0;
    for (const [address, tries] of this.#tries) {
      if (tries.until <= now) this.#tries.delete(address);
    }
  }
}
