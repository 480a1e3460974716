// The tray for real: the shipped host and helper on a desktop of the test's own, and everything that may happen to them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processLives, processStartOf } from '@masala/protocol/control';
import type { LogEventName } from '@masala/protocol/tables';
import { desktopRequirements, TestDesktop } from '../../../../build/testing/desktop.ts';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import { until } from '../../../../build/torture/waiting.ts';
import { iconFile } from './icon-file.ts';
import { Tray, type TrayOptions, trayRules } from './tray.ts';
import { trayHostProgram } from './tray-program.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
/** Fast enough for a test; `triesMax` as shipped. */
const rules = { ...trayRules, firstDelayMs: 20, pingIntervalMs: 250, restMs: 3_600_000 };

interface Logged {
  readonly event: LogEventName;
  readonly fields: Readonly<Record<string, unknown>>;
}

let logged: Logged[];
let chosen: string[];
let folder: string;
const trays: Tray[] = [];

beforeEach(() => {
  logged = [];
  chosen = [];
  folder = mkdtempSync(join(tmpdir(), 'masala-tray-'));
});
afterEach(async () => {
  for (const tray of trays.splice(0)) await tray.close();
  for (const pid of pidsIn('tray.ready')) await untilGone(pid);
  rmSync(folder, { recursive: true, force: true });
});

function trayWith(options: Partial<TrayOptions>): Tray {
  const tray = new Tray({
    program: trayHostProgram,
    environment: process.env,
    rules,
    log: (event, fields = {}) => logged.push({ event, fields }),
    onOpen: () => chosen.push('open'),
    onExit: () => chosen.push('exit'),
    ...options,
  });
  trays.push(tray);
  return tray;
}

function untilLogged(event: LogEventName, count = 1): Promise<Logged> {
  return until(
    () => `${count} × ${event}; logged: ${JSON.stringify(logged)}`,
    () => logged.filter((line) => line.event === event)[count - 1],
  );
}

/** Hosts and helpers that were ready at some time. */
function pidsIn(event: LogEventName): number[] {
  const lines = logged.filter((line) => line.event === event);
  return lines.flatMap(({ fields }) => [Number(fields.trayHostPid), Number(fields.helperPid)]);
}

function untilGone(pid: number): Promise<true> {
  const processStart = processStartOf(pid);
  const isGone = () => processStart === null || !processLives(pid, processStart);
  return until(`process ${pid} to end`, () => (isGone() ? true : undefined));
}

const events = () => logged.map(({ event }) => event);

describeIf(desktopRequirements, 'on a desktop, the tray', () => {
  const desktop = new TestDesktop();
  beforeAll(async () => void (await desktop.open()));
  afterAll(() => desktop.close());

  /** A tray on this desktop, with its icon. */
  async function shown(options: Partial<TrayOptions> = {}) {
    const tray = trayWith({ environment: { ...process.env, ...desktop.environment }, ...options });
    tray.show({ colour: 'amber', tooltip: 'starting' });
    await untilLogged('tray.ready');
    return { tray, icon: await desktop.icon('Exit Server') };
  }

  test('shows menu and icon, changes with the state, tells what was chosen, and leaves', async () => {
    const { tray, icon } = await shown();
    expect(await desktop.labels(icon)).toEqual(['Open Dashboard', 'Exit Server']);
    expect(readFileSync(await desktop.picture(icon))).toEqual(iconFile('amber', 'linux'));
    for (const colour of ['green', 'red'] as const) {
      tray.show({ colour, tooltip: colour });
      await until(`the ${colour} icon`, async () => {
        const picture = readFileSync(await desktop.picture(icon), { flag: 'r' });
        return picture.equals(iconFile(colour, 'linux')) || undefined;
      });
    }
    await desktop.click(icon, 'Open Dashboard');
    await until('the choice', () => chosen[0]);
    await desktop.click(icon, 'Exit Server');
    await until('the second choice', () => chosen[1]);
    expect(chosen).toEqual(['open', 'exit']);
    await tray.close();
    await desktop.gone(icon);
    expect(events()).toEqual(['tray.ready']);
  });

  test.each([
    ['helper', 'SIGKILL'],
    ['host', 'SIGKILL'],
    ['host', 'SIGSTOP'],
  ] as const)('comes back when its %s gets a %s, with one line in the log', async (who, signal) => {
    const { tray, icon } = await shown();
    tray.show({ colour: 'red', tooltip: 'stopped' });
    const [hostPid = 0, helperPid = 0] = pidsIn('tray.ready');
    process.kill(who === 'host' ? hostPid : helperPid, signal);
    await untilLogged('tray.ready', 2);
    await desktop.gone(icon);
    const next = await desktop.icon('Exit Server');
    expect(readFileSync(await desktop.picture(next))).toEqual(iconFile('red', 'linux'));
    expect(events()).toEqual(['tray.ready', 'tray.lost', 'tray.ready']);
    await untilGone(hostPid);
    await untilGone(helperPid);
  });

  test('a helper that hangs keeps nobody from going on: what it does not read does not pile up', async () => {
    const { tray } = await shown();
    const [, helperPid = 0] = pidsIn('tray.ready');
    process.kill(helperPid, 'SIGSTOP');
    await until('the host to notice', () => {
      tray.show({ colour: 'green', tooltip: `running, ${performance.now()} clients` });
      return events().includes('tray.lost') || undefined;
    });
    await untilLogged('tray.ready', 2);
  });

  test('no bus: the server is told nothing worse than a line', async () => {
    const environment = {
      ...process.env,
      ...desktop.environment,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    };
    const tray = trayWith({ environment });
    tray.show({ colour: 'green', tooltip: 'running' });
    await until('a line', () => logged[0]);
    await tray.close();
    expect(['tray.ready', 'tray.lost']).toContain(events()[0]);
  });
});

describeIf(linux, 'where it cannot be shown, the tray', () => {
  test('is not tried without a display', () => {
    trayWith({ environment: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' } }).show({
      colour: 'green',
      tooltip: '',
    });
    expect(logged).toEqual([{ event: 'tray.unavailable', fields: { reason: 'no display' } }]);
  });

  test.each([
    ['a display that is not there', trayHostProgram, 'tray helper ended'],
    ['a helper that is absent', join(fixtures, 'tray-host-without-helper.ts'), 'ENOENT'],
    [
      'a helper that is another one',
      join(fixtures, 'tray-host-with-other-helper.ts'),
      'not the approved one',
    ],
    ['a host that speaks garbage', join(fixtures, 'tray-host-of-garbage.ts'), 'nobody understands'],
    ['a host that is missing', join(fixtures, 'no-such-program.ts'), 'ended with 1'],
  ])('%s: is tried some times, then left alone, and each is a line', async (_what, program, reason) => {
    const tray = trayWith({
      program,
      environment: { ...process.env, DISPLAY: ':99999', MASALA_TEST_FOLDER: folder },
    });
    tray.show({ colour: 'green', tooltip: '' });
    await untilLogged('tray.resting');
    expect(events()).toEqual([...Array(trayRules.triesMax).fill('tray.lost'), 'tray.resting']);
    expect(String(logged[0]?.fields.reason)).toContain(reason);
  });

  test('a host that is never ready is replaced', async () => {
    trayWith({
      program: join(fixtures, 'tray-host-of-silence.ts'),
      environment: { ...process.env, DISPLAY: ':99999' },
      rules: { ...rules, readyMaxMs: 200 },
    }).show({ colour: 'green', tooltip: '' });
    expect((await untilLogged('tray.lost', 2)).fields.reason).toContain('not ready in time');
  });
});
