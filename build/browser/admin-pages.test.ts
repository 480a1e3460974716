// The admin's pages on a server with work in it: devices, backups, settings, logs, items and stock, each used as a person would.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import type { DashboardUnderTest } from './dashboard-under-test.ts';
import { pairByCommand } from './desktop.ts';
import { type Mill, openMill } from './open-mill.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

let mill: Mill;
let dashboard: DashboardUnderTest;

describeIf(realBrowser, "the admin's pages", () => {
  beforeAll(async () => {
    // It backs up and verifies only when it is told to, so that what the page shows is what the test did.
    mill = await openMill(['backup.intervalMs=86400000'], '/devices');
    dashboard = mill.dashboard;
    await mill.desktop.call('items.create', { sku: 'CLOVE', name: 'Cloves', unit: 'kg', decimals: 3 });
    await mill.receive(1_500);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'a device joins, is seen, and is revoked',
    async () => {
      const { page, server } = dashboard;
      await dashboard.goTo('/devices');
      await page
        .getByRole('region', { name: 'Connected clients' })
        .getByText('Office', { exact: true })
        .waitFor();
      await page.getByText('1 device may connect').waitFor();
      await page.getByText(/^This PC’s dashboard/).waitFor();
      expect(await page.getByRole('button', { name: /^Revoke/ }).count()).toBe(1);
      expect(await dashboard.accessibilityFindings()).toEqual([]);

      await page.getByRole('button', { name: 'Add a device' }).click();
      await page.getByRole('radio', { name: 'Dispatch', exact: true }).check();
      await page.getByRole('button', { name: 'Make a join code' }).click();
      await page.getByText(/^Valid for [45]:\d\d$/).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await pairByCommand(server, await page.getByTestId('join-code').innerText(), 'Handheld');
      await page.getByText('“Handheld” is paired').waitFor();
      await page.getByRole('button', { name: 'Done' }).click();

      await page.getByRole('button', { name: 'Revoke Handheld' }).click();
      const question = page.getByRole('alertdialog', { name: 'Revoke “Handheld”?' });
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await question.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Revoke Handheld' }).click();
      await question.getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('Show 1 revoked device').click();
      await page.getByRole('cell', { name: 'Revoked' }).waitFor();
    },
    TIMEOUT_MS,
  );

  test(
    'a backup is made, also in a folder, is verified, and tells what a restore would undo',
    async () => {
      const { page, server } = dashboard;
      await dashboard.goTo('/backups');
      await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Back up now' }).first().click();
      await page.getByText(/^Backup made/).waitFor();
      const byHand = page.getByRole('row').filter({ hasText: 'By hand' }).first();
      await byHand.waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);

      const stick = join(server.folder, 'stick');
      await page.getByRole('button', { name: 'Back up to a folder…' }).click();
      await page.getByRole('textbox', { name: 'Folder' }).fill(stick);
      await page.getByRole('alert').waitFor();
      mkdirSync(stick);
      await page.getByRole('textbox', { name: 'Folder' }).fill(`${stick}/`);
      await page.getByText('This folder is on the same disk as the data.').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Back up/ })
        .click();
      await until('the backup on the stick', () => (readdirSync(stick).length > 0 ? true : undefined));
      await page.getByRole('dialog').waitFor({ state: 'hidden' });

      await byHand.getByRole('button', { name: /^Verify/ }).click();
      await page.getByText('The backup is good.').waitFor();

      await mill.receive(2_500);
      await byHand.getByRole('button', { name: /^Restore/ }).click();
      const question = page.getByRole('alertdialog', { name: 'Restore this backup?' });
      await question.getByText('1 change made since would be undone, among them 1 document.').waitFor();
      await question.getByRole('cell', { name: 'Spice Traders' }).waitFor();
      const restore = question.getByRole('button', { name: 'Restore' });
      // Not without the word.
      await restore.click();
      await question.getByRole('alert').getByText('Type RESTORE to go on').waitFor();
      await question.getByRole('textbox', { name: 'Type RESTORE to go on' }).fill('restore');
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await question.getByRole('button', { name: 'Cancel' }).click();
    },
    TIMEOUT_MS,
  );

  test(
    'items and stock are found, and an item tells its movements',
    async () => {
      const { page } = dashboard;
      await dashboard.goTo('/items');
      await page.getByText('2 items').waitFor();
      await page.getByLabel('Search by SKU').fill('cum');
      await page.getByText('1 item', { exact: true }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByRole('button', { name: 'Movements of CUMIN' }).click();
      await page.getByRole('dialog', { name: 'Movements of CUMIN' }).getByText('Receipt').first().waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByLabel('Search by SKU').fill('nothing');
      await page.getByText('No SKU begins with “nothing”').waitFor();

      await dashboard.goTo('/stock');
      const cumin = page.getByRole('row').filter({ hasText: 'Cumin' });
      const [before] = (await mill.desktop.call('stock.onHand', { sku: 'CUMIN' })).rows;
      await cumin.getByText(((before?.quantity ?? 0) / 1_000).toFixed(3)).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await mill.receive(1_000);
      // Without a touch of the page.
      await cumin.getByText(((before?.quantity ?? 0) / 1_000 + 1).toFixed(3)).waitFor();
    },
    TIMEOUT_MS,
  );

  test(
    'log lines are filtered, and each is told in full',
    async () => {
      const { page } = dashboard;
      await dashboard.goTo('/logs');
      const list = page.getByRole('region', { name: 'Log lines, newest first' });
      await list.getByText('pairing.succeeded').first().waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByLabel('Event begins with').fill('supervisor.');
      await list.getByText('supervisor.started').waitFor();
      await list.getByText('pairing.succeeded').first().waitFor({ state: 'hidden' });
      await list.getByRole('button', { name: /^Show the whole line: The supervisor started/ }).click();
      await page.getByRole('dialog', { name: 'The whole line' }).getByText('dataDir').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByLabel('Contains').fill('no line has this');
      await page.getByText('No line fits').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await list.getByText('pairing.succeeded').first().waitFor();
    },
    TIMEOUT_MS,
  );

  // The last one: its restart ends what the others began.
  test(
    'a setting is searched, judged, saved, and in force after a restart that asks',
    async () => {
      const { page } = dashboard;
      await dashboard.goTo('/settings');
      await page.getByRole('heading', { name: 'Server and network' }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByLabel('Search the settings').fill('warned');
      const amount = page.getByLabel('Warn below', { exact: true });
      await amount.fill('0.5');
      await page
        .getByRole('alert')
        .getByText(/^From 1 MB to /)
        .waitFor();
      await amount.fill('2');
      await page.getByLabel('Unit of “Warn below”').selectOption('GB');
      await page.getByText('1 unsaved change').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('1 setting takes effect after a restart.').waitFor();
      await page.getByRole('button', { name: 'Restart the server' }).click();
      const question = page.getByRole('alertdialog', { name: '1 client is connected. Restart the server?' });
      await question.waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await question.getByRole('button', { name: 'Restart the server' }).click();
      await page.getByText('The server has restarted.').waitFor({ timeout: TIMEOUT_MS });
      await page.getByText('1 setting takes effect after a restart.').waitFor({ state: 'hidden' });
      const { server } = dashboard;
      const told = await until(
        'the settings',
        async () => (await server.ask((control) => control.call('settings.list', {}))) ?? undefined,
      );
      expect(told.settings.find(({ name }) => name === 'disk.lowBytes')?.value).toBe(2 * 1024 ** 3);
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
