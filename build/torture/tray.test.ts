// The whole server on a desktop: what a person sees and clicks, and what happens to the desktop while clients save.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Client, connect, pair } from '@masala/client';
import type { ServerStatus } from '@masala/protocol/control';
import { desktopRequirements, type SeenIcon, TestDesktop } from '../testing/desktop.ts';
import { describeIf, linux } from '../testing/requires.ts';
import { ownTree, ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** Every wait inside has its own patience of a minute, and says what it waited for. */
const TIMEOUT_MS = 300_000;
/** The supervisor's budget is not what is tried here. */
const SETTINGS = ['watchdog.hangTimeoutMs=2000', 'restart.budget=0', 'supervisor.absenceMs=500'];

let folder: string;
let desktop: TestDesktop | undefined;
let server: ServerProcess;
let client: Client;
let saving: { stop(): Promise<number> };

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

/** Starts the server and a client that saves one receipt after the other. */
async function serve(environment: Readonly<Record<string, string>>): Promise<ServerStatus> {
  // In the place of a browser: what it was asked to open is written down.
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\ncat "\${1#file://}" >> '${folder}/opened'\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  server = new ServerProcess({
    tree: ownTree,
    set: SETTINGS,
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

/** Saves until `stop`, which says how many there were, or what went wrong. */
async function keepSaving(desk: Client): Promise<{ stop(): Promise<number> }> {
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
  work.catch(() => undefined); // `stop` tells
  return {
    stop: () => {
      isOver = true;
      return work;
    },
  };
}

function logged(event: string): Record<string, unknown>[] {
  const lines = readFileSync(join(server.dataDir, 'logs/supervisor.log'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)).filter((line) => line.event === event);
}

function untilLogged(event: string, count = 1): Promise<Record<string, unknown>> {
  return until(`${count} × ${event}`, () => logged(event)[count - 1]);
}

/** Both processes are the ones from before, and ten more saves go through. */
async function expectUnharmed(before: ServerStatus): Promise<void> {
  const now = await until('the status', async () => (await server.status()) ?? undefined);
  expect([now.supervisor?.pid, now.core.pid]).toEqual([before.supervisor?.pid, before.core.pid]);
  expect(now.state).toBe('running');
  await client.call('items.list', {});
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
      const seen = (text: string) =>
        until(`the notification "${text}"`, () =>
          desktop?.notifications.find(({ title, body }) => title === text || body === text),
        );
      await seen('Server is running in background');

      const green = await desktop.picture(icon);
      server.signal(Number(core.pid), 'SIGSTOP');
      await untilPictureChanges(icon, green);
      await seen('The server was restarted');

      await desktop.click(icon, 'Exit Server');
      const opened = join(folder, 'opened');
      await until('the page that signs the browser in', () =>
        existsSync(opened) && readFileSync(opened, 'utf8').includes('sign-in') ? true : undefined,
      );
      expect((await untilLogged('dashboard.opened')).path).toBe('/exit');
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
    'goes on saving when helper and host are killed, the host hangs, and the whole desktop goes away',
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
      process.kill(Number(tray.trayHostPid), 'SIGSTOP');
      await expectUnharmed(before);
      process.kill(Number(tray.trayHostPid), 'SIGCONT');
      await desktop.close();
      await untilLogged('tray.lost', 3);
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
  ])(
    '%s: a line in the log, and it serves',
    async (_what, environment, events) => {
      const before = await serve(environment);
      await server.ask((control) => control.call('windowHidden', {}));
      for (const event of events) await untilLogged(event);
      await expectUnharmed(before);
      expect(await saving.stop()).toBeGreaterThan(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );
});
