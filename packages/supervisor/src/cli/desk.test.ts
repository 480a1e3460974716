// The admin's desk by command line and by control channel: settings, lives, clients, and the conditions that are told.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientTold, Life, RestorePointTold, ServerStatus, SettingTold } from '@masala/protocol/control';
import {
  connectControl,
  endpointToCall,
  readControlToken,
  supervisorControl,
} from '@masala/protocol/control';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import {
  askStatus,
  dataDir,
  masalaServer,
  remember,
  run,
  script,
  startServer,
  status,
  untilServes,
  untilStatus,
} from '../fixtures/server-under-test.ts';

const client: ClientTold = {
  ...{ deviceId: 'd', device: 'Gate', role: 'office', program: 'masala 1', address: '10.0.0.7' },
  ...{ since: Date.UTC(2026, 10, 21), lastSaveAt: null, saves: 0 },
};

const backup: RestorePointTold = {
  ...{ id: '20261121-080000-manual', kind: 'manual', place: 'data', path: '/backups/a.db.zst', madeAt: 1 },
  ...{ bytes: 1, databaseBytes: 1, documents: 1, commands: 1, epoch: 'epoch-1', lastSequence: 1 },
  ...{ lastCommandAt: 1, state: 'verified', problem: null },
};

async function connectSupervisor() {
  const token = readControlToken(dataDir) ?? new Uint8Array();
  return await connectControl({ endpoint: endpointToCall(dataDir, supervisorControl), token });
}

async function settingNamed(name: string): Promise<SettingTold | undefined> {
  const { out } = await masalaServer('settings', '--json');
  return (JSON.parse(out) as SettingTold[]).find((setting) => setting.name === name);
}

