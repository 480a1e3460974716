// The rule of join codes, in virtual time.

import { limits, MasalaError, readJoinCode } from '@masala/protocol';
import fc from 'fast-check';
import { Pairing } from './pairing.ts';

const SERVER_ID = 'a'.repeat(64);
const bytes = (seed: number) => Uint8Array.from({ length: 10 }, (_, index) => seed * 7 + index);

function open(pairing: Pairing, now: number, seed = 1): string {
  const secret = readJoinCode(
    pairing.open('office', SERVER_ID, `offer-${seed}`, bytes(seed), now).code,
  )?.secret;
  if (secret === undefined) throw new Error('no join code');
  return secret;
}

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof MasalaError) return error.code;
    throw error;
  }
}

test('a code is good for one token, and for that one again', () => {
  const pairing = new Pairing();
  const secret = open(pairing, 0);
  expect(pairing.try(secret, 'token-1', 'A', 1).role).toBe('office');
  expect(codeOf(() => pairing.try(secret, 'token-1', 'B', 2))).toBe('accepted');
  expect(codeOf(() => pairing.try(secret, 'token-2', 'A', 3))).toBe('JOIN_CODE_INVALID');
});

test('a code that could not be booked may be used by another token', () => {
  const pairing = new Pairing();
  const secret = open(pairing, 0);
  pairing.try(secret, 'token-1', 'A', 1).release();
  expect(codeOf(() => pairing.try(secret, 'token-2', 'A', 2))).toBe('accepted');
});

test('an offer is open until its pairing is booked, its time is over, or guesses have burned it', () => {
  const pairing = new Pairing();
  const secret = open(pairing, 0, 1);
  open(pairing, 10, 2);
  expect(pairing.openOffers(11)).toEqual(['offer-1', 'offer-2']);
  const accepted = pairing.try(secret, 'token', 'A', 11);
  expect(accepted.offerId).toBe('offer-1');
  expect(pairing.openOffers(12)).toEqual(['offer-1', 'offer-2']);
  accepted.booked();
  expect(pairing.openOffers(13)).toEqual(['offer-2']);
  expect(pairing.openOffers(10 + limits.joinCodeLifetimeMs)).toEqual([]);
  open(pairing, limits.joinCodeLifetimeMs, 3);
  for (let guess = 0; guess < limits.joinTriesTotalMax; guess++)
    codeOf(() => pairing.try('0000000000', 'token', `address ${guess}`, limits.joinCodeLifetimeMs));
  expect(pairing.openOffers(limits.joinCodeLifetimeMs)).toEqual([]);
});

test('a code ends after its life, to the millisecond', () => {
  const pairing = new Pairing();
  const secret = open(pairing, 1_000);
  const end = 1_000 + limits.joinCodeLifetimeMs;
  expect(codeOf(() => pairing.try(secret, 'token', 'A', end))).toBe('JOIN_CODE_INVALID');
  const again = new Pairing();
  open(again, 1_000);
  expect(codeOf(() => again.try(secret, 'token', 'A', end - 1))).toBe('accepted');
});

test('an address that guesses is shut out, also with the right code, until its tries are forgotten', () => {
  const pairing = new Pairing();
  open(pairing, 0);
  for (let left = limits.joinTriesPerAddressMax - 1; left >= 0; left--) {
    expect(() => pairing.try('0000000000', 'token', 'A', 1)).toThrow(
      expect.objectContaining({ code: 'JOIN_CODE_INVALID', data: { triesLeft: left } }),
    );
  }
  const secret = open(pairing, 2, 2);
  expect(codeOf(() => pairing.try(secret, 'token', 'A', 3))).toBe('JOIN_TRIES_EXHAUSTED');
  expect(codeOf(() => pairing.try(secret, 'token', 'B', 3))).toBe('accepted');
  const later = limits.joinCodeLifetimeMs + 1;
  expect(codeOf(() => pairing.try(secret, 'token', 'A', later))).toBe('accepted');
});

test('guesses from many addresses burn the open codes', () => {
  const pairing = new Pairing();
  const secret = open(pairing, 0);
  for (let guess = 0; guess < limits.joinTriesTotalMax; guess++) {
    codeOf(() => pairing.try('0000000000', 'token', `address ${guess}`, 1));
  }
  expect(codeOf(() => pairing.try(secret, 'token', 'honest', 2))).toBe('JOIN_CODE_INVALID');
  const next = open(pairing, 3, 2);
  expect(codeOf(() => pairing.try(next, 'token', 'honest', 4))).toBe('accepted');
});

test('only so many codes are open at once; used ones do not count', () => {
  const pairing = new Pairing();
  const secrets = Array.from({ length: limits.joinCodesOpenMax }, (_, seed) => open(pairing, 0, seed));
  expect(codeOf(() => open(pairing, 1, 99))).toBe('JOIN_CODES_TOO_MANY');
  pairing.try(secrets[0] ?? '', 'token', 'A', 2);
  expect(codeOf(() => open(pairing, 3, 99))).toBe('accepted');
});

test('whatever is tried in whatever order, no code pairs two tokens', () => {
  const step = fc.record({
    code: fc.nat(3),
    token: fc.nat(2),
    address: fc.nat(2),
    waitMs: fc.nat(limits.joinCodeLifetimeMs),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pairing = new Pairing();
      const secrets = [0, 1, 2].map((seed) => open(pairing, 0, seed));
      const owners = new Map<number, number>();
      let now = 0;
      for (const { code, token, address, waitMs } of steps) {
        now += Math.floor(waitMs / 20);
        const outcome = codeOf(() => pairing.try(secrets[code] ?? '', `t${token}`, `a${address}`, now));
        if (outcome !== 'accepted') continue;
        expect(now).toBeLessThan(limits.joinCodeLifetimeMs);
        expect(owners.get(code) ?? token).toBe(token);
        owners.set(code, token);
      }
    }),
  );
});
