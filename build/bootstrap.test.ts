// The bootstrap in a small folder laid out like a clone, with real processes; only npm is a stand-in, so that an
// install can fail, be killed and be counted.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const npmStandIn = `
  const fs = require('node:fs'), path = require('node:path');
  const root = process.cwd(), own = path.join(root, 'node_modules', 'node-${process.platform}-${process.arch}');
  fs.appendFileSync(path.join(root, 'npm-calls'), process.argv.slice(2).join(' ') + '\\n');
  fs.rmSync(path.join(root, 'node_modules'), { recursive: true, force: true });
  fs.mkdirSync(own, { recursive: true });
  if (fs.existsSync(path.join(root, 'npm-hangs'))) { console.log('hanging'); setInterval(() => {}, 1000); return; }
  if (fs.existsSync(path.join(root, 'npm-fails'))) process.exit(9);
  fs.writeFileSync(path.join(own, 'package.json'), JSON.stringify({ bin: { node: 'node' } }));
  fs.symlinkSync(process.execPath, path.join(own, 'node'));
`;

let root: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masala-bootstrap-'));
  mkdirSync(join(root, 'build'));
  cpSync(join(import.meta.dirname, 'bootstrap.mjs'), join(root, 'build/bootstrap.mjs'));
  writeFileSync(join(root, 'npm.js'), npmStandIn);
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }));
  writeProgram(`console.log('arguments', JSON.stringify(process.argv.slice(2)));`);
  writePageBuild('');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true });
});

/** What `start` runs, instead of the server. */
function writeProgram(source: string): void {
  mkdirSync(join(root, 'packages/supervisor/src/cli'), { recursive: true });
  writeFileSync(join(root, 'packages/supervisor/src/cli/masala-server.ts'), source);
}

/** What builds the page before a start, instead of Vite. */
function writePageBuild(source: string): void {
  mkdirSync(join(root, 'build/ui'), { recursive: true });
  writeFileSync(join(root, 'build/ui/build-page.ts'), source);
}

/** Starts a process and gathers what it says. */
function follow(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const npm = { npm_execpath: join(root, 'npm.js'), npm_node_execpath: process.execPath };
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...npm, ...environment },
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const closed = once(child, 'close');
  return {
    child,
    /** Resolves when the output contains the word. */
    async says(word: string): Promise<void> {
      while (!text.includes(word)) {
        if (child.exitCode !== null) throw new Error(`ended without saying ${word}: ${text}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed]);
      }
    },
    async ended() {
      const [code, signal] = await closed;
      return { code, signal, text };
    },
  };
}

const begin = (...args: string[]) => follow(process.execPath, [join(root, 'build/bootstrap.mjs'), ...args]);

const start = (...args: string[]) => begin('start', ...args).ended();

function npmCalls(): string[] {
  const path = join(root, 'npm-calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

describe('the install', () => {
  test('is made once, brings the development packages and our Node, and is followed by the program', async () => {
    const first = await start('--port', '0');
    expect(first).toMatchObject({ code: 0 });
    expect(first.text).toContain('arguments ["start","--port","0"]');
    expect(npmCalls()).toEqual([expect.stringMatching(/^ci --include=dev --include=optional/)]);
    expect((await start()).text).not.toContain('installing');
    expect(npmCalls()).toHaveLength(1);
  });

  test('is made anew when the lockfile changed', async () => {
    await start();
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({ packages: { '': {}, 'node_modules/a': {} } }),
    );
    await start();
    expect(npmCalls()).toHaveLength(2);
  });

  test('that fails ends with a clear word and code 1, starts nothing, and is made anew', async () => {
    await start();
    writeFileSync(join(root, 'npm-fails'), '');
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: {} }));
    const failed = await start();
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.text).toContain('npm ci ended with 9');
    expect(failed.text).not.toContain('arguments');
    rmSync(join(root, 'npm-fails'));
    expect(await start()).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(3);
  });

  test('that was killed half-way is made anew', async () => {
    writeFileSync(join(root, 'npm-hangs'), '');
    const hanging = begin('start');
    await hanging.says('hanging');
    hanging.child.kill('SIGTERM');
    expect(await hanging.ended()).toMatchObject({ code: 1 });
    rmSync(join(root, 'npm-hangs'));
    expect(await start()).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(2);
  });

  test('is made by one of two terminals while the other waits', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(npmCalls()).toHaveLength(1);
  });

  test('is not held up by the lock of a terminal that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    writeFileSync(join(root, '.masala-installing'), String(gone.pid));
    expect(await start()).toMatchObject({ code: 0 });
  });
});

describe("the dashboard's page", () => {
  test('is built before the server starts, and by none of the other words', async () => {
    writePageBuild(`console.log('page built');`);
    expect((await start()).text).toMatch(/page built\narguments/);
    writeFileSync(join(root, 'build/check.ts'), `console.log('checked');`);
    expect((await begin('check').ended()).text).not.toContain('page built');
  });

  test('that cannot be built holds up no server', async () => {
    writePageBuild('process.exitCode = 1;');
    const started = await start();
    expect(started).toMatchObject({ code: 0, text: expect.stringContaining('arguments ["start"]') });
    expect(started.text).toContain('page could not be built');
  });

  test('whose build was told to end starts no server', async () => {
    writePageBuild(`process.kill(process.pid, 'SIGTERM');`);
    const ended = await start();
    expect(ended).toMatchObject({ code: 143 });
    expect(ended.text).not.toContain('arguments');
  });
});

describe('the program', () => {
  test('gives its exit code', async () => {
    writeProgram('process.exitCode = 5;');
    expect(await start()).toMatchObject({ code: 5, signal: null });
  });

  test('that a signal ended gives 128 and its number, as in a shell', async () => {
    writeProgram(`process.kill(process.pid, 'SIGKILL');`);
    expect(await start()).toMatchObject({ code: 137, signal: null });
  });

  test('finds our Node as plain `node`', async () => {
    writeProgram(`console.log('first on the PATH:', process.env.PATH?.split(':')[0]);`);
    expect((await start()).text).toContain(`first on the PATH: ${join(root, 'node_modules')}`);
  });

  const endsInOrder = (signal: NodeJS.Signals) => `
    const alive = setInterval(() => {}, 1000);
    process.once('${signal}', async () => {
      clearInterval(alive);
      await new Promise((done) => setTimeout(done, 100));
      console.log('ended in order');
      process.exitCode = 7;
    });
    console.log('ready');
  `;

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is asked by %s to end, and waited for',
    async (signal) => {
      writeProgram(endsInOrder(signal));
      const running = begin('start');
      await running.says('ready');
      running.child.kill(signal);
      const end = await running.ended();
      expect(end).toMatchObject({ code: 7, signal: null });
      expect(end.text).toContain('ended in order');
    },
  );

  test('is asked to end when the shell that npm put between dies of the signal', async () => {
    writeProgram(endsInOrder('SIGTERM'));
    // Two commands, so that no shell replaces itself by the last one.
    const running = follow(
      'sh',
      ['-c', `"${process.execPath}" "${join(root, 'build/bootstrap.mjs')}" start; true`],
      {
        npm_lifecycle_event: 'start',
      },
    );
    await running.says('ready');
    running.child.kill('SIGTERM');
    // The output closes when the last process that holds it is gone.
    expect(await running.ended()).toMatchObject({
      signal: 'SIGTERM',
      text: expect.stringContaining('ended in order'),
    });
  });
});

test('an unknown word is answered with the usage', async () => {
  const answer = await begin('fly').ended();
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.text).toContain('usage: bootstrap.mjs start | check | build:ui | test');
});
