// The database is deleted under a running server while its dashboard is open: the page becomes the restore dialogue, tells the
// right age, and leads back to work.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@masala/client';
import { describeIf } from '../testing/requires.ts';
import { ClockHand } from '../torture/clock-run.ts';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { passTime, until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { connectDesktop } from './desktop.ts';

/** A server, a browser, a recovery and a restart, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
const MINUTE_MS = 60_000;
/** The work is done by so early a clock; two hours and some minutes later the database is lost. */
const MORNING_MS = -(2 * 60 + 5) * MINUTE_MS;

let hand: ClockHand | undefined;
let desktop: Client | undefined;
let dashboard: DashboardUnderTest | undefined;

afterEach(async () => {
  desktop?.close();
  await dashboard?.close();
  hand?.close();
  desktop = undefined;
  dashboard = undefined;
  hand = undefined;
}, TIMEOUT_MS);

/** A shop with three receipts in a backup of this morning, two more since, and its dashboard open at noon. */
async function openShop(): Promise<{ readonly dashboard: DashboardUnderTest; readonly itemId: string }> {
  const preload = pathToFileURL(join(ownTree, 'build/torture/clock-preload.ts')).href;
  const environment: Record<string, string> = { NODE_OPTIONS: `--import=${preload}` };
  const server = new ServerProcess({
    tree: ownTree,
    set: [
      'server.name=Mill',
      'backup.intervalMs=86400000',
      'restart.backoffMs=0',
      // A test stops the core for a while.
      'watchdog.hangTimeoutMs=120000',
    ],
    environment,
  });
  environment.TORTURE_CLOCK = join(server.folder, 'clock');
  hand = new ClockHand(environment.TORTURE_CLOCK);
  hand.set(MORNING_MS);
  dashboard = await DashboardUnderTest.open({ server });
  desktop = await connectDesktop(server, 'Goods-in');
  const { id: itemId } = await desktop.call('items.create', { sku: 'CUMIN', name: 'Cumin', unit: 'kg' });
  await scheduledBackupsMade(server);
  await receive(itemId, 3);
  expect(await server.run('backup', 'now')).toMatchObject({ exitCode: 0 });
  await receive(itemId, 2);
  hand.set(0);
  return { dashboard, itemId };
}

/** The first of each kind are due with the first booking; none of them is again, for the rest of the day. */
async function scheduledBackupsMade(server: ServerProcess): Promise<void> {
  await until('the first snapshot, daily and weekly backup', async () => {
    const list = await server.ask((control) => control.call('backup.list', {}));
    return list?.points.length === 3 ? true : undefined;
  });
}

async function receive(itemId: string, count: number): Promise<void> {
  for (let booked = 0; booked < count; booked++)
    await desktop?.call('receipts.create', { post: true, lines: [{ itemId, quantity: 1 }] });
}

/** Chooses the newest state, and waits until the pages are back, and the dashboard says what was done. */
async function restoreNewest(shop: DashboardUnderTest): Promise<void> {
  const { page } = shop;
  await page.getByRole('button', { name: 'Restore this state' }).click();
  const question = page.getByRole('alertdialog', { name: /^Restore the state of / });
  await question.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('navigation').waitFor({ timeout: TIMEOUT_MS });
  await shop.goTo('/');
  await page.getByRole('region', { name: 'The server is running' }).waitFor({ timeout: TIMEOUT_MS });
  await page.getByText('The database was restored').waitFor();
}

/** Lets one kind of request wait, from when the returned function is called with true until it is called with false. */
async function gateFor({ page }: DashboardUnderTest, door: string): Promise<(isClosed: boolean) => void> {
  let opened = Promise.withResolvers<void>();
  opened.resolve();
  await page.route('**/door', async (route) => {
    if (route.request().postData()?.includes(`"${door}"`)) await opened.promise;
    // The next gate.
    await route.fallback();
  });
  return (isClosed) => {
    if (isClosed) opened = Promise.withResolvers<void>();
    else opened.resolve();
  };
}

/** Stops the core in the middle of a verification that somebody else has asked for, and gives its pid. */
async function stoppedWhileVerifying(server: ServerProcess): Promise<number> {
  const pid = Number((await server.status())?.core.pid);
  const isUnderWay = async () => (await server.status())?.work.some(({ id }) => id === 'theirs') === true;
  return await until('a verification to be caught', async () => {
    const verified = server.ask((control) => control.call('backup.verify', { workId: 'theirs' }, TIMEOUT_MS));
    // Its answer comes when the core goes on; a server that is taken away meanwhile fails the test elsewhere.
    const ended = verified.then(
      () => true,
      () => true,
    );
    while (!(await isUnderWay())) if (await Promise.race([ended, passTime(0)])) return undefined;
    server.signal(pid, 'SIGSTOP');
    if (await isUnderWay()) return pid;
    process.kill(pid, 'SIGCONT');
    return undefined;
  });
}

describeIf(realBrowser, 'a restore while all is well', () => {
  test(
    'says what it undoes, asks again when that has changed, and leads back to that state',
    async () => {
      const { itemId, dashboard: shop } = await openShop();
      const { page } = shop;
      const closePreviews = await gateFor(shop, 'control:backup.preview');
      const closeRestores = await gateFor(shop, 'control:recovery.restore');
      await shop.goTo('/backups');
      const dialog = page.getByRole('alertdialog', { name: 'Restore this backup?' });
      const byHand = page.getByRole('row').filter({ hasText: 'By hand' });
      const restoreOf = (age: string) =>
        byHand.filter({ hasText: age }).getByRole('button', { name: /^Restore the backup of / });

      // Somebody books after it was said that nothing would be undone.
      await page.getByRole('button', { name: 'Back up now' }).click();
      await restoreOf('just now').click();
      await dialog.getByText('Nothing would be undone').waitFor();
      closePreviews(true);
      await receive(itemId, 1);
      await dialog.getByRole('button', { name: 'Restore' }).click();
      await dialog.getByText(/^Something has changed since you looked/).waitFor();
      closePreviews(false);
      await dialog.getByText('1 change made since would be undone, among them 1 document.').waitFor();
      await page.keyboard.press('Escape');
      expect((await shop.server.status())?.state).toBe('running');

      await restoreOf('2 hours ago').click();
      await dialog.getByText('3 changes made since would be undone, among them 3 documents.').waitFor();
      const newestNumber = async () =>
        (await dialog.getByRole('row').nth(1).getByRole('cell').first().innerText()).trim();
      await dialog.getByText(`The newest of them is ${await newestNumber()}, booked`).waitFor();
      expect(await shop.accessibilityFindings()).toEqual([]);
      // Not without the word.
      await dialog.getByRole('button', { name: 'Restore' }).click();
      await dialog.getByRole('alert').getByText('Type RESTORE to go on').waitFor();

      const word = dialog.getByRole('textbox', { name: 'Type RESTORE to go on' });
      closeRestores(true);
      await word.fill('restore');
      await dialog.getByRole('button', { name: 'Restore' }).click();
      await dialog.getByRole('progressbar', { name: /^A restore begins/ }).waitFor();
      expect(await shop.accessibilityFindings()).toEqual([]);
      closeRestores(false);
      await dialog.waitFor({ state: 'hidden', timeout: TIMEOUT_MS });
      await until('the database to be restored', async () => {
        const status = await shop.server.status();
        return status?.state === 'running' && status.lastRecovery !== null ? true : undefined;
      });
      await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor({ timeout: TIMEOUT_MS });
      // What it undid became a backup first; the one that it went back to is as old as before.
      const kept = page.getByRole('row').filter({ hasText: 'Emergency' });
      await kept.getByText('just now').waitFor({ timeout: TIMEOUT_MS });
      expect(await kept.getByRole('cell').allInnerTexts()).toContain('6');
      await byHand.getByText('2 hours ago').waitFor();
      expect(await desktop?.call('stock.onHand', { itemId })).toMatchObject({ quantity: 3 });
      await shop.goTo('/');
      await page.getByText('The database was restored').waitFor({ timeout: TIMEOUT_MS });
    },
    TIMEOUT_MS,
  );

  test(
    'work that somebody else has asked for is shown, also to a page that comes back to it',
    async () => {
      const { dashboard: shop } = await openShop();
      const { page, server } = shop;
      await shop.goTo('/backups');
      const pid = await stoppedWhileVerifying(server);
      const underWay = page.getByRole('region', { name: 'Under way' });
      for (const route of ['/backups', '/', '/backups']) {
        await shop.goTo(route);
        if (route === '/backups') await underWay.getByText('Backups are being verified').waitFor();
        else await underWay.waitFor({ state: 'hidden' });
      }
      process.kill(pid, 'SIGCONT');
      await underWay.waitFor({ state: 'hidden' });
      await page
        .locator('button[aria-disabled="true"]', { hasText: 'Verify all' })
        .waitFor({ state: 'hidden' });
    },
    TIMEOUT_MS,
  );
});

describeIf(realBrowser, 'a lost database', () => {
  test(
    'deleted while running: the open file becomes a backup of just now, and nothing is lost',
    async () => {
      const { itemId, dashboard: shop } = await openShop();
      const { page, server } = shop;
      await shop.goTo('/stock');
      await page.getByRole('heading', { name: 'Stock', level: 1 }).waitFor();
      rmSync(join(server.dataDir, 'masala.db'));
      // Whatever page it was.
      await page
        .getByRole('heading', { name: 'No database found. Restore from latest backup (just now)?', level: 1 })
        .waitFor({ timeout: TIMEOUT_MS });
      const newest = page.getByRole('region', { name: 'Newest good state' });
      await newest.getByText('just now').waitFor();
      await newest.getByText(/5 documents/).waitFor();
      const points = page.getByRole('region', { name: 'All backups' });
      const byHand = points.getByRole('row').filter({ hasText: 'By hand' });
      await byHand.getByText('2 hours ago').waitFor();
      expect(await byHand.getByRole('cell').allInnerTexts()).toContain('3');
      expect(await shop.accessibilityFindings()).toEqual([]);
      expect(await page.getByRole('navigation').count()).toBe(0);

      await restoreNewest(shop);
      expect(await shop.accessibilityFindings()).toEqual([]);
      expect(await desktop?.call('stock.onHand', { itemId })).toMatchObject({ quantity: 5 });
    },
    TIMEOUT_MS,
  );

  test(
    'deleted, and the core died with it: back to the backup of two hours ago',
    async () => {
      const { itemId, dashboard: shop } = await openShop();
      const { page, server } = shop;
      const core = (await server.status())?.core.pid;
      // Frozen first, so that it does not save the open file.
      server.signal(Number(core), 'SIGSTOP');
      for (const end of ['', '-wal', '-shm'])
        rmSync(join(server.dataDir, `masala.db${end}`), { force: true });
      server.signal(Number(core), 'SIGKILL');
      await page
        .getByRole('heading', {
          name: 'No database found. Restore from latest backup (2 hours ago)?',
          level: 1,
        })
        .waitFor({ timeout: TIMEOUT_MS });
      const newest = page.getByRole('region', { name: 'Newest good state' });
      await newest.getByText('2 hours ago').waitFor();
      await newest.getByText(/3 documents/).waitFor();

      await restoreNewest(shop);
      expect(await desktop?.call('stock.onHand', { itemId })).toMatchObject({ quantity: 3 });
      await page
        .getByRole('list', { name: 'Documents, newest first' })
        .getByRole('listitem')
        .nth(2)
        .waitFor();
      expect(
        await page.getByRole('list', { name: 'Documents, newest first' }).getByRole('listitem').count(),
      ).toBe(3);
    },
    TIMEOUT_MS,
  );
});
