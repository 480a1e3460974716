// axe-core on what the other tests of the page do not pass: the menu, the list of keys, the narrow page, every dialog of the
// recovery, every phase of the exit, and the pages around the sign-in. Rules of WCAG 2.2 AA and best practices, light and dark.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { accessibilityFindings } from './dashboard-under-test.ts';
import { type Mill, openMill } from './open-mill.ts';

/** A server, a browser and a recovery, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
/** Longer than anybody looks at a stop. */
const GRACE_MS = 300_000;
/** As narrow as the page is at 400 % on a usual screen. */
const NARROW = { width: 320, height: 640 };
const USUAL = { width: 1366, height: 768 };

let mill: Mill;
let page: Page;

const clean = async (shown = page) => expect(await accessibilityFindings(shown)).toEqual([]);
const heading = (name: string | RegExp) => page.getByRole('heading', { name }).first();

describeIf(realBrowser, 'axe-core finds nothing', () => {
  beforeAll(async () => {
    mill = await openMill([`stop.graceMs=${GRACE_MS}`, 'watchdog.hangTimeoutMs=300000']);
    ({ page } = mill.dashboard);
    await mill.receive(1_000);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'in the shell: an unknown address, the list of keys, the menu, the narrow page with its navigation open',
    async () => {
      await mill.dashboard.goTo('/nowhere');
      await heading('There is no such page.').waitFor();
      await clean();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await clean();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Server and appearance' }).click();
      await page.getByRole('menu').waitFor();
      await clean();
      await page.keyboard.press('Escape');
      await page.setViewportSize(NARROW);
      await page.getByRole('button', { name: 'Show the pages' }).click();
      await page.getByRole('link', { name: 'Backups' }).first().waitFor();
      await clean();
      await page.setViewportSize(USUAL);
    },
    TIMEOUT_MS,
  );

  test(
    'in the figures as a table, and in lists without a line',
    async () => {
      await mill.dashboard.goTo('/');
      await page.getByRole('button', { name: 'Show as a table' }).click();
      await page.getByRole('region', { name: 'The last 30 minutes' }).getByRole('table').waitFor();
      await clean();
      await mill.dashboard.goTo('/items');
      await page.getByLabel('Search by SKU').fill('nothing');
      await page.getByText('No SKU begins with “nothing”').waitFor();
      await clean();
    },
    TIMEOUT_MS,
  );

  test(
    'in the pages around the sign-in',
    async () => {
      const link = await mill.dashboard.link();
      const written = readFileSync(fileURLToPath(link), 'utf8');
      const kept = join(mill.dashboard.server.folder, 'kept.html');
      const tab = await page.context().newPage();
      // As it stands until its form is sent.
      writeFileSync(kept, written.replace(/<script>.*<\/script>/s, ''));
      await tab.goto(pathToFileURL(kept).href);
      await clean(tab);
      await tab.getByRole('button', { name: "Open Masala's dashboard" }).click();
      await tab.getByRole('navigation').waitFor();
      // Its token is used up now.
      writeFileSync(kept, written);
      await tab.goto(pathToFileURL(kept).href);
      await tab
        .getByRole('heading', { name: 'This link was used already, or is older than a minute' })
        .waitFor();
      await clean(tab);
      // Without a session.
      const bare = await page.context().newPage();
      await bare.goto(new URL(page.url()).origin);
      await bare.getByRole('heading', { name: 'This page is signed out' }).waitFor();
      await clean(bare);
      await tab.close();
      await bare.close();
    },
    TIMEOUT_MS,
  );

  test(
    'in the recovery and each of its questions',
    async () => {
      const { server } = mill.dashboard;
      expect(await server.run('backup', 'now')).toMatchObject({ exitCode: 0 });
      rmSync(join(server.dataDir, 'masala.db'));
      await heading(/^No database found/).waitFor({ timeout: TIMEOUT_MS });
      await page.getByRole('button', { name: 'Restore to this moment…' }).click();
      await page.getByText('Choose a date and a time.').first().waitFor();
      await clean();
      const questions = [
        ['Restore this state', /^Restore the state of /],
        [/^Restore the backup of /, /^Restore the backup of /],
        ['Begin empty…', 'Begin with an empty database?'],
      ] as const;
      for (const [button, question] of questions) {
        await page.getByRole('button', { name: button }).first().click();
        await page.getByRole('alertdialog', { name: question }).waitFor();
        await clean();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
      }
      await page.getByLabel('Date and time').fill(localMinute(Date.now() - 60_000));
      await page.getByRole('button', { name: 'Restore to this moment…' }).click();
      await page.getByRole('alertdialog', { name: /^Go back to / }).waitFor();
      await clean();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();

      await page.setViewportSize(NARROW);
      const restore = page.getByRole('button', { name: /^Restore the backup of / }).first();
      const { x = Infinity, width = 0 } = (await restore.boundingBox()) ?? {};
      expect(x + width).toBeLessThanOrEqual(NARROW.width);
      await clean();
    },
    TIMEOUT_MS,
  );

  // The last one: nothing is left of the server.
  test(
    'in each phase of the exit',
    async () => {
      const { server } = mill.dashboard;
      await mill.dashboard.goTo('/exit');
      await page.getByRole('button', { name: 'Exit server' }).waitFor();
      await clean();
      const before = await until('the status', async () => (await server.status()) ?? undefined);
      // It cannot finish what it is asked to.
      server.signal(Number(before.core.pid), 'SIGSTOP');
      await page.getByRole('button', { name: 'Exit server' }).click();
      await heading('The server is stopping…').waitFor();
      await clean();
      server.signal(Number(before.supervisor?.pid), 'SIGKILL');
      await page
        .getByText('The server was stopping, and no longer answers.')
        .waitFor({ timeout: TIMEOUT_MS });
      await clean();
      await page.reload();
      await page.getByRole('heading', { name: 'Exit server', level: 1 }).waitFor();
      await page.getByRole('main').getByText('It may have been stopped already.').waitFor();
      await clean();
    },
    TIMEOUT_MS,
  );
});

/** As a field of date and time takes it. */
function localMinute(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
