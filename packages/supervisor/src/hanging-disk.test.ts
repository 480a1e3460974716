// A disk that hangs under a running server: a pipe in the place of a file, which nobody opens at its other end, keeps whoever
// opens it waiting. The supervisor answers, watches and starts its core again all the same.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { readRunFile } from '@masala/protocol/control';
import { describeIf, linux } from '../../../build/testing/requires.ts';
import { until } from '../../../build/torture/waiting.ts';
import { askStatus, dataDir, masalaServer, startServer } from './fixtures/server-under-test.ts';

/** The supervisor's patience with a disk, several times, and the machine may be busy. */
const TIMEOUT_MS = 120_000;

function hang(...path: string[]): string {
  const file = join(dataDir, ...path);
  rmSync(file, { force: true });
  expect(spawnSync('mkfifo', [file]).status).toBe(0);
  return file;
}

function untilLogged(event: string): Promise<true> {
  const path = join(dataDir, 'logs', 'supervisor.log');
  return until(event, () => readFileSync(path, 'utf8').includes(`"event":"${event}"`) || undefined);
}

describeIf(linux, 'while the disk hangs, the supervisor', () => {
  test(
    'tells how it is, starts a killed core again, and writes down what it could not once the disk answers',
    async () => {
      const server = await startServer();
      const { core } = await askStatus();
      const file = hang('run', 'exit-reason.json');
      process.kill(Number(core.pid), 'SIGKILL');
      // It waits for the last words of its core, and answers meanwhile.
      expect((await askStatus()).supervisor?.pid).toBe(server.child.pid);
      await untilLogged('supervisor.disk.silent');
      const healed = await until('the next core', async () => {
        const status = await askStatus();
        return status.state === 'running' && status.core.pid !== core.pid ? status : undefined;
      });
      expect(healed.core).toMatchObject({ restarts: 1, lastDeath: { cause: 'killed', reason: null } });
      expect(readRunFile(dataDir, 'wanted.json')?.lastDeath).toBeNull();
      const other = await open(file, 'w');
      rmSync(file);
      await other.close();
      await untilLogged('supervisor.disk.answered');
      await until(
        'the death in wanted.json',
        () => readRunFile(dataDir, 'wanted.json')?.lastDeath ?? undefined,
      );
      expect(await masalaServer('stop')).toMatchObject({ code: 0 });
      expect((await server.ended).code).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'lists the settings that are in force, and refuses to change them',
    async () => {
      const server = await startServer();
      const file = hang('settings.json');
      const listed = masalaServer('settings', 'list', '--json');
      expect((await askStatus()).state).toBe('running');
      const { code, out } = await listed;
      expect(code).toBe(0);
      expect(JSON.parse(out)).toContainEqual(
        expect.objectContaining({ name: 'restart.backoffMs', value: 20, stored: null }),
      );
      const refused = await masalaServer('settings', 'set', 'server.name', 'Hall 1');
      expect(refused.code).not.toBe(0);
      expect(refused.err).toContain('the disk does not answer');
      const other = await open(file, 'w');
      rmSync(file);
      await other.close();
      await untilLogged('supervisor.disk.answered');
      expect(await masalaServer('settings', 'set', 'server.name', 'Hall 1')).toMatchObject({ code: 0 });
      await masalaServer('stop');
      expect((await server.ended).code).toBe(0);
    },
    TIMEOUT_MS,
  );
});
