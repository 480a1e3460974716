// Our own scheme answers with files of the page, under the policy of the web host, and with nothing else.
import { secureHeaders } from '../browser-host/response-headers.ts';
import { PAGE_URL } from './decisions.ts';
import { answerPageRequest } from './page-protocol.ts';

const file = (text: string, type: string) => ({ content: Buffer.from(text), type, cacheControl: 'no-store' });
const files = new Map([
  ['/', file('<p>page</p>', 'text/html; charset=utf-8')],
  ['/assets/index-1.js', file('script', 'text/javascript; charset=utf-8')],
]);
const ask = (url: string, method = 'GET') => answerPageRequest(files, { method, url });

test('a file of the page comes with its type and the policy of the web host', async () => {
  const answer = ask(PAGE_URL);
  expect([answer.status, await answer.text()]).toEqual([200, '<p>page</p>']);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const [name, value] of Object.entries(secureHeaders)) {
    if (name !== 'Cache-Control') expect(answer.headers.get(name)).toBe(value);
  }
  expect(await ask('app://masala/assets/index-1.js?x#y').text()).toBe('script');
});

test('the policy lets no code in from elsewhere or from text', () => {
  const policy = ask(PAGE_URL).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).not.toMatch(/unsafe|\*|http/);
});

test.each([
  ['app://masala/missing.js', 'GET'],
  ['app://masala/../../etc/passwd', 'GET'],
  ['app://masala/%2e%2e/secret', 'GET'],
  ['app://evil/', 'GET'],
  ['app://user@masala/', 'GET'],
  ['file:///etc/passwd', 'GET'],
  ['no address', 'GET'],
  [PAGE_URL, 'POST'],
])('%s by %s is not found', async (url, method) => {
  const answer = ask(url, method);
  expect([answer.status, await answer.text()]).toEqual([404, '']);
  expect(answer.headers.get('content-security-policy')).not.toBeNull();
});
