import { randomBytes } from 'node:crypto';
import { SESSION_IDLE_MS, SignIn, TOKEN_LIFETIME_MS, WRONG_TRIES_MAX } from './sign-in.ts';

function newSignIn() {
  const time = { nowMs: 0 };
  return { time, signIn: new SignIn({ nowMs: () => time.nowMs, randomBytes }) };
}

describe('a token', () => {
  test('becomes a session once, and leads to its page', () => {
    const { signIn } = newSignIn();
    const token = signIn.issueToken('/exit');
    const opened = signIn.redeem(token);
    expect(opened?.path).toBe('/exit');
    expect(opened?.session).not.toBe(token);
    expect(signIn.use(opened?.session ?? '')).toBe(true);
    expect(signIn.redeem(token)).toBeNull();
  });

  test('is good for a minute, and not a moment longer', () => {
    const { time, signIn } = newSignIn();
    const [early, late] = [signIn.issueToken('/'), signIn.issueToken('/')];
    time.nowMs = TOKEN_LIFETIME_MS - 1;
    expect(signIn.redeem(early)).not.toBeNull();
    time.nowMs = TOKEN_LIFETIME_MS;
    expect(signIn.redeem(late)).toBeNull();
  });

  test('is not guessed by its beginning, by nothing, or by a session', () => {
    const { signIn } = newSignIn();
    const token = signIn.issueToken('/');
    for (const guess of ['', token.slice(0, -1), `${token}A`, 'ü', `${'A'.repeat(42)}_`])
      expect(signIn.redeem(guess)).toBeNull();
    expect(signIn.use(token)).toBe(false);
    const session = signIn.redeem(token)?.session ?? '';
    expect(signIn.redeem(session)).toBeNull();
  });

  test('is burnt by too many guesses, and whoever asks for a new one gets in', () => {
    const { signIn } = newSignIn();
    const tries = (count: number) => {
      for (let turn = 0; turn < count; turn++) expect(signIn.redeem('x'.repeat(43))).toBeNull();
    };
    const patient = signIn.issueToken('/');
    tries(WRONG_TRIES_MAX - 1);
    expect(signIn.redeem(patient)).not.toBeNull();
    const [older, burnt] = [signIn.issueToken('/'), signIn.issueToken('/')];
    tries(WRONG_TRIES_MAX);
    expect([signIn.redeem(older), signIn.redeem(burnt)]).toEqual([null, null]);
    const anew = signIn.issueToken('/');
    tries(WRONG_TRIES_MAX - 1);
    expect(signIn.redeem(anew)).not.toBeNull();
  });

  test('that was used or has expired counts as a guess', () => {
    const { time, signIn } = newSignIn();
    const used = signIn.issueToken('/');
    signIn.redeem(used);
    const expired = signIn.issueToken('/');
    time.nowMs = TOKEN_LIFETIME_MS;
    const open = signIn.issueToken('/');
    expect(signIn.redeem(expired)).toBeNull();
    for (let turn = 1; turn < WRONG_TRIES_MAX; turn++) expect(signIn.redeem(used)).toBeNull();
    expect(signIn.redeem(open)).toBeNull();
  });

  test('is driven out by many others, so that they cannot pile up', () => {
    const { signIn } = newSignIn();
    const first = signIn.issueToken('/');
    for (let count = 0; count < 16; count++) signIn.issueToken('/');
    expect(signIn.redeem(first)).toBeNull();
  });
});

describe('a session', () => {
  test('lives as long as it is used', () => {
    const { time, signIn } = newSignIn();
    const session = signIn.redeem(signIn.issueToken('/'))?.session ?? '';
    for (let turn = 0; turn < 5; turn++) {
      time.nowMs += SESSION_IDLE_MS - 1;
      expect(signIn.use(session)).toBe(true);
    }
    time.nowMs += SESSION_IDLE_MS;
    expect(signIn.use(session)).toBe(false);
    expect(signIn.use(session)).toBe(false);
  });

  test('is not guessed', () => {
    const { signIn } = newSignIn();
    const session = signIn.redeem(signIn.issueToken('/'))?.session ?? '';
    expect(signIn.use('')).toBe(false);
    expect(signIn.use(session.slice(1))).toBe(false);
    expect(signIn.use(randomBytes(32).toString('base64url'))).toBe(false);
  });
});
