// A revived supervisor and the real core that it adopts: what is in force is what that core was started with.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingTold } from '@masala/protocol/control';
import { until } from '../../../build/torture/waiting.ts';
import {
  askStatus,
  dataDir,
  masalaServer,
  type Run,
  run,
  untilServes,
} from './fixtures/server-under-test.ts';

/** Two starts of a real server and a restart, on a busy machine. */
const TIMEOUT_MS = 120_000;

async function start(): Promise<Run> {
  const server = run('real-server.ts', [
    ...['start', '--data-dir', dataDir, '--no-tray', '--host', '127.0.0.1', '--port', '0'],
    ...['--discovery-port', '0', '--set', 'supervisor.absenceMs=60000'],
  ]);
  await untilServes(server);
  return server;
}

function writeName(name: string): void {
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ 'server.name': name }));
}

async function nameListed(): Promise<Partial<SettingTold> | undefined> {
  const { out } = await masalaServer('settings', 'list', '--json');
  const { value, stored, source } =
    (JSON.parse(out) as SettingTold[]).find(({ name }) => name === 'server.name') ?? {};
  return { value, stored, source } as Partial<SettingTold>;
}

test(
  'the name of the running core stays in force, though the file says another one, until it is started again',
  async () => {
    writeName('Hall 1');
    const first = await start();
    const { core } = await askStatus();
    first.child.kill('SIGKILL');
    await first.ended;
    writeName('Hall 2');
    const second = await start();
    const adopted = await until('the name that is in force', async () => {
      const status = await askStatus();
      return status.name === 'Hall 1' ? status : undefined;
    });
    expect(adopted.core.pid).toBe(core.pid);
    expect(await nameListed()).toEqual({ value: 'Hall 1', stored: 'Hall 2', source: 'file' });
    expect(await masalaServer('restart')).toMatchObject({ code: 0 });
    expect((await askStatus()).name).toBe('Hall 2');
    expect(await nameListed()).toEqual({ value: 'Hall 2', stored: 'Hall 2', source: 'file' });
    await masalaServer('stop');
    expect((await second.ended).code).toBe(0);
  },
  TIMEOUT_MS,
);
