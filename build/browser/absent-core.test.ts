// While no core runs, no card of the dashboard shows as present what is not: each says why it has nothing, and comes back by itself.
import type { Client } from '@masala/client';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { connectDesktop } from './desktop.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
/** Long enough to look around on such a machine. */
const ABSENCE_MS = 30_000;

let dashboard: DashboardUnderTest;
let desktop: Client;

describeIf(realBrowser, 'the cards of the dashboard while no core runs', () => {
  beforeAll(async () => {
    dashboard = await DashboardUnderTest.open({
      set: [`restart.backoffMs=${ABSENCE_MS}`, 'restart.budget=0'],
    });
    desktop = await connectDesktop(dashboard.server, 'Goods-in');
    await desktop.call('items.create', { sku: 'CUMIN', name: 'Cumin', unit: 'kg', decimals: 3 });
  }, TIMEOUT_MS);

  afterAll(async () => {
    desktop?.close();
    await dashboard?.close();
  }, TIMEOUT_MS);

  test(
    'nobody is shown as connected, every tile says why, and all comes back',
    async () => {
      const { page, server } = dashboard;
      const card = (name: string) => page.getByRole('region', { name, exact: true });
      const row = card('Clients').getByRole('row').filter({ hasText: 'Goods-in' });
      await row.waitFor();
      await card('Clients connected').getByText('Goods-in').waitFor();
      await card('Free disk space').getByText('Data drive').waitFor();
      await page.locator('canvas').first().waitFor();

      const pid = await until('a core', async () => (await server.status())?.core.pid ?? undefined);
      server.signal(pid, 'SIGKILL');
      await card('Clients').getByText('Not connected to anything now').waitFor();
      expect(await row.count()).toBe(0);
      for (const tile of ['Clients connected', 'Saves per minute', 'Free disk space']) {
        await card(tile).getByText('The server is not running.').waitFor();
        expect(await card(tile).getByText('Goods-in').count()).toBe(0);
      }
      await card('The last 30 minutes')
        .getByText(/^As of .* The server is not running\./)
        .waitFor();
      expect(await page.locator('[class*="skeleton"]').count()).toBe(0);
      expect(await dashboard.accessibilityFindings()).toEqual([]);

      await row.waitFor({ timeout: TIMEOUT_MS });
      await card('Free disk space').getByText('Data drive').waitFor();
      expect(await page.getByText(/^As of /).count()).toBe(0);
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'what only the core knows is refused at once, so that the browser has connections left for all else',
    async () => {
      const { page, server } = dashboard;
      const refused = new Set<string>();
      page.on('response', async (response) => {
        const asked = response.request().postData() ?? '';
        if (!asked.includes('"client:')) return;
        const told = await response.text().catch(() => ''); // of a page that was left
        if (told.includes('SERVER_STARTING')) refused.add(JSON.parse(asked).name);
      });
      // The first death is mended at once, the second after the pause; only one of them may lie behind us.
      const pid = await until('a core', async () => (await server.status())?.core.pid ?? undefined);
      await page.locator('canvas').first().waitFor();
      server.signal(pid, 'SIGKILL');
      await until('each list of documents to be refused', () => (refused.size >= 4 ? true : undefined));
      const restarts = page.getByRole('region', { name: 'Restarts', exact: true });
      await restarts.getByText(/not started since/).waitFor();
      // Its code is loaded only now.
      await dashboard.goTo('/settings');
      await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
      expect((await server.status())?.state).not.toBe('running');
      await dashboard.goTo('/');
    },
    TIMEOUT_MS,
  );
});

describeIf(realBrowser, 'the pages while the supervisor has given the core up', () => {
  let given: DashboardUnderTest | undefined;
  afterAll(async () => {
    await given?.close();
  }, TIMEOUT_MS);

  test(
    'none of them says that the server is starting',
    async () => {
      given = await DashboardUnderTest.open({ set: ['restart.budget=1'] });
      const { page, server } = given;
      // The first death leads to safe mode, the second to the end of all tries.
      await until('the core to be given up', async () => {
        const status = await server.status();
        if (status?.state === 'stopped') return true;
        if (status?.state === 'running' && status.core.pid !== null)
          server.signal(status.core.pid, 'SIGKILL');
        return undefined;
      });
      for (const path of ['/stock', '/items', '/devices', '/backups']) {
        await given.goTo(path);
        await page.getByRole('main').getByText('The server is not running.').first().waitFor();
        expect(await page.getByText('The server is starting').count()).toBe(0);
      }
    },
    TIMEOUT_MS,
  );
});
