// The command and the supervisor end to end: real processes, a real control channel, a stand-in for the core.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStartOf, readRunFile, writeRunFile } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import {
  askStatus,
  coreStarts,
  dataDir,
  masalaServer,
  remember,
  run,
  script,
  startServer,
  status,
  untilGone,
  untilServes,
  untilStatus,
} from '../fixtures/server-under-test.ts';

describeIf(linux, 'masala-server', () => {
  test('start, status, pair, devices, stop: the course of a day', async () => {
    expect(await status()).toMatchObject({ state: 'stopped', supervisor: null, exitCode: 3 });
    const server = await startServer();
    const present = await status();
    expect(present).toMatchObject({
      state: 'running',
      flags: [],
      serverId: 'ab'.repeat(32),
      epoch: 'epoch-1',
      dataDir,
      port: 8090,
      clients: 0,
      supervisor: { pid: server.child.pid },
      core: { state: 'running', restarts: 0, lastDeath: null },
      exitCode: 0,
    });
    expect(Object.keys(present).sort()).toEqual(
      [
        'clients',
        'core',
        'dataDir',
        'epoch',
        'exitCode',
        'flags',
        'lastRecovery',
        'name',
        'notices',
        'port',
        'recovery',
        'serverId',
        'state',
        'stopping',
        'supervisor',
        'work',
      ].sort(),
    );
    expect(JSON.parse((await masalaServer('pair', '--role', 'viewer', '--json')).out)).toMatchObject({
      code: 'ABCDE-FGHJK-MNPQR',
    });
    expect(JSON.parse((await masalaServer('devices', '--json')).out)).toEqual([]);
    expect(await masalaServer('stop')).toMatchObject({ code: 0 });
    const { code, out } = await server.ended;
    expect(code).toBe(0);
    expect(out).toContain('Masala server: running');
    expect(out).toContain('ABCDE-FGHJK-MNPQR');
    expect(out).toContain(join(dataDir, 'logs'));
    expect(await status()).toMatchObject({ exitCode: 3 });
    expect(readRunFile(dataDir, 'wanted.json')?.wanted).toBe('stopped');
  });

  test.each([
    ["only this PC's dashboard", 'desk', true],
    ['a device of a person', 'another', false],
  ])('a join code while %s is paired', async (_who, ownDeviceId, isShown) => {
    const device = { deviceId: 'desk', name: 'Dashboard on pc', role: 'admin', pairedAt: 1 } as const;
    script({ devices: [{ ...device, lastSeenAt: null, revokedAt: null, connected: true, offerId: null }] });
    const folder = join(dataDir, 'identity', 'dashboard');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'profile.json'), JSON.stringify({ deviceId: ownDeviceId }));
    const server = run('fake-server.ts', ['start', '--data-dir', dataDir, '--no-tray']);
    const { stdout } = server.child;
    const shown = new Promise((resolve) => {
      stdout?.on('data', (chunk) => String(chunk).includes('masala pair') && resolve(true));
    });
    await untilServes(server);
    if (isShown) await shown;
    await masalaServer('stop');
    expect((await server.ended).out.includes('masala pair ABCDE-FGHJK-MNPQR')).toBe(isShown);
  });

  test('a second start says that it already runs and exits with 5; the first is asked to show itself', async () => {
    const first = await startServer();
    const second = await run('fake-server.ts', ['start', '--data-dir', dataDir]).ended;
    expect(second).toMatchObject({ code: 5 });
    expect(second.err).toContain('already running');
    expect(second.err).toContain(String(first.child.pid));
    expect(second.err).toContain(dataDir);
    expect(readFileSync(join(dataDir, 'logs', 'supervisor.log'), 'utf8')).toContain(
      'supervisor.show.requested',
    );
    await masalaServer('stop');
    expect((await first.ended).code).toBe(0);
  });

  test('the flags of the start reach the core, and a person reads the status', async () => {
    const server = run('fake-server.ts', [
      ...['start', '--data-dir', dataDir, '--host', '127.0.0.1', '--port', '0', '--discovery-port', '0'],
    ]);
    await untilStatus(({ state }) => state === 'running');
    expect(coreStarts()[0]).toEqual([
      ...['--data-dir', dataDir, '--host', '127.0.0.1', '--port', '0', '--discovery-port', '0'],
    ]);
    expect((await masalaServer('status')).out).toMatch(/Masala server: running\n.*data/);
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends in the ordered stop', async (signal) => {
    const server = await startServer();
    const { core } = await askStatus();
    server.child.kill(signal);
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(readRunFile(dataDir, 'exit-reason.json')).toMatchObject({ pid: core.pid, reason: 'OK' });
  });

  test('a killed core is started again; how it ended is told', async () => {
    const server = await startServer();
    const { core } = await askStatus();
    process.kill(core.pid ?? 0, 'SIGKILL');
    const healed = await untilStatus(
      ({ state, core: { restarts } }) => state === 'running' && restarts === 1,
    );
    expect(healed.core.pid).not.toBe(core.pid);
    expect(healed.core.lastDeath).toMatchObject({ cause: 'killed', signal: 'SIGKILL', exitCode: null });
    await masalaServer('stop');
    await server.ended;
  });

  test('a frozen core is killed and started again', async () => {
    const server = await startServer();
    const { core } = await askStatus();
    process.kill(core.pid ?? 0, 'SIGSTOP');
    const healed = await untilStatus(
      ({ state, core: { restarts } }) => state === 'running' && restarts === 1,
    );
    expect(healed.core.lastDeath).toMatchObject({ cause: 'hung', signal: 'SIGKILL' });
    await masalaServer('stop');
    await server.ended;
  });

  test('a core that dies at every start: safe mode, then stopped, and said so; restart tries again', async () => {
    script({ exit: { code: 30, reason: 'FAULT', message: 'the disk is on fire' } });
    const server = run('fake-server.ts', ['start', '--data-dir', dataDir, '--set', 'restart.backoffMs=0']);
    await untilStatus(({ state, supervisor }) => state === 'stopped' && supervisor !== null);
    const givenUp = await status();
    expect(givenUp).toMatchObject({
      exitCode: 4,
      core: { lastDeath: { cause: 'exited', exitCode: 30, reason: 'the disk is on fire' } },
    });
    expect(givenUp.core.lastDeath?.stderrTail).toContain('fake core: the disk is on fire');
    expect(coreStarts()).toHaveLength(6);
    expect(coreStarts().at(-1)).toContain('--safe-mode');
    expect(readFileSync(join(dataDir, 'logs', 'supervisor.log'), 'utf8')).toContain('core.given-up');
    const restarted = await masalaServer('restart');
    expect(restarted).toMatchObject({ code: 4, out: '' });
    expect(restarted.err).toContain('did not come up');
    expect(restarted.err).toContain('the disk is on fire');
    expect(restarted.err).toContain('What to do:');
    script({});
    expect(await masalaServer('restart')).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject({ state: 'running', exitCode: 0 });
    await masalaServer('stop');
    expect((await server.ended).code).toBe(0);
  });

  test.each(['PORT_TAKEN', 'DATABASE_FROM_FUTURE', 'DATA_DIRECTORY_NOT_WRITABLE'] as const)(
    'a core that ends with %s is not started again: start says why',
    async (name) => {
      script({ exit: { code: exitCodes[name].code, reason: name, message: 'what the core found' } });
      const { code, err } = await run('fake-server.ts', ['start', '--data-dir', dataDir]).ended;
      expect(code).toBe(exitCodes[name].code);
      expect(err).toContain(exitCodes[name].meaning);
      expect(err).toContain('what the core found');
      expect(err).toContain('What to do:');
      expect(coreStarts()).toHaveLength(1);
    },
  );

  test('invalid settings are all listed, with the nearest name, before anything is started', async () => {
    writeFileSync(
      join(dataDir, 'settings.json'),
      JSON.stringify({ 'server.prot': 1, 'server.port': 70_000 }),
    );
    const args = ['start', '--data-dir', dataDir, '--set', 'restart.budget=many'];
    const { code, err } = await run('fake-server.ts', args).ended;
    expect(code).toBe(exitCodes.SETTINGS_INVALID.code);
    expect(err).toContain('did you mean "server.port"');
    expect(err).toContain('0 to 65535');
    expect(err).toContain('restart.budget');
    expect(err.split('\n').filter((line) => /settings\.json:|--set:/.test(line))).toHaveLength(3);
  });

  test('a wrong command line exits with 2 and says what is possible', async () => {
    expect((await masalaServer('start', '--port', 'x')).code).toBe(2);
    expect((await masalaServer('nonsense')).code).toBe(2);
    expect(await run('fake-server.ts', ['status', '--data-dir', '']).ended).toMatchObject({ code: 2 });
    expect(await run('fake-server.ts', ['--help']).ended).toMatchObject({ code: 0 });
  });

  test('a wrong setting is told to a person, not to a program', async () => {
    const { code, err } = await masalaServer('settings', 'set', 'log.level', 'LOUD');
    expect(code).toBe(exitCodes.SETTINGS_INVALID.code);
    expect(err).toContain('must be debug, info, warn or error');
    expect(err).not.toContain('data.problems');
  });

  test('a killed supervisor: the core serves on, a new start adopts it and stops it in order', async () => {
    const server = await startServer();
    const { core } = await askStatus();
    server.child.kill('SIGKILL');
    await server.ended;
    const alone = await status();
    expect(alone).toMatchObject({ state: 'running', supervisor: null, core: { pid: core.pid }, exitCode: 0 });
    expect((await masalaServer('status')).out).toContain('unsupervised');
    expect((await masalaServer('pair', '--json')).code).toBe(0);
    const second = await startServer();
    expect(await status()).toMatchObject({
      supervisor: { pid: second.child.pid },
      core: { pid: core.pid, restarts: 0 },
    });
    process.kill(core.pid ?? 0, 'SIGKILL');
    const healed = await untilStatus(
      ({ state, core: { restarts } }) => state === 'running' && restarts === 1,
    );
    expect(healed.core.lastDeath).not.toBeNull();
    await masalaServer('stop');
    expect((await second.ended).code).toBe(0);
    expect(coreStarts()).toHaveLength(2);
  });

  test('a supervisor that begins while a core is still starting adopts it as soon as it answers', async () => {
    script({ listenOnce: 'ready' });
    const first = run('fake-server.ts', ['start', '--data-dir', dataDir]);
    const lock = join(dataDir, 'fake-core.lock');
    while (!existsSync(lock) || readFileSync(lock, 'utf8') === '') await sleep(10);
    const core = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number };
    remember(core.pid);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = run('fake-server.ts', ['start', '--data-dir', dataDir]);
    while (coreStarts().length < 2) await sleep(10);
    writeFileSync(join(dataDir, 'ready'), '');
    await untilServes(second);
    expect((await askStatus()).core).toMatchObject({ pid: core.pid, restarts: 0, lastDeath: null });
    // The second core was started in vain: it waited for the directory, and is gone without having been a death.
    const log = readFileSync(join(dataDir, 'logs', 'supervisor.log'), 'utf8');
    expect(log).toContain('core.adopted');
    expect(log).not.toContain('core.died');
    const spare = /"event":"core.spawned".*?"corePid":(\d+)/g;
    const spawned = [...log.matchAll(spare)].map(([, pid]) => Number(pid));
    expect(spawned).toEqual([core.pid, expect.any(Number)]);
    while (processStartOf(spawned[1] ?? 0) !== null) await sleep(20);
    await masalaServer('stop');
    expect((await second.ended).code).toBe(0);
  });

  test('a core that hangs when it is adopted is killed and followed by another', async () => {
    const server = await startServer();
    const { core } = await askStatus();
    server.child.kill('SIGKILL');
    await server.ended;
    process.kill(core.pid ?? 0, 'SIGSTOP');
    const second = await startServer();
    expect((await askStatus()).core).toMatchObject({ restarts: 1, lastDeath: { cause: 'hung' } });
    await masalaServer('stop');
    expect((await second.ended).code).toBe(0);
  });

  test('stop where nothing runs says that nothing is to be done', async () => {
    const { code, err } = await masalaServer('stop');
    expect(code).toBe(3);
    expect(err).toContain('Nothing is to be done');
    expect(err).not.toContain('masala-server start');
  });

  test('stop works without a supervisor, and nobody revives what is wanted stopped', async () => {
    const server = await startServer();
    const { core } = await askStatus();
    const processStart = processStartOf(core.pid ?? 0);
    server.child.kill('SIGKILL');
    await server.ended;
    const { code, out } = await masalaServer('stop');
    expect(code).toBe(0);
    expect(out).toContain('unsupervised');
    await untilGone(core.pid, processStart);
    expect((await run('fake-revival.ts', [dataDir]).ended).code).toBe(0);
    expect(await status()).toMatchObject({ exitCode: 3 });
  });

  test('a revived supervisor has the flags of the start, and keeps the record of deaths', async () => {
    const server = await startServer('log.level=debug');
    const { core } = await askStatus();
    server.child.kill('SIGKILL');
    await server.ended;
    const revived = run('fake-revival.ts', [dataDir]);
    await untilServes(revived);
    expect(readRunFile(dataDir, 'wanted.json')?.supervisorStarts).toHaveLength(2);
    process.kill(core.pid ?? 0, 'SIGKILL');
    await untilStatus(({ state, core: { restarts } }) => state === 'running' && restarts === 1);
    expect(coreStarts()).toHaveLength(2);
    expect(coreStarts()[1]).toEqual(coreStarts()[0]);
    await masalaServer('stop');
    expect((await revived.ended).code).toBe(0);
  });

  test('a core that ignores the stop is forced in the end, at the latest by the third signal', async () => {
    script({ ignoreStop: true });
    const server = await startServer();
    for (let presses = 0; presses < 3; presses++) {
      server.child.kill('SIGINT');
      await sleep(400); // presses that follow at once count as one
    }
    const { code, out } = await server.ended;
    expect(code).toBe(0);
    expect(out).toContain('Forced');
    expect(readRunFile(dataDir, 'wanted.json')?.lastDeath).toMatchObject({ cause: 'stop-timeout' });
  });

  test('a core that ignores the stop is killed after both graces', async () => {
    script({ ignoreStop: true });
    const server = await startServer('stop.graceMs=100');
    const { code, out } = await masalaServer('stop');
    expect(code).toBe(0);
    expect(out).toContain('forced');
    expect((await server.ended).code).toBe(0);
  });

  test('without its lock file the supervisor ends and the core serves on', async () => {
    const server = await startServer();
    rmSync(join(dataDir, 'run', 'supervisor.lock'));
    expect((await server.ended).code).toBe(exitCodes.LOCK_LOST.code);
    expect(await status()).toMatchObject({ state: 'running', supervisor: null });
    await masalaServer('stop');
  });

  test.each(['lock', 'sock'])(
    'a core that leaves after the %s file vanished is started again first: somebody stays',
    async (file) => {
      const server = await startServer();
      const before = (await askStatus()).core.pid ?? 0;
      rmSync(join(dataDir, 'run', `supervisor.${file}`));
      const log = join(dataDir, 'logs', 'supervisor.log');
      while (!readFileSync(log, 'utf8').includes('supervisor.lock.lost')) await sleep(20);
      process.kill(before, 'SIGKILL'); // as a core does whose lock is gone, too
      expect((await server.ended).code).toBe(exitCodes.LOCK_LOST.code);
      const after = await untilStatus(({ state }) => state === 'running');
      expect(after.core.pid).not.toBe(before);
      await masalaServer('stop');
    },
  );

  test('a closed terminal hurts nobody', async () => {
    const server = await startServer();
    server.child.stdout?.destroy();
    server.child.stderr?.destroy();
    const { core } = await askStatus();
    process.kill(core.pid ?? 0, 'SIGKILL');
    await untilStatus(({ state, core: { restarts } }) => state === 'running' && restarts === 1);
    expect((await masalaServer('stop')).code).toBe(0);
    expect((await server.ended).code).toBe(0);
  });

  test('who cannot prove the token is refused, and told so', async () => {
    const server = await startServer();
    const tokenPath = join(dataDir, 'run', 'control.token');
    const token = readFileSync(tokenPath);
    writeFileSync(tokenPath, Buffer.alloc(32));
    const { code, err } = await masalaServer('stop');
    expect(code).toBe(1);
    expect(err).toContain('could not prove');
    writeFileSync(tokenPath, token);
    expect((await masalaServer('stop')).code).toBe(0);
    expect((await server.ended).code).toBe(0);
  });

  test('a process that has got the pid of a dead core is left alone', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
    remember(stranger.pid);
    const pid = stranger.pid ?? 0;
    const control = join(dataDir, 'run', 'core.sock');
    writeRunFile(dataDir, 'core.json', { pid, startedAt: 1, processStart: 'another-boot:1', control });
    const server = await startServer();
    await masalaServer('stop');
    await server.ended;
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    stranger.kill('SIGKILL');
  });
});

test('a data directory that cannot be made is told, with its own exit code', async () => {
  writeFileSync(join(dataDir, 'a-file'), '');
  const impossible = join(dataDir, 'a-file', 'data');
  const { code, err } = await run('fake-server.ts', ['start', '--data-dir', impossible]).ended;
  expect(code).toBe(exitCodes.DATA_DIRECTORY_NOT_WRITABLE.code);
  expect(err).toContain(impossible);
  expect(err).toContain('What to do:');
});
