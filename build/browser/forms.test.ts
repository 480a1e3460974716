// Forms as people fill them in: the first wrong field has the focus and says why, fingers hit, and choices stay out of cookies.
import { describeIf } from '../testing/requires.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { pairByCommand } from './desktop.ts';
import { smallTargets } from './touch-targets.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 300_000;

let dashboard: DashboardUnderTest | undefined;

afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
}, TIMEOUT_MS);

/** The field in focus, whether it is wrong, and what is read with it. */
const FOCUS = `(() => {
  const field = document.activeElement;
  const words = (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
  return { label: field.labels?.[0]?.textContent, isWrong: field.getAttribute('aria-invalid'), words };
})()`;

describeIf(realBrowser, 'forms', () => {
  test(
    'settings that do not fit are not saved: the first of them has the focus, also where the search had hidden it',
    async () => {
      dashboard = await DashboardUnderTest.open({ path: '/settings' });
      const { page } = dashboard;
      const save = page.getByRole('button', { name: 'Save', exact: true });
      await page.getByLabel('Warn below', { exact: true }).fill('abc');
      await page.getByLabel('Pause backups below', { exact: true }).fill('0');
      await page.getByLabel('Search the settings').fill('log');
      await page.getByLabel('Warn below', { exact: true }).waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      expect(await page.evaluate(FOCUS)).toMatchObject({ label: 'Search the settings' });
      await save.click();
      await page.getByLabel('Warn below', { exact: true }).waitFor();
      expect(await page.evaluate(FOCUS)).toEqual({
        label: 'Warn below',
        isWrong: 'true',
        words: ['Write a number that is exact in this unit, such as 5 or 1.5.'],
      });
      expect(await page.getByLabel('Unit of “Warn below”').getAttribute('aria-invalid')).toBe('false');
      await page.getByLabel('Warn below', { exact: true }).fill('700');
      await save.click();
      expect(await page.evaluate(FOCUS)).toMatchObject({ label: 'Pause backups below', isWrong: 'true' });
      await page.getByLabel('Pause backups below', { exact: true }).fill('200');
      await save.click();
      await page.getByText('The settings are saved.').waitFor();
      await page.getByText('2 settings take effect after a restart.').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'every control of settings, devices and the first run is as large as a finger',
    async () => {
      dashboard = await DashboardUnderTest.open({ path: '/settings' });
      const { page } = dashboard;
      await page.getByRole('textbox', { name: 'Server name' }).fill('Mill 2');
      await page.getByRole('button', { name: 'Discard' }).waitFor();
      expect(await smallTargets(page)).toEqual([]);
      await pairByCommand(dashboard.server, await dashboard.server.pair('office'), 'Handheld');
      await dashboard.goTo('/devices');
      await page.getByRole('button', { name: 'Revoke' }).first().waitFor();
      expect(await smallTargets(page)).toEqual([]);
      await page.getByRole('button', { name: 'Add a device' }).first().click();
      await page.getByRole('radio', { name: 'Goods in' }).check();
      expect(await smallTargets(page)).toEqual([]);
      await page.getByRole('button', { name: 'Make a join code' }).click();
      await page.getByTestId('join-code').waitFor();
      expect(await smallTargets(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await dashboard.goTo('/welcome');
      await page.getByLabel('Server name').waitFor();
      expect(await smallTargets(page)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'a theme that was chosen lasts, and no cookie tells of it',
    async () => {
      dashboard = await DashboardUnderTest.open();
      const { page } = dashboard;
      const chosen = () => page.evaluate('document.documentElement.dataset.theme');
      await page.getByRole('button', { name: 'Server and appearance' }).click();
      await page.getByRole('menuitemradio', { name: 'Dark' }).click();
      expect(await chosen()).toBe('dark');
      await page.reload();
      await page.getByRole('main').waitFor();
      expect(await chosen()).toBe('dark');
      expect(await page.context().cookies()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
