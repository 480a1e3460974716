// The dashboard without a mouse, without motion, and at every zoom: an admin's day by the keyboard alone; nothing moves for who asked
// for rest; no page has to be scrolled sideways at 200 % and at 320 CSS pixels.
import type { Page } from 'playwright-core';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import type { DashboardUnderTest } from './dashboard-under-test.ts';
import { type Mill, openMill } from './open-mill.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
const USUAL = { width: 1366, height: 768 };
/** The usual screen at 200 %, and one at 400 %: what WCAG calls reflow. */
const ZOOMED = [
  { width: 683, height: 384 },
  { width: 320, height: 640 },
];
/** More than there are on the longest page. */
const STOPS_MAX = 150;
/** What the page's own rule leaves of an animation. */
const REST_MS = 1;
const pages = {
  '/': 'Dashboard',
  '/stock': 'Stock',
  '/items': 'Items',
  '/devices': 'Clients and devices',
  '/backups': 'Backups',
  '/settings': 'Settings',
  '/logs': 'Logs',
  '/exit': 'Exit server',
  '/nowhere': 'There is no such page.',
  '/welcome': 'Welcome to Masala',
} as const;

let mill: Mill;
let dashboard: DashboardUnderTest;
let page: Page;

async function visit(route: keyof typeof pages): Promise<void> {
  await dashboard.goTo(route);
  await page.getByRole('heading', { name: pages[route], level: 1 }).waitFor();
}

/** What has the focus: its words, or its label. */
const focused = async () =>
  String(
    await page.evaluate(`(() => {
    const { activeElement: at } = document;
    return at.getAttribute('aria-label') ?? at.textContent;
  })()`),
  ).trim();

/** Waits until it is there: what closes gives it back a moment later. */
async function hasFocus(name: string): Promise<void> {
  let at = '';
  await until(
    () => `the focus on “${name}”; it is on “${at}”`,
    async () => {
      at = await focused();
      return at === name ? true : undefined;
    },
  );
}

/** Goes on with the tab key until something with this name has the focus. */
async function tabTo(name: string): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    await page.keyboard.press('Tab');
    const at = await focused();
    if (at === name) return;
    passed.push(at);
  }
  throw new Error(`“${name}” is not reached by the keyboard; passed: ${passed.join(' | ')}`);
}

const hasFocusInDialog = () =>
  page.evaluate(`document.activeElement.closest('[role="dialog"], [role="alertdialog"]') !== null`);

describeIf(realBrowser, 'the dashboard', () => {
  beforeAll(async () => {
    mill = await openMill(['backup.intervalMs=86400000']);
    ({ dashboard } = mill);
    ({ page } = dashboard);
    await mill.receive(1_000);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'leads an admin through the day by the keyboard alone',
    async () => {
      const { keyboard } = page;
      await page.reload();
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      await keyboard.press('Tab');
      await hasFocus('Skip to the content');
      await keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
      await tabTo('Back up now');
      await keyboard.press('Enter');
      await page.getByText(/^The backup is made/).waitFor();

      await keyboard.type('gb');
      await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor();
      await tabTo('Back up to a folder…');
      await keyboard.press('Enter');
      await page.getByRole('dialog', { name: /folder/ }).waitFor();
      // Around once and more: whoever is in a dialogue stays in it.
      for (let stop = 0; stop < 8; stop++) {
        await keyboard.press('Tab');
        expect(await hasFocusInDialog()).toBe(true);
      }
      await keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await hasFocus('Back up to a folder…');

      await keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await hasFocus('Back up to a folder…');

      await keyboard.type('gi');
      await page.getByRole('heading', { name: 'Items', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Movements of CUMIN' }).waitFor();
      await tabTo('Movements of CUMIN');
      await keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Movements of CUMIN' }).waitFor();
      expect(await hasFocusInDialog()).toBe(true);
      await keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await hasFocus('Movements of CUMIN');

      await tabTo('Server and appearance');
      await keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
      await keyboard.press('Escape');
      await page.getByRole('menu').waitFor({ state: 'hidden' });
      await hasFocus('Server and appearance');
      await keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Exit server…' }).waitFor();
      // The menu is seen before it has the focus: a key in between goes to its button.
      await page.locator('[role=menu]:focus, [role=menu] :focus').waitFor();
      await keyboard.press('ArrowUp');
      await keyboard.press('End');
      await hasFocus('Exit server…');
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: '1 client is connected. Are you sure?' }).waitFor();
      await page.locator('button:focus', { hasText: 'Cancel' }).waitFor();
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      expect((await dashboard.server.status())?.state).toBe('running');
    },
    TIMEOUT_MS,
  );

  test(
    'moves nothing for who asked for rest',
    async () => {
      // Or the rest of the test would prove nothing.
      expect(await longestMotionMs('no-preference')).toBeGreaterThan(REST_MS);
      expect(await longestMotionMs('reduce')).toBeLessThanOrEqual(REST_MS);
    },
    TIMEOUT_MS,
  );

  test(
    'needs no scrolling sideways at 200 % and at 320 pixels',
    async () => {
      const tooWide: string[] = [];
      try {
        for (const size of ZOOMED) {
          await page.setViewportSize(size);
          for (const route of Object.keys(pages) as (keyof typeof pages)[]) {
            await visit(route);
            await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
            tooWide.push(...(await beyondTheEdge(`${route} at ${size.width}`)));
          }
          await visit('/backups');
          await page.getByRole('button', { name: 'Back up to a folder…' }).click();
          await page.getByRole('dialog').waitFor();
          tooWide.push(...(await beyondTheEdge(`a dialogue at ${size.width}`)));
          await page.keyboard.press('Escape');
        }
      } finally {
        await page.setViewportSize(USUAL);
      }
      expect(tooWide).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

/** The longest that anything moves on the way through the pages, a dialogue and the menu. */
async function longestMotionMs(reducedMotion: 'reduce' | 'no-preference'): Promise<number> {
  await page.emulateMedia({ reducedMotion });
  await page.evaluate(`(() => {
    globalThis.longestMotionMs = 0;
    // What began before the wish is not cut off in the middle.
    const known = new Set(document.getAnimations());
    const look = () => {
      for (const one of document.getAnimations()) {
        if (!known.has(one)) longestMotionMs = Math.max(longestMotionMs, one.effect.getComputedTiming().endTime);
      }
      globalThis.motionLook = requestAnimationFrame(look);
    };
    look();
  })()`);
  for (const route of ['/', '/backups', '/devices', '/logs'] as const) await visit(route);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Server and appearance' }).click();
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'hidden' });
  const longest = await page.evaluate('cancelAnimationFrame(motionLook), longestMotionMs');
  return Number(longest);
}

/** What makes the page wider than the window, where it is. */
async function beyondTheEdge(where: string): Promise<readonly string[]> {
  const wide = (await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const guilty = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return [scrollWidth + ' px: ' + guilty.slice(0, 3).map((one) => one.tagName + '.' + one.className).join(', ')];
  })()`)) as readonly string[];
  return wide.map((what) => `${where}: ${what}`);
}
