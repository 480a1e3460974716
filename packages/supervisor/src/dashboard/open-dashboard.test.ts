import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type ControlConnection,
  type ControlServer,
  connectControl,
  controlToken,
  type DashboardControl,
  dashboardControl,
  endpointToCall,
  endpointToServe,
  processStartOf,
  readRunFile,
  serveControl,
} from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import { askHost, endHungHost, startHost } from './dashboard-host.ts';
import { electronBinary, type HostProgram } from './host-programs.ts';
import { openDashboard, startFirst } from './open-dashboard.ts';
import { browserCommand, hasScreen, showInBrowser } from './screen.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-open-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test('Linux has a screen where its environment names one, Windows always', () => {
  expect(hasScreen({ platform: 'linux', environment: {} })).toBe(false);
  expect(hasScreen({ platform: 'linux', environment: { DISPLAY: '' } })).toBe(false);
  expect(hasScreen({ platform: 'linux', environment: { DISPLAY: ':0' } })).toBe(true);
  expect(hasScreen({ platform: 'linux', environment: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true);
  expect(hasScreen({ platform: 'win32', environment: {} })).toBe(true);
});

test('the browser is called without a shell: the link is one argument', () => {
  const link = 'file:///C:/a%20b/&calc.html';
  expect(browserCommand(link, 'linux')).toEqual(['xdg-open', link]);
  expect(browserCommand(link, 'win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', link]);
});

test('Electron counts where its binary is, also one that the environment names', () => {
  const linuxHere = { platform: 'linux', environment: {} } as const;
  expect(electronBinary(linuxHere, folder)).toBeNull();
  writeFileSync(join(folder, 'path.txt'), 'electron\n');
  expect(electronBinary(linuxHere, folder)).toBeNull();
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/electron'), '');
  expect(electronBinary(linuxHere, folder)).toBe(join(folder, 'dist/electron'));
  const environment = { ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'other') };
  expect(electronBinary({ platform: 'linux', environment }, folder)).toBeNull();
  mkdirSync(join(folder, 'other'));
  writeFileSync(join(folder, 'other/electron'), '');
  expect(electronBinary({ platform: 'linux', environment }, folder)).toBe(join(folder, 'other/electron'));
});

