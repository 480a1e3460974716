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

  constructor(clock: SignInClock) {
    this.#clock = clock;
  }

  /** A token for one sign-in, which leads to the page `path`. */
  issueToken(path: string): string {
    const secret = this.#clock.randomBytes(SECRET_BYTES);
    const expiresAt = this.#clock.nowMs() + TOKEN_LIFETIME_MS;
    this.#tokens = [...this.#tokens, { secret, path, expiresAt }].slice(-TOKENS_MAX);
    return secret.toString('base64url');
  }

  /** Takes a token and gives a session, with the page that the token was made for; null for a used or expired one. */
  redeem(token: string): { readonly session: string; readonly path: string } | null {
    const found = this.#tokens.find(({ secret }) => isSecret(secret, token));
    this.#tokens = this.#tokens.filter((one) => one !== found);
    if (found === undefined || this.#clock.nowMs() >= found.expiresAt) return null;
    const secret = this.#clock.randomBytes(SECRET_BYTES);
    this.#sessions = [...this.#sessions, { secret, usedAt: this.#clock.nowMs() }].slice(-SESSIONS_MAX);
    return { session: secret.toString('base64url'), path: found.path };
  }

  /** Whether this is a session; if so, its time begins anew. */
  use(session: string): boolean {
    const nowMs = this.#clock.nowMs();
    this.#sessions = this.#sessions.filter(({ usedAt }) => nowMs - usedAt < SESSION_IDLE_MS);
    const found = this.#sessions.find(({ secret }) => isSecret(secret, session));
    if (found === undefined) return false;
    found.usedAt = nowMs;
    return true;
  }
}

/** In a time that does not depend on where they differ. As text: its last letter has bits that the bytes do not. */
function isSecret(secret: Buffer, given: string): boolean {
  const expected = Buffer.from(secret.toString('base64url'));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
