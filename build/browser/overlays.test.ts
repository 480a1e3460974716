// What lies above a page, by the keyboard alone: it holds the focus and the page, is put away by Escape, and gives the focus back.
import type { Locator, Page } from 'playwright-core';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import type { DashboardUnderTest } from './dashboard-under-test.ts';
import { type Mill, openMill } from './open-mill.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
/** More than any of them has to stop at. */
const TABS = 12;

let mill: Mill;
let dashboard: DashboardUnderTest;
let page: Page;

const isFocused = async (one: Locator) => (await one.and(page.locator(':focus')).count()) === 1;
const holdsFocus = async (one: Locator) =>
  (await isFocused(one)) || (await one.locator(':focus').count()) === 1;
const isPageHeld = () => page.evaluate("getComputedStyle(document.documentElement).overflowY === 'hidden'");

async function holdsAndGivesBack(opener: Locator, layer: Locator): Promise<void> {
  await opener.focus();
  await page.keyboard.press('Enter');
  await layer.waitFor();
  expect(await isPageHeld()).toBe(true);
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let stop = 0; stop < TABS; stop++) {
      expect(await holdsFocus(layer)).toBe(true);
      await page.keyboard.press(key);
    }
  }
  expect(await dashboard.accessibilityFindings()).toEqual([]);
  await page.keyboard.press('Escape');
  await layer.waitFor({ state: 'hidden' });
  expect(await isPageHeld()).toBe(false);
  await until('the focus to be back', async () => (await isFocused(opener)) || undefined);
}

describeIf(realBrowser, 'above the page', () => {
  beforeAll(async () => {
    mill = await openMill([], '/items');
    ({ dashboard } = mill);
    ({ page } = dashboard);
    await mill.receive(1_000);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'drawers',
    async () => {
      const movements = page.getByRole('dialog', { name: 'Movements of CUMIN' });
      await holdsAndGivesBack(page.getByRole('button', { name: 'Movements of CUMIN' }), movements);
      await dashboard.goTo('/logs');
      const whole = page.getByRole('dialog', { name: 'The whole line' });
      const line = page.getByRole('button', { name: /^Show the whole line: The database is open/ });
      await holdsAndGivesBack(line, whole);
      // What does not fit is scrolled by the keyboard.
      await line.press('Enter');
      const content = whole.getByRole('region', { name: 'The whole line, content' });
      await page.setViewportSize({ width: 1366, height: 360 });
      await content.focus();
      await page.keyboard.press('End');
      await content.getByText('bootSequence').waitFor();
      await until('the drawer to scroll', async () =>
        (await page.evaluate(`document.activeElement.scrollTop > 0`)) ? true : undefined,
      );
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 1366, height: 768 });
    },
    TIMEOUT_MS,
  );

  test(
    'dialogues',
    async () => {
      const shortcuts = page.getByRole('button', { name: 'Keyboard shortcuts' }).first();
      await holdsAndGivesBack(shortcuts, page.getByRole('dialog'));
      await dashboard.goTo('/devices');
      const revoke = page.getByRole('button', { name: 'Revoke Office' });
      await holdsAndGivesBack(revoke, page.getByRole('alertdialog'));
    },
    TIMEOUT_MS,
  );

  test(
    'menus',
    async () => {
      const opener = page.getByRole('banner').locator('[aria-haspopup="menu"]');
      await opener.focus();
      await page.keyboard.press('Enter');
      const menu = page.getByRole('menu');
      await menu.waitFor();
      expect(await holdsFocus(menu)).toBe(true);
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.keyboard.press('Escape');
      await menu.waitFor({ state: 'hidden' });
      await until('the focus to be back', async () => (await isFocused(opener)) || undefined);
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
