// Who may use the web host: one-time tokens that become sessions, and sessions that end when nobody uses them. Pure: time and
// chance are arguments.

import { timingSafeEqual } from 'node:crypto';

/** A browser that has to be started first takes some seconds; what is left over is soon worthless. */
export const TOKEN_LIFETIME_MS = 60_000;

/** As long as the host itself waits for a page: a tab that slept longer signs in anew. */
export const SESSION_IDLE_MS = 10 * 60_000;

/** A person opens the dashboard once or twice; whoever asks without end drives the oldest out. */
const TOKENS_MAX = 16;
const SESSIONS_MAX = 32;

/**
 * Wrong tries since the newest token, after which every open one is burnt: a person may load a used page again some times, and
 * whoever opens the dashboard anew begins anew.
 */
export const WRONG_TRIES_MAX = 20;

/** 256 bits. */
const SECRET_BYTES = 32;

export interface SignInClock {
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Buffer;
}

interface Token {
  readonly secret: Buffer;
  readonly path: string;
  readonly expiresAt: number;
}

interface Session {
  readonly secret: Buffer;
  usedAt: number;
}

export class SignIn {
  readonly #clock: SignInClock;
  #tokens: Token[] = [];
  #sessions: Session[] = [];
  #wrongTries = 0;

  constructor(clock: SignInClock) {
    this.#clock = clock;
  }

  /** A token for one sign-in, which leads to the page `path`. */
  issueToken(path: string): string {
    const secret = this.#clock.randomBytes(SECRET_BYTES);
    const expiresAt = this.#clock.nowMs() + TOKEN_LIFETIME_MS;
    this.#tokens = [...this.#tokens, { secret, path, expiresAt }].slice(-TOKENS_MAX);
    this.#wrongTries = 0;
    return secret.toString('base64url');
  }

  /** Takes a token and gives a session, with the page that the token was made for; null for a guessed, used or expired one. */
  redeem(token: string): { readonly session: string; readonly path: string } | null {
    const found = findSecret(this.#tokens, token);
    this.#tokens = this.#tokens.filter((one) => one !== found);
    if (found === undefined || this.#clock.nowMs() >= found.expiresAt) {
      this.#wrongTries += 1;
      if (this.#wrongTries >= WRONG_TRIES_MAX) this.#tokens = [];
      return null;
    }
    const secret = this.#clock.randomBytes(SECRET_BYTES);
    this.#sessions = [...this.#sessions, { secret, usedAt: this.#clock.nowMs() }].slice(-SESSIONS_MAX);
    return { session: secret.toString('base64url'), path: found.path };
  }

  /** Whether this is a session; if so, its time begins anew. */
  use(session: string): boolean {
    const nowMs = this.#clock.nowMs();
    this.#sessions = this.#sessions.filter(({ usedAt }) => nowMs - usedAt < SESSION_IDLE_MS);
    const found = findSecret(this.#sessions, session);
    if (found === undefined) return false;
    found.usedAt = nowMs;
    return true;
  }
}

/** In a time that depends neither on where they differ nor on which one it is. */
function findSecret<Kept extends { readonly secret: Buffer }>(
  all: readonly Kept[],
  given: string,
): Kept | undefined {
  const bytes = Buffer.from(given);
  let found: Kept | undefined;
  for (const one of all) if (isSecret(one.secret, bytes)) found = one;
  return found;
}

/** As text: its last letter has bits that the bytes do not. */
function isSecret(secret: Buffer, given: Buffer): boolean {
  const expected = Buffer.from(secret.toString('base64url'));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
