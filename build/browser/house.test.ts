// What happens to the house while somebody watches: a save, a killed core, a frozen one, a killed supervisor. The page says each
// at once, comes back by itself, and the timeline tells it afterwards.
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import type { DashboardUnderTest } from './dashboard-under-test.ts';
import { type Mill, openMill } from './open-mill.ts';
import { recordSpoken } from './spoken.ts';

/** A server, a browser and some restarts, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

/** Of the chart. */
const COLUMN_MS = 10_000;

/** The watchdog accuses after six seconds: long enough that a busy machine does not look like a core that hangs. */
const settings = [
  'watchdog.hangTimeoutMs=6000',
  'supervisor.absenceMs=1000',
  'restart.backoffMs=0',
  'restart.budget=0',
];

let mill: Mill;
let dashboard: DashboardUnderTest;

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

/** Receives cumin, and the dashboard has it without a touch. */
async function booked(): Promise<void> {
  const number = await mill.receive(1_000);
  const documents = dashboard.page.getByRole('list', { name: 'Documents, newest first' });
  await documents.getByText(number, { exact: true }).waitFor();
}

describeIf(realBrowser, 'the house while it is watched', () => {
  beforeAll(async () => {
    mill = await openMill(settings);
    dashboard = mill.dashboard;
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'what a paired client saves is there without a touch: document, client, figures and chart',
    async () => {
      const { page } = dashboard;
      await part('The server is running').waitFor();
      await page.getByText('No documents yet').waitFor();
      const saves = page.getByRole('row').filter({ hasText: 'Office' }).getByRole('cell').last();
      // The supplier and the item.
      await saves.getByText('2', { exact: true }).waitFor();
      await booked();
      await saves.getByText('3', { exact: true }).waitFor();
      await part('Saves per minute')
        .getByText(/^[1-9]\d*$/)
        .waitFor();
      await page.getByRole('button', { name: 'Show as a table' }).click();
      await part('The last 30 minutes').getByRole('row').nth(1).waitFor();
      await page.getByRole('button', { name: 'Show as a chart' }).click();
      await page.locator('canvas').first().waitFor();
    },
    TIMEOUT_MS,
  );

  test(
    'a killed core: the page says so and comes back, the chart has a gap, and the timeline tells it',
    async () => {
      const { page, server } = dashboard;
      const summary = page.locator('figcaption');
      await summary.getByText(/^Saves per minute over the last 30 minutes: /).waitFor();
      expect(await summary.innerText()).not.toMatch(/no server was running/);
      // A gap lies between two of the chart's columns: one must stand already.
      const column = () => Math.floor(Date.now() / COLUMN_MS);
      const first = column();
      await until('the next column of the chart', () => (column() > first ? true : undefined));
      const killed = await corePid();
      const spoken = await recordSpoken(page);
      server.signal(killed, 'SIGKILL');
      await spoken.heard('The server is being started again');
      await runsAgain();
      expect(await corePid()).not.toBe(killed);
      const death = timeline().getByRole('listitem').nth(1);
      await death.getByText('It was killed from outside').waitFor();
      await death.getByText(/served for .* · signal SIGKILL · back after /).waitFor();

      await booked();
      await summary.getByText(/For one stretch no server was running\.$/).waitFor();
      await page.locator('canvas').first().waitFor();
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
      await mill.receive(1_000);

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
      await mill.receive(1_000);
      await part('The server is running').waitFor({ timeout: TIMEOUT_MS });
      const after = await until('the next supervisor', async () => (await server.status()) ?? undefined);
      expect(after.supervisor?.pid).not.toBe(before?.supervisor?.pid);
      expect(after.core.pid).toBe(before?.core.pid);
      await booked();
      // The lives that the last supervisor saw are known to this one.
      await timeline().getByText('It hung and was ended').waitFor();
      await timeline().getByText('It was killed from outside').waitFor();
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
