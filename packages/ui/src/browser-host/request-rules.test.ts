import { judge } from './request-rules.ts';

const authority = '127.0.0.1:49152';
const ours = `http://${authority}`;
const isFile = (path: string) => path === '/' || path === '/assets/a.js';

function verdictOf(method: string, path: string, headers: Record<string, string | string[]> = {}) {
  const verdict = judge({ method, path, headers: { host: authority, ...headers } }, authority, isFile);
  return verdict.type === 'taken' ? verdict.kind : verdict.status;
}

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

test('our own page is served', () => {
  expect(verdictOf('GET', '/')).toBe('file');
  expect(verdictOf('GET', '/', { 'sec-fetch-site': 'none' })).toBe('file');
  expect(verdictOf('HEAD', '/assets/a.js', { 'sec-fetch-site': 'same-origin' })).toBe('file');
  expect(verdictOf('GET', '/events', { 'sec-fetch-site': 'same-origin' })).toBe('events');
  expect(verdictOf('POST', '/door', { ...json, origin: ours })).toBe('door');
  expect(
    verdictOf('POST', '/door', { 'content-type': 'application/json; charset=utf-8', origin: ours }),
  ).toBe('door');
});

test('the sign-in is taken from a file, which has no origin, and from nobody else', () => {
  const fromFile = { ...form, origin: 'null', 'sec-fetch-site': 'cross-site' };
  expect(verdictOf('POST', '/sign-in', fromFile)).toBe('sign-in');
  expect(verdictOf('POST', '/sign-in', form)).toBe('sign-in');
  expect(verdictOf('POST', '/sign-in', { ...form, origin: 'http://evil.test' })).toBe(403);
  expect(verdictOf('POST', '/sign-in', { ...form, origin: 'http://127.0.0.1:8080' })).toBe(403);
});

test('the sign-in is taken from a whole tab: no script and no frame can try tokens', () => {
  const fromFile = { ...form, origin: 'null', 'sec-fetch-site': 'cross-site' };
  const navigated = { ...fromFile, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect(verdictOf('POST', '/sign-in', navigated)).toBe('sign-in');
  for (const mode of ['no-cors', 'cors', 'same-origin', 'websocket'])
    expect(verdictOf('POST', '/sign-in', { ...navigated, 'sec-fetch-mode': mode })).toBe(403);
  for (const destination of ['iframe', 'embed', 'object', 'empty', 'fencedframe'])
    expect(verdictOf('POST', '/sign-in', { ...navigated, 'sec-fetch-dest': destination })).toBe(403);
});

test.each([
  'localhost:49152',
  '127.0.0.1',
  '127.0.0.1:49153',
  'evil.test:49152',
  '127.0.0.1:49152.evil.test',
  'LOCALHOST:49152',
  'localhost.:49152',
  '127.0.0.1.:49152',
  '127.0.0.1.nip.io:49152',
  '127.0.0.1.NIP.IO:49152',
  '127.1:49152',
  '2130706433:49152',
  '0x7f.0.0.1:49152',
  '0177.0.0.1:49152',
  '0.0.0.0:49152',
  '127.0.0.2:49152',
  '[::1]:49152',
  '[::ffff:127.0.0.1]:49152',
  '127.0.0.1:049152',
  'user@127.0.0.1:49152',
  ' 127.0.0.1:49152',
  '127.0.0.1:49152, evil.test',
  '',
])('a request for the host %j is refused, whatever it asks for', (host) => {
  expect(verdictOf('GET', '/', { host })).toBe(403);
  expect(verdictOf('POST', '/door', { ...json, origin: ours, host })).toBe(403);
  expect(verdictOf('POST', '/sign-in', { ...form, origin: 'null', host })).toBe(403);
});

test.each([
  'http://evil.test',
  'null',
  'https://127.0.0.1:49152',
  'http://127.0.0.1:49153',
  'http://localhost:49152',
])('a page of the origin %s is refused', (origin) => {
  expect(verdictOf('POST', '/door', { ...json, origin })).toBe(403);
  expect(verdictOf('GET', '/events', { origin })).toBe(403);
  expect(verdictOf('GET', '/', { origin })).toBe(403);
});

test.each(['cross-site', 'same-site', 'anything'])(
  'a request that the browser calls %s is refused',
  (site) => {
    expect(verdictOf('POST', '/door', { ...json, origin: ours, 'sec-fetch-site': site })).toBe(403);
    expect(verdictOf('GET', '/events', { 'sec-fetch-site': site })).toBe(403);
    expect(verdictOf('GET', '/', { 'sec-fetch-site': site })).toBe(403);
  },
);

test('a question without an origin comes from no page of ours', () => {
  expect(verdictOf('POST', '/door', json)).toBe(403);
  expect(verdictOf('GET', '/events', { 'sec-fetch-site': 'none' })).toBe(403);
});

test('what a form can send is no question', () => {
  expect(verdictOf('POST', '/door', { 'content-type': 'text/plain', origin: ours })).toBe(415);
  expect(verdictOf('POST', '/door', { origin: ours })).toBe(415);
  expect(verdictOf('POST', '/sign-in', { ...json, origin: 'null' })).toBe(415);
});

test('unknown paths and wrong methods are told', () => {
  for (const path of [
    '/x',
    '/../etc/passwd',
    '/assets/',
    '/%2e%2e/package.json',
    '//',
    'http://evil.test/',
    '*',
  ])
    expect(verdictOf('GET', path)).toBe(404);
  expect(verdictOf('OPTIONS', '/door', { origin: 'http://evil.test' })).toBe(405);
  expect(verdictOf('GET', '/sign-in')).toBe(405);
  expect(verdictOf('POST', '/events', { origin: ours })).toBe(405);
  expect(verdictOf('DELETE', '/')).toBe(405);
  expect(judge({ method: 'POST', path: '/', headers: { host: authority } }, authority, isFile)).toMatchObject(
    {
      allow: 'GET, HEAD',
    },
  );
});