describe('with a host that lives', () => {
  let host: ControlServer;
  let asked: unknown[];
  beforeEach(async () => {
    asked = [];
    host = await serveControl({
      endpoint: endpointToServe(folder, dashboardControl),
      token: controlToken(folder),
      log: () => undefined,
      handlers: {
        open: ({ path }) => {
          asked.push(path);
          return { pid: 42, page: path === '/window' ? null : join(folder, 'a b.html') };
        },
        notify: () => ({}),
        close: () => ({}),
      },
    });
  });
  afterEach(() => host.close());

  test('it is asked, and without a screen there is the link', async () => {
    const surroundings = { platform: 'linux', environment: {} } as const;
    const link = pathToFileURL(join(folder, 'a b.html')).href;
    expect(await openDashboard({ dataDir: folder, path: '/exit', surroundings })).toEqual({
      hostPid: 42,
      host: 'browser',
      link,
      isShown: false,
      hungHosts: [],
    });
    expect(await openDashboard({ dataDir: folder, path: '/window', surroundings })).toMatchObject({
      host: 'electron',
      link: null,
      isShown: true,
    });
    expect(asked).toEqual(['/exit', '/window']);
  });

  describeIf(linux, 'on a desktop', () => {
    test('the default browser gets the file', async () => {
      const told = join(folder, 'told');
      writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$#:$1" > '${told}'\n`);
      chmodSync(join(folder, 'xdg-open'), 0o755);
      const environment = { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' };
      const opened = await openDashboard({
        dataDir: folder,
        surroundings: { platform: 'linux', environment },
      });
      expect(opened.isShown).toBe(true);
      while (!existsSync(told) || readFileSync(told, 'utf8') === '') await pause(20);
      expect(readFileSync(told, 'utf8').trim()).toBe(`1:${opened.link}`);
    });

    test('a launcher that finds no browser is told as such, one that stays as long as its browser is not', async () => {
      const surroundings = {
        platform: 'linux',
        environment: { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' },
      } as const;
      const launcher = (script: string) => {
        writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`);
        chmodSync(join(folder, 'xdg-open'), 0o755);
      };
      launcher('exit 3');
      expect((await openDashboard({ dataDir: folder, surroundings })).isShown).toBe(false);
      launcher(
        `while [ ! -e '${join(folder, 'closed')}' ]; do sleep 0.1; done; touch '${join(folder, 'gone')}'`,
      );
      expect((await openDashboard({ dataDir: folder, surroundings })).isShown).toBe(true);
      writeFileSync(join(folder, 'closed'), '');
      while (!existsSync(join(folder, 'gone'))) await pause(20);
    });

    test('a desktop without a launcher of browsers is no fault', async () => {
      const surroundings = { platform: 'linux', environment: { PATH: folder, DISPLAY: ':0' } } as const;
      expect(await showInBrowser(join(folder, 'x.html'), surroundings)).toBe(false);
    });
  });
});

test('a host that ends at once is told as such, and costs no patience', async () => {
  const program = { kind: 'browser', command: process.execPath, args: ['--eval', '0'] } as const;
  expect(await startHost(program, folder, '/', process.env, 600_000)).toEqual({ type: 'ended' });
  const missing = { kind: 'electron', command: join(folder, 'missing'), args: [] } as const;
  expect(await startHost(missing, folder, '/', process.env, 600_000)).toEqual({
    type: 'ended',
  });
});

test('a web host that cannot begin ends instead of staying', async () => {
  mkdirSync(join(folder, 'run/control.token'), { recursive: true });
  const { command, args } = webHost();
  const child = spawn(command, args, { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(exitCodes.FAULT.code);
});

test('the web host starts, makes a file for this user alone, and ends when it is told to', async () => {
  const answer = await startWebHost('/exit');
  expect(answer?.page).toMatch(/\/run\/dashboard-[0-9a-f]{16}\.html$/);
  if (process.platform !== 'win32') expect(statSync(answer?.page ?? '').mode & 0o777).toBe(0o600);
  const again = await openDashboard({ dataDir: folder, onlyLink: true });
  expect(again.hostPid).toBe(answer?.pid);
  await expect(openDashboard({ dataDir: folder, path: '//evil.test' })).rejects.toMatchObject({
    code: 'PARAMS_INVALID',
  });
  await expect(
    withHost((host) => host.call('notify', { title: 't', body: '', urgency: 'normal' })),
  ).rejects.toMatchObject({ code: 'NOTIFICATIONS_UNAVAILABLE' });
  await closeHost();
  while (existsSync(fileURLToPath(again.link ?? ''))) await pause(20);
  expect(existsSync(answer?.page ?? '')).toBe(false);
  while (existsSync(join(folder, 'run/dashboard.json'))) await pause(20);
});

/** The web host, with a page of nothing. */
function webHost(): HostProgram {
  const page = join(folder, 'page');
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'index.html'), '');
  const main = join(import.meta.dirname, '../../../ui/src/browser-host/main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, '--data-dir', folder, '--page-folder', page];
  return { kind: 'browser', command: process.execPath, args };
}

async function startWebHost(path: string) {
  const start = await startHost(webHost(), folder, path, process.env, 100_000);
  return start.type === 'answered' ? start.answer : undefined;
}

async function withHost(use: (host: ControlConnection<DashboardControl>) => Promise<unknown>): Promise<void> {
  const token = controlToken(folder);
  const connection = await connectControl({ endpoint: endpointToCall(folder, dashboardControl), token });
  await use(connection).finally(() => connection.close());
}

const closeHost = () =>
  withHost(async (host) => {
    await host.call('close', {});
    await host.closed;
  });

describeIf(linux, 'where signals stop a process', () => {
  test('a host that hangs is ended, and another one takes its place', async () => {
    const first = await startWebHost('/');
    const pid = Number(first?.pid);
    process.kill(pid, 'SIGSTOP');
    expect(await askHost(folder, '/')).toBeNull();
    const announced = readRunFile(folder, 'dashboard.json');
    expect(announced?.pid).toBe(pid);
    if (announced !== null) await endHungHost(announced);
    expect(processStartOf(pid)).toBeNull();
    const second = await startWebHost('/');
    expect(second?.pid).not.toBe(pid);
    await closeHost();
    while (existsSync(join(folder, 'run/dashboard.json'))) await pause(20);
  }, 240_000);

  const silent: HostProgram = {
    kind: 'electron',
    command: '/bin/sh',
    // It hears no word, and lives for ever.
    args: ['-c', 'echo "$$" > "$0"; trap "" TERM; exec sleep 600', 'PID-FILE'],
  };
  const silentOne = () => ({ ...silent, args: silent.args.map((one) => one.replace('PID-FILE', pidFile())) });
  const pidFile = () => join(folder, 'pid');
  const silentPid = () => Number(readFileSync(pidFile(), 'utf8'));

  test('a host that hangs before it announces itself is ended, and told by a code', async () => {
    const given = { dataDir: folder, path: '/', environment: process.env, hungHosts: [], patienceMs: 2_000 };
    const hung = await startFirst({ ...given, programs: [silentOne()] }).catch((error: unknown) => error);
    expect(hung).toMatchObject({ code: 'DASHBOARD_HUNG', data: { pids: [silentPid()] } });
    expect(processStartOf(silentPid())).toBeNull();
    const reached = await startFirst({ ...given, patienceMs: 30_000, programs: [webHost()] });
    expect(reached.hungHosts).toEqual([]);
    // The other one is found, and the one that was started for nothing ends when its patience is over.
    rmSync(pidFile());
    const found = await startHost(silentOne(), folder, '/', process.env, 2_000);
    expect(found).toMatchObject({ type: 'answered', answer: { pid: reached.answer.pid } });
    while (!existsSync(pidFile()) || !Number.isInteger(silentPid() || undefined)) await pause(20);
    while (processStartOf(silentPid()) !== null) await pause(20);
    await closeHost();
    while (existsSync(join(folder, 'run/dashboard.json'))) await pause(20);
  }, 120_000);

  test('a process that got the pid of a host since is left alone', async () => {
    const other = spawn('sleep', ['600'], { stdio: 'ignore' });
    const pid = Number(other.pid);
    expect(await endHungHost({ pid, startedAt: 0, processStart: 'another time', control: '' })).toBe('gone');
    expect(await endHungHost({ pid, startedAt: 0, processStart: null, control: '' })).toBe('leave');
    expect(processStartOf(pid)).not.toBeNull();
    await endHungHost({ pid, startedAt: 0, processStart: processStartOf(pid), control: '' });
    if (other.signalCode === null) await once(other, 'exit');
    expect(other.signalCode).toBe('SIGKILL');
  });
});
