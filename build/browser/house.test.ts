// What happens to the house while somebody watches: a save, a killed core, a frozen one, a killed supervisor. The page says each
// at once, comes back by itself, and the timeline tells it afterwards.
import type { Client } from '@masala/client';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { connectDesktop } from './desktop.ts';
import { recordSpoken } from './spoken.ts';

/** A server, a browser and some restarts, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

/** The watchdog accuses after six seconds: long enough that a busy machine does not look like a core that hangs. */
const settings = [
  'watchdog.hangTimeoutMs=6000',
  'supervisor.absenceMs=1000',
  'restart.backoffMs=0',
  'restart.budget=0',
];

let dashboard: DashboardUnderTest;
let desktop: Client;
let itemId: string;

const save = () => desktop.call('receipts.create', { post: true, lines: [{ itemId, quantity: 1_000 }] });

async function corePid(): Promise<number> {
  return await until('a core', async () => (await dashboard.server.status())?.core.pid ?? undefined);
}

const part = (name: string) => dashboard.page.getByRole('region', { name, exact: true });
const timeline = () =>
  dashboard.page.getByRole('list', { name: 'Starts and ends of the server, newest first' });

/** The large line of the dashboard, once the server is up and its client is back. */
async function runsAgain(): Promise<void> {
  await part('The server is running').waitFor({ timeout: TIMEOUT_MS });
  await timeline().getByRole('listitem').first().getByText('Running now').waitFor({ timeout: TIMEOUT_MS });
}

describeIf(realBrowser, 'the house while it is watched', () => {
  beforeAll(async () => {
    dashboard = await DashboardUnderTest.open({ set: settings });
    desktop = await connectDesktop(dashboard.server, 'Goods-in');
    itemId = (await desktop.call('items.create', { sku: 'CUMIN', name: 'Cumin', unit: 'kg', decimals: 3 }))
      .id;
  }, TIMEOUT_MS);

  afterAll(async () => {
    desktop?.close();
    await dashboard?.close();
  }, TIMEOUT_MS);

  test(
    'what a paired client saves is there without a touch: document, client, figures and chart',
    async () => {
      const { page } = dashboard;
      await part('The server is running').waitFor();
      await page.getByText('No documents yet').waitFor();
      const client = page.getByRole('row').filter({ hasText: 'Goods-in' });
      // The item that was created is its first save.
      await client.getByRole('cell').last().getByText('1', { exact: true }).waitFor();
      const { number } = await save();
      const documents = page.getByRole('list', { name: 'Documents, newest first' });
      await documents.getByText(String(number), { exact: true }).waitFor();
      await client.getByRole('cell').last().getByText('2', { exact: true }).waitFor();
      await part('Saves per minute')
        .getByText(/^[1-9]/)
        .waitFor();
      await page.getByRole('button', { name: 'Show as a table' }).click();
      await part('The last 30 minutes').getByRole('row').nth(1).waitFor();
      await page.getByRole('button', { name: 'Show as a chart' }).click();
      await page.locator('canvas').first().waitFor();
    },
    TIMEOUT_MS,
  );

  test(
    'a killed core: the page says so, comes back with chart and client, and the timeline tells it',
    async () => {
      const { page, server } = dashboard;
      const killed = await corePid();
      const spoken = await recordSpoken(page);
      server.signal(killed, 'SIGKILL');
      await spoken.heard('The server is being started again');
      await runsAgain();
      expect(await corePid()).not.toBe(killed);
      const death = timeline().getByRole('listitem').nth(1);
      await death.getByText('It was killed from outside').waitFor();
      await death.getByText(/served for .* · signal SIGKILL · back after /).waitFor();

      await page.locator('canvas').first().waitFor();
      const { number } = await save();
      await page
        .getByRole('list', { name: 'Documents, newest first' })
        .getByText(String(number), { exact: true })
        .waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'a frozen core: suspected on every page, ended and started again, told by banner and timeline',
    async () => {
      const { page, server } = dashboard;
      await dashboard.goTo('/backups');
      await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor();
      const spoken = await recordSpoken(page);
      server.signal(await corePid(), 'SIGSTOP');
      await spoken.heard('The server has stopped answering.');
      await spoken.heard('Not answering');
      const banners = part('What needs attention');
      await banners.getByText(/^The server hung and was restarted /).waitFor({ timeout: TIMEOUT_MS });
      await banners.getByText('The server has stopped answering.').waitFor({ state: 'hidden' });

      await dashboard.goTo('/');
      await runsAgain();
      await banners.getByText(/^The server hung and was restarted /).waitFor();
      await timeline().getByRole('listitem').nth(1).getByText('It hung and was ended').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await save();

      // Put away, it stays away; it is about this time only.
      await banners.getByRole('button', { name: 'Dismiss' }).click();
      await banners.getByText(/^The server hung/).waitFor({ state: 'hidden' });
      await page.reload();
      await runsAgain();
      expect(await banners.getByText(/^The server hung/).count()).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'a killed supervisor: the page says so, clients save on, and it comes back when the core revives it',
    async () => {
      const { page, server } = dashboard;
      const before = await server.status();
      const spoken = await recordSpoken(page);
      server.signal(Number(before?.supervisor?.pid), 'SIGKILL');
      await spoken.heard('No answer from the server');
      await save();
      await part('The server is running').waitFor({ timeout: TIMEOUT_MS });
      const after = await until('the next supervisor', async () => (await server.status()) ?? undefined);
      expect(after.supervisor?.pid).not.toBe(before?.supervisor?.pid);
      expect(after.core.pid).toBe(before?.core.pid);
      const { number } = await save();
      await page
        .getByRole('list', { name: 'Documents, newest first' })
        .getByText(String(number), { exact: true })
        .waitFor();
      // The lives that the last supervisor saw are known to this one.
      await timeline().getByText('It hung and was ended').waitFor();
      await timeline().getByText('It was killed from outside').waitFor();
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
