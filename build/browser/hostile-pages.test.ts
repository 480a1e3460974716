// What a hostile page in the admin's own browser, and another user of the same PC, can do to the loopback host: nothing.

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
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
  /** What the evil server was told of whoever came to it. */
  const visits: IncomingHttpHeaders[] = [];

  beforeAll(async () => {
    dashboard = await DashboardUnderTest.open();
    ({ origin, port } = new URL(dashboard.page.url()));
    session = String(await run(dashboard.page, KEPT_SESSION, null));
    evil = createServer((request, response) => {
      visits.push(request.headers);
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

  test('sends nothing that is heard, whatever way it takes', async () => {
    const answered: number[] = [];
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().startsWith(origin.slice(0, 4)) && new URL(request.url()).port === port) asked++;
    });
    page.on('response', (response) => {
      if (new URL(response.url()).port === port) answered.push(response.status());
    });
    const outcomes = await run(
      page,
      `async ({ port, secret }) => {
        const stop = '{"name":"control:stop","params":{}}';
        const origins = ['http://127.0.0.1:' + port, 'http://localhost:' + port, 'http://[::1]:' + port];
        const outcomes = [];
        for (const origin of origins) {
          const post = (path, init) => fetch(origin + path, { method: 'POST', mode: 'no-cors', ...init })
            .then((response) => response.type, () => 'refused');
          outcomes.push(await post('/door', { body: stop }));
          outcomes.push(await post('/door', { body: new Blob([stop], { type: 'text/plain' }) }));
          outcomes.push(await post('/door', { body: new URLSearchParams({ name: 'control:stop' }) }));
          outcomes.push(await post('/sign-in', { body: new URLSearchParams({ token: secret }) }));
          navigator.sendBeacon(origin + '/door', stop);
          outcomes.push(await new Promise((resolve) => {
            const socket = new WebSocket(origin.replace('http', 'ws') + '/events');
            socket.onopen = () => resolve('open');
            socket.onerror = () => resolve('refused');
          }));
          outcomes.push(await new Promise((resolve) => {
            const events = new EventSource(origin + '/events');
            events.onopen = () => { events.close(); resolve('open'); };
            events.onerror = () => { events.close(); resolve('refused'); };
          }));
        }
        return outcomes;
      }`,
      { port, secret: session },
    );
    expect(outcomes).not.toContain('open');
    expect(outcomes).not.toContain('basic');
    expect(outcomes).not.toContain('cors');
    expect(asked).toBeGreaterThan(0);
    // An opaque answer is one all the same: what was it?
    expect(answered.filter((status) => status < 400)).toEqual([]);
    expect((await dashboard.server.status())?.state).toBe('running');
  });

  test('changes nothing by cookies, which every port of this PC shares', async () => {
    await run(
      page,
      `(secret) => {
        document.cookie = 'masala-session=' + secret + '; path=/';
        document.cookie = 'theme=dark; path=/';
        // As many and as long as the browser keeps.
        for (let number = 0; number < 180; number++) document.cookie = 'bomb' + number + '=' + 'x'.repeat(4000) + '; path=/';
      }`,
      session,
    );
    try {
      // Neither does a cookie sign in …
      const bare = await page.context().newPage();
      await bare.goto(origin);
      await bare.getByRole('heading', { name: 'This page is signed out' }).waitFor();
      await bare.close();
      // … nor does it keep a page out.
      await dashboard.page.reload();
      await dashboard.page.getByRole('region', { name: 'The server is running' }).waitFor();
      await dashboard.signIn();
      await dashboard.page.getByRole('region', { name: 'The server is running' }).waitFor();
      session = String(await run(dashboard.page, KEPT_SESSION, null));
    } finally {
      await page.context().clearCookies();
    }
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
    await run(page, `(target) => { globalThis.opened = window.open(target, 'masala'); }`, origin);
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
    expect(await run(opened, '() => [opener === null, window.name]', null)).toEqual([true, '']);
    // By the name that it gave: another window answers to it.
    const named = page.context().waitForEvent('page');
    await run(page, `(target) => { window.open(target, 'masala'); }`, evilOrigin);
    await (await named).waitForLoadState();
    expect(new URL(opened.url()).origin).toBe(origin);
    await (await named).close();
    await opened.close();
  });

  test('gets nothing by a name of its own that points to this PC', async () => {
    // As a hostile name server makes it.
    const rebound = await launchBrowser(['--host-resolver-rules=MAP evil.test 127.0.0.1']);
    try {
      for (const name of ['evil.test', 'localhost']) {
        const own = await rebound.newPage();
        const answer = await own.goto(`http://${name}:${port}/`);
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
      }
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

  test('learns nothing from the page that was there before it: no secret stands in an address', async () => {
    const tab = await dashboard.page.context().newPage();
    const addresses: string[] = [];
    const referers: string[] = [];
    tab.on('request', (request) => {
      addresses.push(request.url());
      const { referer } = request.headers();
      if (referer) referers.push(referer);
    });
    await tab.goto(await dashboard.link('/backups'));
    await tab.getByRole('heading', { name: 'Backups', level: 1 }).waitFor();
    const secret = String(await run(tab, KEPT_SESSION, null));
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(addresses.join(' ')).not.toContain(secret);
    expect(addresses.filter((address) => address.includes('?'))).toEqual([]);
    expect(addresses.filter((address) => address.startsWith('http')).every(isPlain)).toBe(true);
    expect(referers).toEqual([]);
    visits.length = 0;
    await run(tab, '(target) => { location.href = target; }', evilOrigin);
    await tab.waitForURL(`${evilOrigin}/`);
    expect(visits.length).toBeGreaterThan(0);
    expect(visits.filter(({ referer }) => referer?.includes(origin))).toEqual([]);
    expect(await run(tab, '() => [document.referrer, window.name, sessionStorage.length]', null)).toEqual([
      '',
      '',
      0,
    ]);
    await tab.close();
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

/** An address without anything behind it. */
function isPlain(address: string): boolean {
  const { pathname, search } = new URL(address);
  return search === '' && /^\/(sign-in|door|events|[\w./-]*)$/.test(pathname);
}

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
      expect(spawnSync('ls', [dirname(file)], other).stdout).toBe('');
      // With whatever headers: a program of his is no browser.
      const script = `const origin = ${JSON.stringify(origin)};
        const ask = async (path, method, headers, body) => {
          const asked = { method, headers: { origin, 'x-masala-session': 'A'.repeat(43), ...headers }, body };
          const answer = await fetch(origin + path, asked);
          console.log(path, answer.status, (await answer.text()).includes('setItem'));
        };
        await ask('/door', 'POST', { 'content-type': 'application/json' }, '{"name":"control:status"}');
        await ask('/events', 'GET', {});
        await ask('/sign-in', 'POST', {}, new URLSearchParams({ token: 'A'.repeat(43) }));`;
      const asking = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        ...other,
        cwd: '/',
      });
      expect(asking.stdout.trim().split('\n')).toEqual([
        '/door 401 false',
        '/events 401 false',
        '/sign-in 403 false',
      ]);
    } finally {
      await dashboard.close();
    }
  });
});
