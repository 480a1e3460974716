// The disk fills up while the dashboard is open: the banner says so in its exact words on every page, and goes when there is room.
import type { Client } from '@masala/client';
import type { MasalaError } from '@masala/protocol';
import { describeIf } from '../testing/requires.ts';
import { describeOnSmallFileSystem, SmallFileSystem } from '../testing/small-file-system.ts';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { connectDesktop } from './desktop.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
const MEBIBYTE = 1024 * 1024;
/** An empty server with its compiled code takes some 10 MB. */
const DISK_MEGABYTES = 64;
const LOW_BYTES = 24 * MEBIBYTE;
/** Below the one threshold, well above the other, at which backups pause. */
const LEFT_BYTES = 12 * MEBIBYTE;

let disk: SmallFileSystem | undefined;
let dashboard: DashboardUnderTest | undefined;
let server: ServerProcess;
let desktop: Client | undefined;
let saves = 0;

afterEach(async () => {
  desktop?.close();
  // The folder goes only after the mount in it.
  await server.killAll();
  disk?.remove();
  await dashboard?.close();
}, TIMEOUT_MS);

/** Sent once: a desktop by itself goes on trying until there is room. */
async function save(desktop: Client): Promise<void> {
  saves += 1;
  await desktop.call('items.create', { sku: `S-${saves}`, name: 'x'.repeat(60), unit: 'kg' }, { once: true });
}

/** Saves until one is refused: what the log of the database has reserved already takes a few more. */
async function refusalOf(desktop: Client): Promise<string> {
  return await until('a refusal', async () => {
    try {
      await save(desktop);
      return undefined;
    } catch (error) {
      return (error as MasalaError).code;
    }
  });
}

describeOnSmallFileSystem(import.meta.filename, 'on a small disk', () => {
  describeIf(realBrowser, 'the dashboard of a disk that fills up', () => {
    test(
      'says how much is left, and that saves may fail, as long as it is so',
      async () => {
        server = new ServerProcess({
          tree: ownTree,
          set: [
            'server.name=Mill',
            `disk.lowBytes=${LOW_BYTES}`,
            `disk.criticalBytes=${2 * MEBIBYTE}`,
            'disk.checkIntervalMs=500',
            'disk.lowCheckIntervalMs=500',
            'backup.intervalMs=86400000',
          ],
        });
        disk = new SmallFileSystem(server.dataDir, DISK_MEGABYTES);
        dashboard = await DashboardUnderTest.open({ server });
        const { page } = dashboard;
        await page.getByRole('region', { name: /^The server is running$/ }).waitFor();
        disk.fill(LEFT_BYTES);
        const banners = page.getByRole('region', { name: 'What needs attention' });
        const banner = banners.getByText(/^Low disk space/);
        await banner.waitFor();
        // Logs and database go on growing a little while we look.
        expect(await banner.innerText()).toMatch(
          /^Low disk space — (9|10|11|12) MB remaining\. Data operations may fail\.$/,
        );
        await banners.getByText(`Free space on the drive of ${server.dataDir}.`).waitFor();
        await page.getByRole('region', { name: 'The server is running, and needs your attention' }).waitFor();
        expect(await dashboard.accessibilityFindings()).toEqual([]);

        await dashboard.goTo('/settings');
        await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
        await banner.waitFor();

        // Not one byte is left: a save is refused with its code, and the banner tells the figure of now.
        desktop = await connectDesktop(server, 'Office');
        disk.fill();
        expect(await refusalOf(desktop)).toBe('DISK_FULL');
        await banners.getByText('Low disk space — 0 MB remaining. Data operations may fail.').waitFor();
        expect(await dashboard.accessibilityFindings()).toEqual([]);

        disk.empty();
        await banner.waitFor({ state: 'hidden' });
        await page.getByText(/^The server's disk is full/).waitFor({ state: 'hidden' });
        await save(desktop);
        expect(dashboard.complaints).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
});
