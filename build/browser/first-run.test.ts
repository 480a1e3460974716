// The first run, as the admin of a new server meets it: a name, a second drive, the first device, and the dashboard.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { pairByCommand } from './desktop.ts';

/** A server, a browser and a restart, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

let dashboard: DashboardUnderTest | undefined;

afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
}, TIMEOUT_MS);

async function settingsOf({ server }: DashboardUnderTest) {
  const told = await until(
    'the settings',
    async () => (await server.ask((control) => control.call('settings.list', {}))) ?? undefined,
  );
  return new Map(told.settings.map((setting) => [setting.name, setting]));
}

describeIf(realBrowser, 'the first run', () => {
  test(
    'leads from a new server to a named one with a second folder and a first device',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page, server } = dashboard;

      await page.getByRole('heading', { name: 'What is this server called?' }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('Type a name, or skip this step.').waitFor();
      await page.getByLabel('Server name').fill('Spice Mill');
      await page.getByRole('button', { name: 'Continue' }).click();

      const folder = page.getByLabel('Folder on a second drive');
      await folder.fill(join(server.folder, 'nowhere'));
      await page.getByRole('alert').waitFor();
      const second = join(server.folder, 'second');
      mkdirSync(second);
      await folder.fill(second);
      await page.getByText('This folder is on the same disk as the data.').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByRole('button', { name: 'Use it all the same' }).click();

      // Left and taken up again: it goes on where it was.
      await page.getByRole('heading', { name: 'Add the first device' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Add the first device' }).waitFor();
      await page.getByRole('button', { name: 'Make a join code' }).click();
      const code = await page.getByTestId('join-code').innerText();
      await page.getByRole('img', { name: 'The join code as a QR code, for a scanner' }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await pairByCommand(server, code, 'Goods-in');
      await page.getByText('“Goods-in” is paired').waitFor();
      await page.getByRole('button', { name: 'Continue' }).click();

      await page.getByRole('heading', { name: 'What happens when you close this window' }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.getByRole('button', { name: 'Restart and go to the dashboard' }).click();
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor({ timeout: TIMEOUT_MS });

      const settings = await settingsOf(dashboard);
      expect(settings.get('server.name')).toMatchObject({ value: 'Spice Mill', source: 'file' });
      expect(settings.get('backup.secondFolder')).toMatchObject({ value: second, source: 'file' });
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'can be skipped, and is not offered again',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page } = dashboard;
      await page.getByRole('button', { name: 'Skip the setup' }).click();
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      await dashboard.goTo('/stock');
      await page.getByRole('heading', { name: 'Stock', level: 1 }).waitFor();
      await dashboard.goTo('/');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      const settings = await settingsOf(dashboard);
      expect(settings.get('server.name')?.stored).not.toBeNull();
      expect(settings.get('backup.secondFolder')?.stored).toBeNull();
    },
    TIMEOUT_MS,
  );
});
