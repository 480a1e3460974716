// The whole server on a desktop: what a person sees and clicks, and what happens to the desktop while clients save.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Client, connect, pair } from '@masala/client';
import type { ServerStatus } from '@masala/protocol/control';
import { settings } from '@masala/protocol/tables';
import { iconFile } from '../../packages/supervisor/src/tray/icon-file.ts';
import { desktopRequirements, type SeenIcon, TestDesktop } from '../testing/desktop.ts';
import { describeIf, linux } from '../testing/requires.ts';
import { ownTree, ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** Every wait inside has its own patience of a minute, and says what it waited for. */
const TIMEOUT_MS = 300_000;
/** The supervisor's budget is not what is tried here. */
const SETTINGS = ['watchdog.hangTimeoutMs=2000', 'restart.budget=0', 'supervisor.absenceMs=500'];

const withoutHelper = join(ownTree, 'packages/supervisor/src/fixtures/without-tray-helper.ts');

let folder: string;
let desktop: TestDesktop | undefined;
let server: ServerProcess;
let client: Client;
let saving: Saving;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-desk-'));
});
afterEach(async () => {
  await saving?.stop();
  client?.close();
  await server?.destroy({ keep: false });
  await desktop?.close();
  desktop = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Saving {
  /** Resolves when so many more saves were acknowledged; rejects when one was not. */
  more(count: number): Promise<void>;
  /** Gives how many there were, or rejects with what went wrong. */
  stop(): Promise<number>;
}

/** Starts the server and a client that saves one receipt after the other. */
async function serve(
  environment: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<ServerStatus> {
  // In the place of a browser: what it was asked to open is written down.
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\ncat "\${1#file://}" >> '${folder}/opened'\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  server = new ServerProcess({
    tree: ownTree,
    set: [...SETTINGS, ...more],
    environment: { ...environment, PATH },
    tray: true,
  });
  const status = await server.startAndServe();
  const address = { address: '127.0.0.1', port: Number(status.port) };
  const code = await server.pair('office');
  const profile = await pair({ code, deviceName: 'desk', server: address, discoveryPort: 0 });
  client = connect({ ...profile, retryDelayMs: 100 });
  saving = await keepSaving(client);
  return status;
}

/** Saves one receipt after the other. */
async function keepSaving(desk: Client): Promise<Saving> {
  const { id: itemId } = await desk.call('items.create', { sku: 'A', name: 'A', unit: 'pcs' });
  let isOver = false;
  let saved = 0;
  const work = (async () => {
    while (!isOver) {
      await desk.call('receipts.create', { post: true, lines: [{ itemId, quantity: 1 }] });
      saved += 1;
    }
    return saved;
  })();
  work.catch(() => undefined); // `more` and `stop` tell
  return {
    more: async (count) => {
      const wanted = saved + count;
      const isThere = until(`${count} more saves`, () => saved >= wanted || undefined);
      await Promise.race([isThere, work.then(() => isThere)]);
    },
    stop: () => {
      isOver = true;
      return work;
    },
  };
}

function lines(): Record<string, unknown>[] {
  const text = readFileSync(join(server.dataDir, 'logs/supervisor.log'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function logged(event: string): Record<string, unknown>[] {
  return lines().filter((line) => line.event === event);
}

function untilLogged(event: string, count = 1): Promise<Record<string, unknown>> {
  return until(`${count} × ${event}`, () => logged(event)[count - 1]);
}

/**
 * Both processes are the ones from before, ten more saves go through, and the supervisor hears its core, which it accuses of
 * nothing. Of what happened to the desktop the log has warnings.
 */
async function expectUnharmed(before: ServerStatus): Promise<void> {
  await saving.more(10);
  const now = await until('the status', async () => (await server.status()) ?? undefined);
  expect([now.supervisor?.pid, now.core.pid]).toEqual([before.supervisor?.pid, before.core.pid]);
  expect(now).toMatchObject({ state: 'running', core: { suspectSince: null, restarts: 0 } });
  expect(lines().filter(({ level }) => level !== 'info' && level !== 'warn')).toEqual([]);
}

/** The supervisor's pings go on: it finds out that its core is frozen, and starts another. */
async function expectHeartbeat(before: ServerStatus): Promise<void> {
  server.signal(Number(before.core.pid), 'SIGSTOP');
  await untilLogged('core.hung');
  await until('the next core', async () => {
    const status = await server.status();
    return (status?.state === 'running' && status.core.pid !== before.core.pid) || undefined;
  });
  await saving.more(10);
}

function untilSeen(text: string | RegExp) {
  const is = (said: string) => (typeof text === 'string' ? said === text : text.test(said));
  return until(
    () => `the notification "${text}"; seen: ${JSON.stringify(desktop?.notifications)}`,
    () => desktop?.notifications.find(({ title, body }) => is(title) || is(body)),
  );
}

/** The icon shows another picture than before. */
function untilPictureChanges(icon: SeenIcon, from: string): Promise<string> {
  return until('another picture', async () => {
    const picture = await desktop?.picture(icon);
    return picture === undefined || picture === from ? undefined : picture;
  });
}

describeIf(desktopRequirements, 'a server on a desktop', () => {
  test(
    'shows icon, states and notifications; Open and Exit open the dashboard, which asks',
    async () => {
      desktop = await new TestDesktop().open();
      const { core } = await serve(desktop.environment);
      const icon = await desktop.icon('Exit Server');
      expect(await desktop.labels(icon)).toEqual(['Open Dashboard', 'Exit Server']);

      await server.ask((control) => control.call('windowHidden', {}));
      await server.ask((control) => control.call('windowHidden', {}));
      await untilSeen('Server is running in background');

      const green = await desktop.picture(icon);
      server.signal(Number(core.pid), 'SIGSTOP');
      await untilPictureChanges(icon, green);
      await untilSeen('The server was restarted');

      for (const [label, path] of [
        ['Open Dashboard', '/'],
        ['Exit Server', '/exit'],
      ] as const) {
        await desktop.click(icon, label);
        await until(`the dashboard at ${path}`, () =>
          logged('dashboard.opened').find((line) => line.path === path),
        );
      }
      const opened = join(folder, 'opened');
      await until('the page that signs the browser in', () =>
        existsSync(opened) && readFileSync(opened, 'utf8').includes('sign-in') ? true : undefined,
      );
      const background = desktop.notifications.filter(
        ({ body }) => body === 'Server is running in background',
      );
      expect(background).toHaveLength(1);
      expect((await server.status())?.state).toBe('running');
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
      await desktop.gone(icon);
    },
    TIMEOUT_MS,
  );

  test(
    'tells that the disk is low, once, and in amber',
    async () => {
      desktop = await new TestDesktop().open();
      // No drive has as much.
      await serve(desktop.environment, [`disk.lowBytes=${settings['disk.lowBytes'].maximum}`]);
      const low = /^Low disk space — [\d,]+ MB remaining\. Data operations may fail\.$/;
      const { body } = await untilSeen(low);
      expect(body).toMatch(/^Free space on the drive of /);
      const icon = await desktop.icon('Exit Server');
      const amber = iconFile('amber', 'linux');
      await until('the amber icon', async () => {
        return readFileSync((await desktop?.picture(icon)) ?? '').equals(amber) || undefined;
      });
      await saving.more(10);
      expect(desktop.notifications.filter(({ title }) => low.test(title))).toHaveLength(1);
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'goes on saving when helper and host are killed or hang; the icon comes back by itself',
    async () => {
      desktop = await new TestDesktop().open();
      const before = await serve(desktop.environment);
      for (const [round, who] of (['helperPid', 'trayHostPid'] as const).entries()) {
        const tray = await untilLogged('tray.ready', round + 1);
        process.kill(Number(tray[who]), 'SIGKILL');
        await untilLogged('tray.lost', round + 1);
        await expectUnharmed(before);
      }
      const tray = await untilLogged('tray.ready', 3);
      await desktop.icon('Exit Server');
      for (const who of ['helperPid', 'trayHostPid'] as const) {
        process.kill(Number(tray[who]), 'SIGSTOP');
        await expectUnharmed(before);
      }
      await expectHeartbeat(before);
      process.kill(Number(tray.trayHostPid), 'SIGCONT');
      process.kill(Number(tray.helperPid), 'SIGKILL');
      await untilLogged('tray.ready', 4);
      await desktop.icon('Exit Server');
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'goes on saving when the display goes away, and is there again when it comes back',
    async () => {
      desktop = await new TestDesktop().open();
      const before = await serve(desktop.environment);
      await desktop.icon('Exit Server');
      await desktop.endDisplay();
      await untilLogged('tray.lost');
      await expectUnharmed(before);
      await desktop.startDisplay();
      await untilLogged('tray.ready', 2);
      expect(await desktop.labels(await desktop.icon('Exit Server'))).toEqual([
        'Open Dashboard',
        'Exit Server',
      ]);
      await expectUnharmed(before);
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'goes on saving when the bus goes away, and the display after it',
    async () => {
      desktop = await new TestDesktop().open();
      const before = await serve(desktop.environment);
      await desktop.icon('Exit Server');
      await desktop.endBus();
      await server.ask((control) => control.call('windowHidden', {}));
      await untilLogged('notification.failed');
      await expectUnharmed(before);
      await desktop.endDisplay();
      await untilLogged('tray.lost');
      await expectUnharmed(before);
      await expectHeartbeat(before);
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'serves on a display without a bus, with lines in the log',
    async () => {
      desktop = await new TestDesktop().open();
      const environment = { ...desktop.environment, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };
      const before = await serve(environment);
      await server.ask((control) => control.call('windowHidden', {}));
      await untilLogged('notification.failed');
      await expectUnharmed(before);
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'shows its icon again when the supervisor was killed and revived by the core; a hung host keeps no stop from ending',
    async () => {
      desktop = await new TestDesktop().open();
      const before = await serve(desktop.environment);
      const icon = await desktop.icon('Exit Server');
      server.signal(Number(before.supervisor?.pid), 'SIGKILL');
      await desktop.gone(icon);
      const tray = await untilLogged('tray.ready', 2);
      expect((await desktop.icon('Exit Server')).owner).not.toBe(icon.owner);
      process.kill(Number(tray.trayHostPid), 'SIGSTOP');
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );
});

describeIf(linux, 'a server without a desktop', () => {
  test.each([
    ['no display', { DISPLAY: '', WAYLAND_DISPLAY: '' }, ['tray.unavailable']],
    [
      'a display and a bus that are not there',
      { DISPLAY: ':99999', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' },
      ['tray.lost', 'notification.failed'],
    ],
    [
      'no helper',
      { DISPLAY: ':99999', NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${withoutHelper}` },
      ['tray.lost'],
    ],
  ])(
    '%s: a line in the log, and it serves',
    async (what, environment, events) => {
      const before = await serve(environment);
      await server.ask((control) => control.call('windowHidden', {}));
      for (const event of events) await untilLogged(event);
      if (what === 'no helper') expect(String(logged('tray.lost')[0]?.reason)).toContain('ENOENT');
      await expectUnharmed(before);
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );
});
