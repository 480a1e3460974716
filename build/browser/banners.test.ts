// The banners above every page, each made for real: they come when something is so, and go when it is not any more. Low disk space
// has a file of its own, and the restart after a hang is told where the house is watched.
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describeIf } from '../testing/requires.ts';
import { describeOnSmallFileSystem, SmallFileSystem } from '../testing/small-file-system.ts';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';

/** A server, a browser and some restarts, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
const MEBIBYTE = 1024 * 1024;
/** An empty server with its compiled code and its first backups takes some 10 MB. */
const DISK_MEGABYTES = 64;
const CRITICAL_BYTES = 16 * MEBIBYTE;
const LEFT_BYTES = 8 * MEBIBYTE;

let disk: SmallFileSystem | undefined;
let dashboard: DashboardUnderTest | undefined;
let server: ServerProcess;

/** The second drive: outside of the small file system, so that it is another one. */
const second = () => join(server.folder, 'second');

async function goTo(path: string, heading: string): Promise<void> {
  await dashboard?.goTo(path);
  await dashboard?.page.getByRole('heading', { name: heading, level: 1 }).waitFor();
}

/** The banner with this title, which a new page shows as well. */
function banner(title: string) {
  if (dashboard === undefined) throw new Error('no page is open');
  return dashboard.page.getByRole('region', { name: 'What needs attention' }).getByText(title);
}

describeOnSmallFileSystem(import.meta.filename, 'on a small disk', () => {
  describeIf(realBrowser, 'a banner comes and goes with its cause', () => {
    beforeAll(async () => {
      server = new ServerProcess({
        tree: ownTree,
        set: (folder) => [
          'server.name=Mill',
          `disk.lowBytes=${CRITICAL_BYTES}`,
          `disk.criticalBytes=${CRITICAL_BYTES}`,
          'disk.checkIntervalMs=500',
          'disk.lowCheckIntervalMs=500',
          `backup.secondFolder=${join(folder, 'second')}`,
          // How the second drive is looked at ten times as often.
          'backup.intervalMs=5000',
          'restart.backoffMs=0',
          'restart.budget=2',
        ],
      });
      mkdirSync(second());
      disk = new SmallFileSystem(server.dataDir, DISK_MEGABYTES);
      dashboard = await DashboardUnderTest.open({ server });
      await dashboard.page.getByRole('region', { name: 'The server is running' }).waitFor();
    }, TIMEOUT_MS);

    afterAll(async () => {
      // The folder goes only after the mount in it.
      await server.killAll();
      disk?.remove();
      await dashboard?.close();
    }, TIMEOUT_MS);

    test(
      'a second drive that is pulled out and plugged in again',
      async () => {
        await goTo('/stock', 'Stock');
        const missing = banner(`The second backup folder cannot be reached: ${second()}`);
        expect(await missing.count()).toBe(0);
        renameSync(second(), `${second()}-pulled`);
        await missing.waitFor();
        renameSync(`${second()}-pulled`, second());
        await missing.waitFor({ state: 'hidden' });
      },
      TIMEOUT_MS,
    );

    test(
      'backups that pause on a disk that is nearly full',
      async () => {
        await goTo('/backups', 'Backups');
        const paused = banner('Backups are paused: the disk is nearly full.');
        expect(await paused.count()).toBe(0);
        disk?.fill(LEFT_BYTES);
        await paused.waitFor();
        disk?.empty();
        await paused.waitFor({ state: 'hidden' });
      },
      TIMEOUT_MS,
    );

    test(
      'safe mode after two deaths, until a restart that its own button asks for',
      async () => {
        await goTo('/devices', 'Clients and devices');
        const safeMode = banner('Safe mode: clients can read, but not save.');
        let last: number | undefined;
        for (let death = 1; death <= 2; death++) {
          const pid = await until('another core', async () => {
            // The supervisor hears of a death a moment after it.
            const present = (await server.status())?.core.pid ?? undefined;
            return present === last ? undefined : present;
          });
          last = pid;
          server.signal(pid, 'SIGKILL');
          await server.gone(pid);
        }
        await safeMode.waitFor();
        expect(await dashboard?.accessibilityFindings()).toEqual([]);
        await goTo('/', 'Dashboard');
        await dashboard?.page.getByRole('region', { name: 'Safe mode: nothing can be saved' }).waitFor();
        await goTo('/devices', 'Clients and devices');
        await dashboard?.page.getByRole('button', { name: 'Restart the server' }).click();
        await safeMode.waitFor({ state: 'hidden' });
        await until('the server to be healthy', async () => {
          const status = await server.status();
          return status?.state === 'running' && !status.core.safeMode ? true : undefined;
        });
        expect(dashboard?.complaints).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
});
