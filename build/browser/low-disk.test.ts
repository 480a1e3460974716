// The disk fills up while the dashboard is open: the banner says so in its exact words on every page, and goes when there is room.
import { describeIf } from '../testing/requires.ts';
import { describeOnSmallFileSystem, SmallFileSystem } from '../testing/small-file-system.ts';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';

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

afterEach(async () => {
  // The folder goes only after the mount in it.
  await server.killAll();
  disk?.remove();
  await dashboard?.close();
}, TIMEOUT_MS);

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
        disk.empty();
        await banner.waitFor({ state: 'hidden' });
        expect(dashboard.complaints).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
});
