// Notifications for real: the desktop's own program on a desktop of the test's own, and what happens where it is missing.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desktopRequirements, TestDesktop } from '../../../../build/testing/desktop.ts';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import { until } from '../../../../build/torture/waiting.ts';
import type { Notification } from './notices.ts';
import { Notifier, notifyCommand } from './notifier.ts';
import { iconSpeech } from './windows-notification.ts';

const low: Notification = {
  title: '--Low $(disk) space',
  body: 'Free space on <C:> & "D:"; rm -rf',
  urgency: 'critical',
};

function notifierWith(environment: Readonly<Record<string, string>>) {
  const reasons: string[] = [];
  const log = (_event: string, fields: Readonly<Record<string, unknown>> = {}) =>
    void reasons.push(String(fields.reason));
  return {
    reasons,
    notifier: new Notifier({ platform: 'linux', environment: { ...process.env, ...environment }, log }),
  };
}

describeIf(desktopRequirements, 'on a desktop', () => {
  const desktop = new TestDesktop();
  beforeAll(async () => void (await desktop.open()));
  afterAll(() => desktop.close());

  test('a notification is seen, word for word', async () => {
    const { notifier, reasons } = notifierWith(desktop.environment);
    await notifier.show(low);
    expect(reasons).toEqual([]);
    const [seen] = await until('the notification', () =>
      desktop.notifications.length > 0 ? desktop.notifications : undefined,
    );
    expect(seen).toEqual({
      application: 'Masala',
      title: '--Low $(disk) space',
      body: 'Free space on &lt;C:&gt; &amp; "D:"; rm -rf',
    });
  });

  test('without a bus there is one line, however often it fails', async () => {
    const { notifier, reasons } = notifierWith({
      ...desktop.environment,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    });
    for (let time = 0; time < 3; time++) await notifier.show(low);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain('notify-send ended with 1');
  });
});

test("on Windows the texts are arguments of our own program, and its structure has the size of Windows's", () => {
  expect(notifyCommand(low, 'win32')?.slice(2)).toEqual([low.title, low.body, 'critical']);
  // shellapi.h, 64 bits: computed by hand.
  expect(iconSpeech('', '', false).cbSize).toBe(976);
  const { szInfo, szInfoTitle } = iconSpeech('x'.repeat(300), 'y'.repeat(300), true);
  expect([szInfoTitle.length, szInfo.length]).toEqual([63, 255]);
});

describeIf(linux, 'without a desktop', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masala-notify-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a PC without the program: one line', async () => {
    const { notifier, reasons } = notifierWith({ PATH: folder });
    await notifier.show(low);
    await notifier.show(low);
    expect(reasons).toEqual(['spawn notify-send ENOENT']);
  });

  test('a program that hangs is ended', async () => {
    writeFileSync(join(folder, 'notify-send'), '#!/bin/sh\nexec /bin/sleep 1000\n');
    chmodSync(join(folder, 'notify-send'), 0o755);
    const { notifier, reasons } = notifierWith({ PATH: folder });
    await notifier.show(low);
    expect(reasons[0]).toContain('SIGKILL');
  });

  test('a process that has nothing else to do does not wait for a program that hangs', async () => {
    const pidFile = join(folder, 'pid');
    writeFileSync(join(folder, 'notify-send'), `#!/bin/sh\necho $$ > '${pidFile}'\nexec /bin/sleep 1000\n`);
    chmodSync(join(folder, 'notify-send'), 0o755);
    const program = join(import.meta.dirname, '../fixtures/notify-and-end.ts');
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, PATH: folder },
      stdio: 'ignore',
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    const pid = await until('the hung program', () => {
      return (existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8'))) || undefined;
    });
    // Not ended by a time-out that was waited for.
    expect(process.kill(pid, 'SIGKILL')).toBe(true);
  });

  test('a supervisor that may open no further file lives on', () => {
    const program = join(import.meta.dirname, '../fixtures/notify-without-descriptors.ts');
    const script = 'ulimit -n 64; exec "$0" --disable-warning=ExperimentalWarning "$1"';
    const { stdout } = spawnSync('/bin/sh', ['-c', script, process.execPath, program], { encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual([
      'started',
      'notification.failed: spawn notify-send EMFILE',
      'alive',
    ]);
  });

  test('where no way is known, that is said', () => {
    expect(notifyCommand(low, 'darwin')).toBeNull();
  });
});
