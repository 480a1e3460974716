// Exit Server with four real clients at work: Cancel leaves everything as it is, OK stops in order, and the page says so to the end.
import type { Client } from '@masala/client';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { connectDesktop } from './desktop.ts';

/** A server, a browser and an ordered stop, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

let dashboard: DashboardUnderTest | undefined;
const desktops: Client[] = [];

afterEach(async () => {
  for (const desktop of desktops.splice(0)) desktop.close();
  await dashboard?.close();
  dashboard = undefined;
}, TIMEOUT_MS);

describeIf(realBrowser, 'the exit', () => {
  test(
    'asks with the number of clients, Cancel first, and tells of the stop to its end',
    async () => {
      // A silent core is given so long to answer.
      const set = ['stop.graceMs=2000', 'watchdog.hangTimeoutMs=120000'];
      dashboard = await DashboardUnderTest.open({ path: '/exit', set });
      const { page, server } = dashboard;
      await page.getByRole('heading', { name: 'No clients are connected. Exit the server?' }).waitFor();
      for (const name of ['Office', 'Goods-in', 'Production', 'Dispatch'])
        desktops.push(await connectDesktop(server, name));

      await page.getByRole('heading', { name: '4 clients are connected. Are you sure?' }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.locator('button:focus', { hasText: 'Cancel' }).waitFor();
      // A hasty Enter is a Cancel.
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      expect((await server.status())?.state).toBe('running');
      for (const desktop of desktops) await desktop.call('units.list', {});

      await dashboard.goTo('/exit');
      await page.getByRole('heading', { name: '4 clients are connected. Are you sure?' }).waitFor();
      // The number is the one of this moment.
      desktops.pop()?.close();
      await page.getByRole('heading', { name: '3 clients are connected. Are you sure?' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();

      await dashboard.goTo('/exit');
      await page.getByRole('heading', { name: '3 clients are connected. Are you sure?' }).waitFor();
      const core = Number((await server.status())?.core.pid);
      server.signal(core, 'SIGSTOP');
      await page.getByRole('button', { name: 'Exit server' }).click();
      await page.getByText(/^Waiting for the core to answer/).waitFor();
      const steps = page.getByRole('region', { name: 'The server is stopping…' }).getByRole('listitem');
      expect(await steps.allInnerTexts()).toEqual([
        'Tell the core to stop',
        'Finish what was asked',
        'Disconnect the clients',
        'End backups and checks',
        'Write everything into the database and close it',
      ]);
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      expect(await page.getByText('The server has stopped.').count()).toBe(0);
      process.kill(core, 'SIGCONT');
      await page.getByText('The server has stopped.').waitFor({ timeout: TIMEOUT_MS });
      await until('the supervisor to be gone', async () =>
        (await server.status()) === null ? true : undefined,
      );
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      // The host has nothing left to say, and the page still says it.
      await server.killAll();
      await page.getByText('The server has stopped.').waitFor();
    },
    TIMEOUT_MS,
  );
});