describeIf(linux, 'the desk', () => {
  test('settings are changed while the server stands, and while it runs', async () => {
    const set = await masalaServer('settings', 'set', 'server.name', 'Hall 1', '--json');
    expect(JSON.parse(set.out)).toEqual({ name: 'server.name', value: 'Hall 1', needsRestart: true });
    await startServer();
    expect(await status()).toMatchObject({ name: 'Hall 1' });
    const again = await masalaServer('settings', 'set', 'server.name', 'Hall 2');
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('masala-server restart');
    expect(await settingNamed('server.name')).toMatchObject({ value: 'Hall 1', stored: 'Hall 2' });
    expect((await masalaServer('settings')).out).toContain('"Hall 2" after a restart');
    expect(await masalaServer('restart')).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject({ name: 'Hall 2' });
    expect((await masalaServer('settings', 'set', 'watchdog.hangTimeoutMs', '5000')).out).toContain('wins');

    const wrong = await masalaServer('settings', 'set', 'server.prot', '1', '--json');
    expect(wrong.code).toBe(20);
    expect(JSON.parse(wrong.out)).toMatchObject({ error: { code: 'SETTINGS_INVALID' } });
    expect(wrong.out).toContain('server.port');
    expect((await masalaServer('settings', 'unset', 'server.name')).out).toContain('its default is');
    expect(await settingNamed('server.name')).toMatchObject({ value: 'Hall 2', stored: null });
  });

  test('while the supervisor stands still, the settings are those of the core', async () => {
    const server = await startServer('server.port=0');
    server.child.kill('SIGSTOP');
    const { out, err } = await masalaServer('settings', '--json');
    const rows = JSON.parse(out) as SettingTold[];
    const { port } = await askStatus();
    expect(rows.find(({ name }) => name === 'server.port')).toMatchObject({ value: port, source: 'flag' });
    expect(err).toContain('the core was asked');
    server.child.kill('SIGCONT');
    expect(await masalaServer('stop')).toMatchObject({ code: 0 });
  });

  test('what a silent core does not answer is told with its silence', async () => {
    // Suspect after 10 s, and 5 s more for a busy machine to ask.
    await startServer('watchdog.hangTimeoutMs=15000');
    const { core } = await askStatus();
    process.kill(core.pid ?? 0, 'SIGSTOP');
    await untilStatus(({ core: { suspectSince } }) => suspectSince !== null);
    const { code, err } = await masalaServer('clients');
    process.kill(core.pid ?? 0, 'SIGCONT');
    expect(code).toBe(6);
    expect(err).toContain('The core has not answered since');
  });

  test('a running server is not restarted into invalid settings, and those can be mended', async () => {
    const server = await startServer();
    const { core } = await askStatus();
    writeFileSync(join(dataDir, 'settings.json'), '{ "server.nmae": "x" }');
    const refused = await masalaServer('restart');
    expect(refused.code).toBe(20);
    expect(refused.err).toContain('server.name');
    expect((await askStatus()).core.pid).toBe(core.pid);
    expect(await masalaServer('settings', 'unset', 'server.nmae')).toMatchObject({ code: 0 });
    expect(await masalaServer('restart')).toMatchObject({ code: 0 });
    expect((await askStatus()).supervisor?.pid).toBe(server.child.pid);
  });

  test('lives outlive the supervisor; an adopted core goes on with its own', async () => {
    const first = await startServer('supervisor.revivedByService=true');
    const { core } = await askStatus();
    first.child.kill('SIGKILL');
    await first.ended;
    const second = run('fake-server.ts', ['start', '--data-dir', dataDir, '--no-tray']);
    await untilServes(second);
    const lives = async () => JSON.parse((await masalaServer('lives', '--json')).out) as Life[];
    expect(await lives()).toMatchObject([{ pid: core.pid, endedAt: null, cause: null }]);
    process.kill(core.pid ?? 0, 'SIGKILL');
    await untilStatus(({ state, core: { restarts } }) => state === 'running' && restarts === 1);
    expect(await masalaServer('stop')).toMatchObject({ code: 0 });
    const [next, dead] = await lives();
    expect(dead).toMatchObject({ pid: core.pid, cause: 'unknown', endedAt: expect.any(Number) });
    expect(next).toMatchObject({ cause: 'stopped', servedAt: expect.any(Number) });
    expect((await masalaServer('lives')).out).toContain('stopped');
    // A damaged file begins the list anew, and nothing else.
    writeFileSync(join(dataDir, 'lives.json'), '{');
    await startServer();
    expect(await lives()).toHaveLength(1);
    expect(readFileSync(join(dataDir, 'logs', 'supervisor.log'), 'utf8')).toContain(
      'supervisor.lives.unread',
    );
  });

  test('who watches is told of a silent core and of a stop that drains; nothing is told twice', async () => {
    script({ ignoreStop: true, queueDepth: 3, clients: [client] });
    // Suspect after 10 s, and 5 s more for a busy machine to let it go on.
    await startServer('stop.graceMs=2000', 'watchdog.hangTimeoutMs=15000');
    const connection = await connectSupervisor();
    const told: ServerStatus[] = [await connection.call('watch', {})];
    connection.onEvent('status.changed', (present) => {
      told.push(present);
      if (present.core.suspectSince !== null) process.kill(Number(present.core.pid), 'SIGCONT');
    });
    const { core } = await untilStatus(({ clients }) => clients === 1);
    process.kill(core.pid ?? 0, 'SIGSTOP');
    const isSuspect = (present: ServerStatus) => present.core.suspectSince !== null;
    await untilStatus((present) => told.some(isSuspect) && !isSuspect(present));
    expect(told.find(isSuspect)?.core.suspectSince).toBeLessThan(Date.now());
    expect((await askStatus()).core.pid).toBe(core.pid);
    expect((await masalaServer('clients')).out).toContain('Gate');

    const stopped = connection.call('stop', {}, 60_000);
    const { stopping } = await untilStatus((present) => present.stopping?.pending === 3);
    expect(stopping?.forcedAt).toBe((stopping?.since ?? 0) + 4_000);
    expect((await masalaServer('status')).out).toContain('3 commands pending');
    expect(await stopped).toEqual({ forced: true });
    expect(told.some((present) => present.stopping?.pending === 3)).toBe(true);
    for (const [index, present] of told.entries()) expect(present).not.toEqual(told[index - 1]);
    connection.close();
  });

  test('who asks for a backup hears how far it is, and nothing of those of others', async () => {
    script({ backups: { points: [backup], unreachable: [], journal: null } });
    await startServer();
    const callers = await Promise.all(
      ['mine', 'theirs', undefined].map(async (workId) => {
        const connection = await connectSupervisor();
        const heard: string[] = [];
        connection.onEvent('work.progress', ({ id }) => heard.push(id));
        return { connection, heard, params: workId === undefined ? {} : { workId } };
      }),
    );
    await Promise.all(callers.map(({ connection, params }) => connection.call('backup.now', params)));
    for (const { connection } of callers) connection.close();
    const [mine, theirs, nameless] = callers.map(({ heard }) => heard);
    expect([mine, theirs]).toEqual([
      ['mine', 'mine'],
      ['theirs', 'theirs'],
    ]);
    expect(new Set(nameless).size).toBe(1);
    expect(nameless).toHaveLength(2);
  });

  test('safe mode is told in words', async () => {
    const exit = { code: 70, reason: 'FAULT', message: 'planted' };
    script({ exit, livesInSafeMode: true });
    const server = run('fake-server.ts', [
      ...['start', '--data-dir', dataDir, '--no-tray', '--set', 'restart.backoffMs=0'],
    ]);
    await untilServes(server);
    expect(await status()).toMatchObject({ core: { safeMode: true } });
    expect((await masalaServer('status')).out).toContain('Safe mode');
  });

  test('a changed setting reaches the real core with the restart', async () => {
    const flags = ['--host', '127.0.0.1', '--port', '0', '--discovery-port', '0', '--no-tray'];
    const server = run('real-server.ts', ['start', '--data-dir', dataDir, ...flags]);
    await untilServes(server);
    const connection = await connectSupervisor();
    expect(await connection.call('disks.read', {})).toMatchObject({ lowBytes: 500 * 2 ** 20 });
    const changes = [{ name: 'disk.lowBytes', value: 2 ** 30 }];
    expect(await connection.call('settings.set', { changes })).toEqual({ needsRestart: true });
    expect(await connection.call('disks.read', {})).toMatchObject({ lowBytes: 500 * 2 ** 20 });
    remember((await connection.call('restart', {}, 60_000)).pid ?? undefined);
    expect(await connection.call('disks.read', {})).toMatchObject({ lowBytes: 2 ** 30 });
    const { port } = await askStatus();
    const { settings } = await connection.call('settings.list', {});
    expect(settings.find(({ name }) => name === 'server.port')).toMatchObject({
      value: port,
      source: 'flag',
    });
    await connection.call('stop', {}, 60_000);
    connection.close();
  });
});
