// Stop and restart at a real terminal, while clients are connected: asked, answered, or told beforehand.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClientTold } from '@masala/protocol/control';
import { describeIf, linux, program } from '../../../../build/testing/requires.ts';
import { until } from '../../../../build/torture/waiting.ts';
import {
  askStatus,
  dataDir,
  masalaServer,
  remember,
  script,
  startServer,
} from '../fixtures/server-under-test.ts';

/** The command in a terminal of its own, made by util-linux's `script`; what is typed comes from `child.stdin`. */
function atTerminal(...args: string[]) {
  const fake = join(import.meta.dirname, '../fixtures/fake-server.ts');
  const words = [process.execPath, fake, ...args, '--data-dir', dataDir];
  const line = words.map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  remember(child.pid);
  const seen = { text: '' };
  child.stdout?.on('data', (chunk) => {
    seen.text += String(chunk);
  });
  const ended = once(child, 'close').then(([code]) => code as number);
  return { child, seen, ended };
}

function clientTold(number: number): ClientTold {
  return {
    deviceId: `device-${number}`,
    device: `Desk ${number}`,
    role: 'office',
    program: 'test',
    address: '127.0.0.1',
    since: 1,
    lastSaveAt: null,
    saves: 0,
  };
}

const QUESTION = '4 clients are connected. Are you sure? [y/N]';

describeIf([linux, program('script', '--version')], 'with four clients', () => {
  beforeEach(() => script({ clients: [1, 2, 3, 4].map(clientTold) }));

  async function answered(command: string, answer: string) {
    const { child, seen, ended } = atTerminal(command);
    await until(
      () => `the question; shown: ${seen.text}`,
      () => (seen.text.includes(QUESTION) ? true : undefined),
    );
    child.stdin?.write(`${answer}\n`);
    return { code: await ended, text: seen.text };
  }

  test('Enter is no: the server runs on, whether stop or restart; yes stops it', async () => {
    const server = await startServer();
    const before = await askStatus();
    for (const command of ['stop', 'restart']) {
      const refused = await answered(command, '');
      expect(refused.code).toBe(1);
      expect(refused.text).toContain('The server runs on.');
    }
    expect((await askStatus()).core.pid).toBe(before.core.pid);
    const agreed = await answered('stop', 'y');
    expect(agreed.code).toBe(0);
    expect(agreed.text).toContain('Stopped.');
    expect((await server.ended).code).toBe(0);
  });

  test('--yes is not asked, and shows how the stop goes on', async () => {
    const server = await startServer();
    const { seen, ended } = atTerminal('stop', '--yes');
    expect(await ended).toBe(0);
    expect(seen.text).not.toContain('Are you sure');
    expect(seen.text).toMatch(/Stopping: .*; forced in \d+ s/);
    expect((await server.ended).code).toBe(0);
  });

  test('a script is not asked', async () => {
    const server = await startServer();
    expect(await masalaServer('restart')).toMatchObject({ code: 0 });
    expect(await masalaServer('stop')).toMatchObject({ code: 0, err: '' });
    expect((await server.ended).code).toBe(0);
  });
});
