// The web host on a disk that is full to the last byte: the dashboard is what shows that to somebody.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type ControlConnection,
  connectControl,
  controlToken,
  type DashboardControl,
  dashboardControl,
  endpointToCall,
  keepSpaceReserve,
  runFolder,
} from '@masala/protocol/control';
import { describeOnSmallFileSystem, SmallFileSystem } from '../../../../build/testing/small-file-system.ts';

describeOnSmallFileSystem(import.meta.filename, 'the web host on a full disk', () => {
  let folder: string;
  let disk: SmallFileSystem;
  let host: ChildProcess;
  let connection: ControlConnection<DashboardControl> | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masala-host-full-'));
    disk = new SmallFileSystem(join(folder, 'disk'), 8);
    mkdirSync(runFolder(disk.path));
    controlToken(disk.path);
    keepSpaceReserve(runFolder(disk.path));
    mkdirSync(join(folder, 'page'));
    writeFileSync(join(folder, 'page/index.html'), '');
  });

  afterEach(async () => {
    connection?.close();
    if (host.exitCode === null && host.signalCode === null) {
      host.kill('SIGKILL');
      await once(host, 'exit');
    }
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** To the last byte of the log's own last block, too. */
  function fill(): void {
    disk.fill();
    expect(() => {
      for (;;) appendFileSync(join(disk.path, 'stderr.log'), '\n');
    }).toThrow('ENOSPC');
  }

  function start(): void {
    const stderr = openSync(join(disk.path, 'stderr.log'), 'a');
    fill();
    const main = join(import.meta.dirname, 'main.ts');
    const args = ['--disable-warning=ExperimentalWarning', main, '--data-dir', disk.path];
    host = spawn(process.execPath, [...args, '--page-folder', join(folder, 'page')], {
      stdio: ['ignore', 'ignore', stderr],
    });
    closeSync(stderr);
  }

  async function connected(): Promise<ControlConnection<DashboardControl>> {
    const token = controlToken(disk.path);
    while (host.exitCode === null) {
      const endpoint = endpointToCall(disk.path, dashboardControl);
      const found = await connectControl({ endpoint, token }).catch(() => null);
      if (found !== null) return found;
      await pause(20);
    }
    throw new Error(`the host ended with ${host.exitCode}`);
  }

  test('it starts, lets a page sign in, and lives on when its log takes no line', async () => {
    start();
    connection = await connected();
    fill();
    const { page } = await connection.call('open', {});
    const content = readFileSync(page ?? '', 'utf8');
    expect(content).toContain('name="token"');
    // A request of another site is refused, which is worth a line.
    fill();
    const origin = /action="(http:[^"]+)\/sign-in"/.exec(content)?.[1] ?? '';
    const [response] = await once(get(origin, { headers: { host: 'evil.test' }, agent: false }), 'response');
    expect(response.statusCode).toBe(403);
    response.resume();
    expect((await connection.call('open', {})).pid).toBe(host.pid);
    const ended = once(host, 'exit');
    await connection.call('close', {});
    expect(await ended).toEqual([0, null]);
  });
});
