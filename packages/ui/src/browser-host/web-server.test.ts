import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import type { BridgeEvent } from '../bridge/bridge.ts';
import { BEAT_MS } from '../bridge/browser-session.ts';
import { bridgeErrorOf } from '../host/bridge-error.ts';
import { STREAMS_MAX } from './event-streams.ts';
import { BODY_MAX_BYTES } from './request-body.ts';
import { SESSION_IDLE_MS, SignIn, TOKEN_LIFETIME_MS, WRONG_TRIES_MAX } from './sign-in.ts';
import { readStaticFiles } from './static-files.ts';
import { serveWeb, type WebServer } from './web-server.ts';

const links: BridgeEvent = { type: 'links', links: { status: null, client: 'connecting' } };

let folder: string;
let web: WebServer;
let signIn: SignIn;
let nowMs: number;
let listeners: Set<(event: BridgeEvent) => void>;
let faults: unknown[];
let slow: { readonly asked: PromiseWithResolvers<void>; readonly done: PromiseWithResolvers<void> };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'masala-web-'));
  mkdirSync(join(folder, 'page/assets'), { recursive: true });
  mkdirSync(join(folder, 'page/.vite'));
  writeFileSync(join(folder, 'page/index.html'), '<title>Masala</title>');
  writeFileSync(join(folder, 'page/assets/a-1234.js'), 'a()');
  writeFileSync(join(folder, 'page/.vite/manifest.json'), '{}');
  writeFileSync(join(folder, 'secret.html'), 'secret');
  nowMs = 0;
  listeners = new Set();
  faults = [];
  slow = { asked: Promise.withResolvers(), done: Promise.withResolvers() };
  signIn = new SignIn({ nowMs: () => nowMs, randomBytes });
  web = await serveWeb({
    files: readStaticFiles(join(folder, 'page')),
    signIn,
    facts: { kind: 'browser', platform: 'linux', version: '1.2.3' },
    ask: async (name, params) => {
      if (name === 'host:refused') throw new MasalaError('NOT_FOUND', { what: 1 });
      if (name === 'host:broken') throw new Error('a stack of ours');
      if (name === 'host:slow') {
        slow.asked.resolve();
        await slow.done.promise;
      }
      return { name, params };
    },
    listen: (listener) => {
      listeners.add(listener);
      listener(links);
      return () => void listeners.delete(listener);
    },
    bridgeErrorOf: (error) => bridgeErrorOf(error, (fault) => faults.push(fault)),
    onSignIn: () => undefined,
    onRefused: () => undefined,
  });
});
afterEach(async () => {
  await web.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** By hand, since fetch neither lets a path nor a Host through that no page could send. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  const { port } = new URL(web.origin);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function newSession(): string {
  return signIn.redeem(signIn.issueToken('/'))?.session ?? '';
}

function ask(session: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const own = { origin: web.origin, 'content-type': 'application/json', 'x-masala-session': session };
  return send('POST', '/door', { ...own, ...headers }, body);
}

const codeOf = ({ body }: Answer) => (JSON.parse(body) as { error: { code: string } }).error.code;

test('an answer that takes its time shows at each beat that the host lives', async () => {
  const { jest } = import.meta;
  const doNotFake = ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] as const;
  jest.useFakeTimers({ doNotFake: [...doNotFake, 'clearImmediate', 'clearTimeout', 'setTimeout'] });
  try {
    const answer = ask(newSession(), '{"name":"host:slow"}');
    await slow.asked.promise;
    jest.advanceTimersByTime(2 * BEAT_MS);
    slow.done.resolve();
    expect((await answer).body).toBe('  {"result":{"name":"host:slow","params":{}}}');
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('every answer, of whatever kind, keeps the browser strict', async () => {
  const answers = [
    await send('GET', '/'),
    await send('GET', '/nothing'),
    await send('POST', '/door'),
    await send('GET', '/', { host: 'evil.test' }),
    await ask(newSession(), '{"name":"host:x"}'),
    await signInWith('wrong'),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('files come from the table that was read at the start, and from nowhere else', async () => {
  expect((await send('GET', '/')).body).toBe('<title>Masala</title>');
  const asset = await send('GET', '/assets/a-1234.js?v=1');
  expect(asset.body).toBe('a()');
  expect(asset.headers['cache-control']).toContain('immutable');
  expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect((await send('HEAD', '/assets/a-1234.js')).body).toBe('');
  const others = [
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/assets/..%2f..%2fsecret.html',
  ];
  for (const path of [
    ...others,
    '/assets\\..\\..\\secret.html',
    '/.vite/manifest.json',
    '/assets',
    '//secret.html',
  ])
    expect((await send('GET', path)).status).toBe(404);
});

function signInWith(token: string, headers: Record<string, string> = {}): Promise<Answer> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'null', ...headers };
  return send('POST', '/sign-in', form, new URLSearchParams({ token }).toString());
}

test('a token signs in once; the answer keeps the session in the tab and goes to the page', async () => {
  const token = signIn.issueToken('/exit');
  const { status, body, headers } = await signInWith(token);
  expect(status).toBe(200);
  const kept = JSON.parse(JSON.parse(/setItem\("masala-session", (".*")\);/.exec(body)?.[1] ?? '') as string);
  expect(kept.facts).toEqual({ kind: 'browser', platform: 'linux', version: '1.2.3' });
  expect(body).toContain('location.replace("/#/exit")');
  const nonce = /nonce="([^"]+)"/.exec(body)?.[1];
  expect(headers['content-security-policy']).toContain(`script-src 'nonce-${nonce}'`);
  expect(body).not.toContain(token);
  expect((await ask(kept.session, '{"name":"host:x"}')).status).toBe(200);
  const again = await signInWith(token);
  expect(again.status).toBe(403);
  expect(again.body).not.toContain('setItem');
});

test('a guessed, a used and an expired token are answered alike, by a page with a code', async () => {
  const [used, expired] = [signIn.issueToken('/'), signIn.issueToken('/')];
  expect((await signInWith(used)).status).toBe(200);
  nowMs += TOKEN_LIFETIME_MS;
  const open = signIn.issueToken('/');
  const answers = [
    await signInWith(randomBytes(32).toString('base64url')),
    await signInWith(used),
    await signInWith(expired),
    await signInWith(''),
    await signInWith(`${open}x`),
  ];
  // The nonce and the time are new each time.
  const shown = answers.map(({ status, body, headers: { date: _, ...headers } }) => ({
    status,
    body,
    headers: JSON.stringify(headers).replace(/nonce-[\w-]+/, 'nonce'),
  }));
  expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(shown[0]).toMatchObject({ status: 403, body: expect.stringContaining('SIGN_IN_NEEDED') });
  for (let turn = answers.length; turn < WRONG_TRIES_MAX; turn++) await signInWith('guess');
  const burnt = await signInWith(open);
  expect([burnt.status, burnt.body]).toEqual([403, shown[0]?.body]);
  expect((await signInWith(signIn.issueToken('/'))).status).toBe(200);
});

test('what would be another name for this PC gets nothing, neither page nor session', async () => {
  const { port } = new URL(web.origin);
  const session = newSession();
  for (const name of [
    'localhost',
    'LOCALHOST',
    'localhost.',
    '[::1]',
    '127.0.0.1.',
    '127.0.0.1.nip.io',
    '127.1',
    '2130706433',
    'Evil.Test',
  ]) {
    const host = `${name}:${port}`;
    const form = await signInWith(signIn.issueToken('/'), { host });
    for (const answer of [
      await send('GET', '/', { host }),
      await ask(session, '{"name":"host:x"}', { host }),
      form,
    ]) {
      expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  }
});

test('cookies that another port of this PC has planted change nothing', async () => {
  const session = newSession();
  const planted = { cookie: `masala-session=${'x'.repeat(43)}; x-masala-session=y; session=z` };
  expect((await ask(session, '{"name":"host:x"}', planted)).status).toBe(200);
  expect((await ask('', '{"name":"host:x"}', { cookie: `x-masala-session=${session}` })).status).toBe(401);
  expect((await send('GET', '/events', { cookie: `x-masala-session=${session}` })).status).toBe(401);
  const signedIn = await signInWith(signIn.issueToken('/'), planted);
  expect([signedIn.status, signedIn.headers['set-cookie']]).toEqual([200, undefined]);
});

test('without a session, or with one that nobody used for long, nothing is answered', async () => {
  const session = newSession();
  const refused = await ask('', '{"name":"host:x"}');
  expect([refused.status, codeOf(refused)]).toEqual([401, 'SIGN_IN_NEEDED']);
  expect((await ask(`${session.slice(0, -1)}-`, '{"name":"host:x"}')).status).toBe(401);
  expect((await send('GET', '/events')).status).toBe(401);
  // A session stands in a header alone: other ports of this PC share the cookies, and a form can send neither.
  expect((await ask('', '{"name":"host:x"}', { cookie: `masala-session=${session}` })).status).toBe(401);
  nowMs += SESSION_IDLE_MS;
  expect((await ask(session, '{"name":"host:x"}')).status).toBe(401);
});

test('the desk answers, or says why not; a fault of ours is an incident without its stack', async () => {
  const session = newSession();
  const { body } = await ask(session, '{"name":"host:logs.read","params":{"level":"warn"}}');
  expect(JSON.parse(body)).toEqual({ result: { name: 'host:logs.read', params: { level: 'warn' } } });
  expect(JSON.parse((await ask(session, '{"name":"host:refused"}')).body)).toMatchObject({
    error: { code: 'NOT_FOUND', data: { what: 1 } },
  });
  const broken = await ask(session, '{"name":"host:broken"}');
  expect(JSON.parse(broken.body)).toMatchObject({
    error: { code: 'INTERNAL', incidentId: expect.any(String) },
  });
  expect(broken.body).not.toContain('stack of ours');
  expect(faults).toHaveLength(1);
});

test('what is no question is refused', async () => {
  const session = newSession();
  for (const body of ['', '{', 'null', '[]', '"x"', '{"name":1}']) {
    const answer = await ask(session, body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'PARAMS_INVALID']);
  }
  expect((await ask(session, '{}', { origin: 'http://evil.test' })).status).toBe(403);
  expect((await ask(session, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await send('GET', '/door')).headers['allow']).toBe('POST');
});

test('a body over the limit is refused, also when its length is not told', async () => {
  const session = newSession();
  const tooLong = JSON.stringify({ name: 'host:x', params: 'x'.repeat(BODY_MAX_BYTES) });
  const told = await ask(session, tooLong, { 'content-length': String(tooLong.length) });
  expect([told.status, codeOf(told)]).toEqual([413, 'FRAME_TOO_LARGE']);
  expect((await ask(session, tooLong, { 'transfer-encoding': 'chunked' })).status).toBe(413);
  expect((await ask(session, JSON.stringify({ name: 'host:x', params: 'x'.repeat(1_000) }))).status).toBe(
    200,
  );
});

test('a connection that never finishes its request is closed', async () => {
  const { port } = new URL(web.origin);
  const told = await Promise.all(
    ['', 'GET / HTTP/1.1\r\nHo'].map((begun) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(begun);
      return new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (chunk) => {
          text += String(chunk);
        });
        socket.on('close', () => resolve(text));
      });
    }),
  );
  for (const text of told) expect(text).toContain('408');
});

