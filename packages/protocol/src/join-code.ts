// The join code: a secret that is read out across a room, and a tag that ties it to one server's certificate.
//
// 15 characters of Crockford's base32 (https://www.crockford.com/base32.html): 50 bits of secret, then 25 bits of tag,
// the start of HMAC-SHA256(secret, server id). The new device works the tag out from the certificate that it was shown and
// leaves on a mismatch before it has sent anything: nobody can prepare a fitting certificate without the secret.

import { createHmac } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_LENGTH = 10;
const TAG_LENGTH = 5;
const BITS_PER_CHARACTER = 5;

export interface JoinCode {
  /** Ten characters: what the server compares. */
  readonly secret: string;
  /** Five characters: what the device compares. */
  readonly tag: string;
}

/** A new code for a server from 10 random bytes, of which 5 bits each are used. */
export function makeJoinCode(serverId: string, randomBytes: Uint8Array): JoinCode {
  if (randomBytes.length !== SECRET_LENGTH)
    throw new Error(`a join code needs ${SECRET_LENGTH} random bytes`);
  const secret = Array.from(randomBytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return { secret, tag: joinCodeTag(secret, serverId) };
}

/** The tag that a secret must have if it was made by the server with this id (SHA-256 of its certificate, hex). */
export function joinCodeTag(secret: string, serverId: string): string {
  const digest = createHmac('sha256', secret).update(serverId).digest();
  // The first 25 bits, high bit first.
  let bits = digest.readUInt32BE(0) >>> (32 - TAG_LENGTH * BITS_PER_CHARACTER);
  let tag = '';
  for (let index = 0; index < TAG_LENGTH; index++) {
    tag = ALPHABET[bits & 31] + tag;
    bits >>>= BITS_PER_CHARACTER;
  }
  return tag;
}

/** `ABCDE-FGHJK-MNPQR`, for people. */
export function formatJoinCode(code: JoinCode): string {
  const letters = code.secret + code.tag;
  return `${letters.slice(0, 5)}-${letters.slice(5, 10)}-${letters.slice(10)}`;
}

/**
 * Reads what a person typed: case, spaces and hyphens do not matter, and O, I and L are read as 0, 1 and 1. Undefined where
 * it is not 15 characters of the alphabet.
 */
export function readJoinCode(typed: string): JoinCode | undefined {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (letters.length !== SECRET_LENGTH + TAG_LENGTH) return undefined;
  for (const letter of letters) if (!ALPHABET.includes(letter)) return undefined;
  return { secret: letters.slice(0, SECRET_LENGTH), tag: letters.slice(SECRET_LENGTH) };
}
