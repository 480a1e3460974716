// A list that cannot be read says why, and never that it still loads; what was read before stays, with its age.
import { describeIf } from '../testing/requires.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

const REFUSAL = { error: { code: 'INTERNAL', message: 'The disk was slow.', hint: 'Wait a little.' } };
const lists = [
  { path: '/backups', doors: ['backup.list'], title: 'Backups' },
  { path: '/devices', doors: ['clients.list', 'devices.list'], title: 'Clients and devices' },
] as const;

let dashboard: DashboardUnderTest;

async function refuse(doors: readonly string[]): Promise<void> {
  await dashboard.page.route('**/door', async (route) => {
    const asked = route.request().postData() ?? '';
    if (doors.some((door) => asked.includes(door))) await route.fulfill({ json: REFUSAL });
    else await route.continue();
  });
}

describeIf(realBrowser, 'a list that cannot be read', () => {
  beforeAll(async () => {
    dashboard = await DashboardUnderTest.open({ path: '/logs' });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await dashboard?.close();
  }, TIMEOUT_MS);

  test.each(lists)(
    'says so on $path instead of loading for ever, heals by itself, and later keeps what it had',
    async ({ path, doors, title }) => {
      const { page } = dashboard;
      const main = page.getByRole('main');
      const failures = main.getByText('The disk was slow.');
      await refuse(doors);
      await dashboard.goTo(path);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      for (let at = 0; at < doors.length; at++) await failures.nth(at).waitFor();
      expect(await main.getByText('Loading…').count()).toBe(0);
      expect(await page.getByText(/Shown as it was/).count()).toBe(0);
      expect(await main.getByRole('button', { name: 'Try again' }).count()).toBe(doors.length);
      expect(await dashboard.accessibilityFindings()).toEqual([]);

      await page.unroute('**/door');
      await failures.first().waitFor({ state: 'hidden' });

      await refuse(doors);
      for (let at = 0; at < doors.length; at++)
        await main
          .getByText(/Shown as it was/)
          .nth(at)
          .waitFor();
      expect(await failures.count()).toBe(doors.length);
      expect(await main.getByText('Loading…').count()).toBe(0);
      await page.unroute('**/door');
    },
    TIMEOUT_MS,
  );
});