describe('the event stream', () => {
  function open(session: string): Promise<{ response: Response; end(): void }> {
    const abort = new AbortController();
    return fetch(`${web.origin}/events`, {
      headers: { 'x-masala-session': session },
      signal: abort.signal,
    }).then((response) => ({ response, end: () => abort.abort() }));
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  test('tells the present links at once, then what happens, and ends with the page', async () => {
    const { response, end } = await open(newSession());
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(JSON.parse((await reader?.read())?.value ?? '')).toEqual(links);
    expect(web.pages).toBe(1);
    const progress: BridgeEvent = {
      type: 'work.progress',
      progress: { id: 'w1', work: 'backup', phase: 'copy', done: 1, total: 2 },
    };
    for (const listener of listeners) listener(progress);
    expect(JSON.parse((await reader?.read())?.value ?? '')).toEqual(progress);
    end();
    await reader?.cancel().catch(() => undefined);
    await until(() => web.pages === 0 && listeners.size === 0);
  });

  test('is for so many pages only that there is room for their questions', async () => {
    const session = newSession();
    const opened: Awaited<ReturnType<typeof open>>[] = [];
    for (let count = 0; count < STREAMS_MAX; count++) opened.push(await open(session));
    const more = await open(session);
    expect(more.response.status).toBe(429);
    opened[0]?.end();
    await until(() => web.pages === STREAMS_MAX - 1);
    const again = await open(session);
    expect(again.response.status).toBe(200);
    for (const one of [...opened, again]) one.end();
  });
});
