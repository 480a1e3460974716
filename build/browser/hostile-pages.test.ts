// What a hostile page in the admin's own browser, and another user of the same PC, can do to the loopback host: nothing.

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describeIf, root } from '../testing/requires.ts';
import { launchBrowser, realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';

/** The session of a tab, or null where it has none. */
const KEPT_SESSION = `() => JSON.parse(sessionStorage.getItem('masala-session') ?? '{}').session ?? null`;

/** What `script`, a function in the page's own language, gives there for `given`. */
function run(page: Page, script: string, given: unknown): Promise<unknown> {
  return page.evaluate(`(${script})(${JSON.stringify(given)})`);
}

describeIf(realBrowser, 'a hostile page', () => {
  let dashboard: DashboardUnderTest;
  let evil: Server;
  let evilOrigin: string;
  let page: Page;
  let origin: string;
  let port: string;
  let session: string;

  beforeAll(async () => {
    dashboard = await DashboardUnderTest.open();
    ({ origin, port } = new URL(dashboard.page.url()));
    session = String(await run(dashboard.page, KEPT_SESSION, null));
    evil = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>evil</title>');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    evilOrigin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
    page = await dashboard.page.context().newPage();
    await page.goto(evilOrigin);
  });
  afterAll(async () => {
    await dashboard?.close();
    evil?.closeAllConnections();
    await new Promise((resolve) => evil?.close(resolve));
  });

  test('reads nothing, even if it had a session', async () => {
    const outcomes = await run(
      page,
      `({ target, secret }) => {
        const body = '{"name":"control:status"}';
        const headers = { 'x-masala-session': secret };
        const json = { ...headers, 'content-type': 'application/json' };
        const tries = [
          ['/', {}],
          ['/door', { method: 'POST', body }],
          ['/door', { method: 'POST', body, headers: json }],
          ['/events', { headers }],
        ];
        const outcomeOf = ([path, init]) => fetch(target + path, init).then(() => 'read', () => 'refused');
        return Promise.all(tries.map(outcomeOf));
      }`,
      { target: origin, secret: session },
    );
    expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  test('loads none of its scripts and pictures', async () => {
    const script = /src="([^"]+\.js)"/.exec(await (await fetch(origin)).text())?.[1] ?? '';
    expect(script).not.toBe('');
    const outcome = await run(
      page,
      `(address) => new Promise((resolve) => {
        const element = document.createElement('script');
        element.onload = () => resolve('loaded');
        element.onerror = () => resolve('refused');
        element.src = address;
        document.head.append(element);
      })`,
      new URL(script, origin).href,
    );
    expect(outcome).toBe('refused');
  });

  test('stops no server by a form', async () => {
    const form = await dashboard.page.context().newPage();
    await form.goto(evilOrigin);
    const answer = form.waitForResponse((response) => response.url() === `${origin}/door`);
    await run(
      form,
      `(html) => { document.body.innerHTML = html; document.forms[0].submit(); }`,
      `<form method="post" enctype="text/plain" action="${origin}/door">
        <input name='{"name":"control:stop","params":{},"x":"' value='"}'></form>`,
    );
    expect((await answer).status()).toBe(403);
    await form.close();
    expect((await dashboard.server.status())?.state).toBe('running');
  });

  test('signs nobody in by a form of its own', async () => {
    const form = await dashboard.page.context().newPage();
    await form.goto(evilOrigin);
    const answer = form.waitForResponse((response) => response.url() === `${origin}/sign-in`);
    await run(
      form,
      `(html) => { document.body.innerHTML = html; document.forms[0].submit(); }`,
      `<form method="post" action="${origin}/sign-in"><input name="token"></form>`,
    );
    expect((await answer).status()).toBe(403);
    await form.close();
  });

  test('shows the dashboard in no frame', async () => {
    await run(
      page,
      `(target) => new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.onload = resolve;
        frame.src = target;
        document.body.append(frame);
      }).then(() => null)`,
      origin,
    );
    const framed = page.frames().find((frame) => frame.parentFrame() !== null);
    // Chromium shows a page of its own in its place.
    expect(await framed?.title().catch(() => '')).not.toBe('Masala');
    expect(framed?.url()).not.toMatch(/^http:\/\/127\.0\.0\.1/);
  });

  test('holds no handle on a dashboard that it opens', async () => {
    const opening = page.context().waitForEvent('page');
    await run(page, `(target) => { globalThis.opened = window.open(target); }`, origin);
    const opened = await opening;
    await opened.waitForLoadState();
    const isSevered = await run(
      page,
      `() => {
        try {
          return opened === null || opened.closed || opened.location.href === undefined;
        } catch {
          return true;
        }
      }`,
      null,
    );
    expect(isSevered).toBe(true);
    expect(await run(opened, KEPT_SESSION, null)).toBeNull();
    await opened.close();
  });

  test('gets nothing by a name of its own that points to this PC', async () => {
    // As a hostile name server makes it.
    const rebound = await launchBrowser(['--host-resolver-rules=MAP evil.test 127.0.0.1']);
    try {
      const own = await rebound.newPage();
      const answer = await own.goto(`http://evil.test:${port}/`);
      expect(answer?.status()).toBe(403);
      const outcome = await run(
        own,
        `(secret) => fetch('/door', {
          method: 'POST',
          body: '{"name":"control:status"}',
          headers: { 'content-type': 'application/json', 'x-masala-session': secret },
        }).then(({ status }) => status)`,
        session,
      );
      expect(outcome).toBe(403);
    } finally {
      await rebound.close();
    }
  });

  test('the page of the dashboard runs no foreign code and speaks to nobody else', async () => {
    const outcomes = await run(
      dashboard.page,
      `async (target) => {
        const inline = document.createElement('script');
        inline.textContent = 'globalThis.injected = true';
        document.head.append(inline);
        const spoken = await fetch(target, { mode: 'no-cors' }).then(() => 'spoken', () => 'refused');
        return [spoken, 'injected' in globalThis];
      }`,
      evilOrigin,
    );
    expect(outcomes).toEqual(['refused', false]);
  });

  test('a link signs in once', async () => {
    const link = await dashboard.link();
    const file = fileURLToPath(link);
    const copy = readFileSync(file, 'utf8');
    await dashboard.signIn();
    const used = await dashboard.page.context().newPage();
    await used.goto(link);
    await used.waitForURL(/^http:/);
    await used.getByRole('main').waitFor();
    expect(() => statSync(file)).toThrow();
    const token = /name="token" value="([^"]+)"/.exec(copy)?.[1] ?? '';
    const again = await fetch(`${origin}/sign-in`, { method: 'POST', body: new URLSearchParams({ token }) });
    expect(again.status).toBe(403);
    expect(await again.text()).not.toContain('setItem');
    await used.close();
  });
});

describeIf([realBrowser, root], 'another user of this PC', () => {
  test('can read neither the link nor what the host tells without it', async () => {
    const dashboard = await DashboardUnderTest.open();
    try {
      const file = fileURLToPath(await dashboard.link());
      const { origin } = new URL(dashboard.page.url());
      expect(statSync(file).mode & 0o777).toBe(0o600);
      // As nobody, who is no more than any second user.
      const other = { uid: 65_534, gid: 65_534, encoding: 'utf8' } as const;
      const reading = spawnSync('cat', [file], other);
      expect([reading.status, reading.stdout]).toEqual([1, '']);
      const script = `const answer = await fetch(${JSON.stringify(`${origin}/door`)}, { method: 'POST',
        headers: { origin: ${JSON.stringify(origin)}, 'content-type': 'application/json' },
        body: '{"name":"control:status"}' }); console.log(answer.status);`;
      const asking = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        ...other,
        cwd: '/',
      });
      expect(asking.stdout.trim()).toBe('401');
    } finally {
      await dashboard.close();
    }
  });
});
