// The way into a checkout (`npm start`, `npm test`, `npm run check` …): installs what is missing, builds the page before a start, then
// hands over to the program under the Node that the project brings along. Runs on any Node >= 18 and on a fresh clone, so it imports nothing of ours.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampPath = join(root, 'node_modules', '.masala-installed');
const lockPath = join(root, '.masala-installing');

// Older ones lack what npm itself and this file use; everything else runs under our own Node.
const oldestNode = 18;
// Often enough to show that it lives, seldom enough not to fill a log: an install takes about 20 s.
const progressEveryMs = 5_000;
// Another terminal's install takes seconds; a look each half second is felt by nobody.
const lockRetryMs = 500;
// Well under the seconds that whoever ended us waits; a look at a number costs nothing.
const shellWatchMs = 500;

/** What Node is asked to run, by the word after `bootstrap.mjs`. @type {Record<string, string[]>} */
const programs = {
  start: ['packages/supervisor/src/cli/masala-server.ts', 'start'],
  check: ['build/check.ts'],
  'build:ui': ['build/ui/build-page.ts'],
  test: [
    '--disable-warning=ExperimentalWarning',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--rootDir=.',
  ],
};

/** A fault that the person can mend; its message is all that is shown. */
class Refusal extends Error {}

/** @param {string} text */
const say = (text) => process.stderr.write(`masala: ${text}\n`);

/** What an install of this lockfile on this kind of machine leaves behind as its last act. @returns {string} */
function expectedStamp() {
  const lockfileHash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  // With the platform, since a folder may be shared between Windows and Linux, and the binaries are not.
  return `${lockfileHash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

function isInstalled() {
  return existsSync(stampPath) && readFileSync(stampPath, 'utf8') === expectedStamp();
}

/**
 * Runs a program to its end, in this terminal, and passes on the signals that ask it to end; this process waits.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; as shells do, 128 + the signal's number when a signal ended it
 */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    /** @type {Partial<Record<NodeJS.Signals, () => void>>} */
    const forwards = {
      // ^C reaches every process of the terminal, so the child has it already; a second one would mean "at once".
      SIGINT: () => [0, 1, 2].some(isatty) || child.kill('SIGINT'),
      SIGTERM: () => child.kill('SIGTERM'),
      SIGHUP: () => child.kill('SIGHUP'),
    };
    const signals = /** @type {NodeJS.Signals[]} */ (Object.keys(forwards));
    for (const signal of signals) process.on(signal, /** @type {() => void} */ (forwards[signal]));
    // npm hands a signal to the shell between it and us; some shells die of it and tell nobody.
    const shell = process.ppid;
    const shellWatch = setInterval(() => {
      if (process.ppid === shell) return;
      clearInterval(shellWatch);
      child.kill('SIGTERM');
    }, shellWatchMs);
    if (process.env.npm_lifecycle_event === undefined) clearInterval(shellWatch);
    const settle = () => {
      clearInterval(shellWatch);
      for (const signal of signals) process.off(signal, /** @type {() => void} */ (forwards[signal]));
    };
    child.once('error', (error) => {
      settle();
      reject(new Refusal(`${command} could not be started: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(signal === null ? Number(code) : 128 + constants.signals[signal]);
    });
  });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** Lets one terminal install at a time: two of them would delete each other's files. @returns {Promise<void>} */
async function takeInstallLock() {
  let told = false;
  for (;;) {
    try {
      writeFileSync(lockPath, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = existsSync(lockPath) ? Number(readFileSync(lockPath, 'utf8')) : 0;
    if (holder > 0 && !isAlive(holder)) rmSync(lockPath, { force: true });
    else if (!told) say(`waiting: process ${holder} is installing in this folder (${lockPath})`);
    told = true;
    await sleep(lockRetryMs);
  }
}

/** Runs `npm ci` with a sign of life. @throws {Refusal} when it fails */
async function installPackages() {
  const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const count = Object.keys(lockfile.packages).length;
  say(
    `installing the packages that Masala is made of (npm ci, up to ${count}; about 20 s, needs the network)`,
  );
  rmSync(stampPath, { force: true });
  const startedAt = Date.now();
  const progress = setInterval(() => {
    say(`… still installing, ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, progressEveryMs);
  // A setting of the person's (NODE_ENV=production, omit=optional) must not leave out the tests or our Node.
  // Errors only: npm's warnings are about the host's Node, which runs none of these packages.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npmScript = process.env.npm_execpath;
  const code = await (npmScript?.endsWith('.js')
    ? run(process.env.npm_node_execpath ?? process.execPath, [npmScript, ...args])
    : run('npm', args, { shell: process.platform === 'win32' })
  ).finally(() => clearInterval(progress));
  if (code !== 0) {
    throw new Refusal(
      `the packages could not be installed (npm ci ended with ${code}); npm's own words are above.\n` +
        'masala: Is the network there? Run the same command again: it begins the install anew.',
    );
  }
  writeFileSync(stampPath, expectedStamp());
  say(`installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

async function installIfNeeded() {
  if (isInstalled()) return;
  await takeInstallLock();
  try {
    // Another terminal may have done it while this one waited.
    if (!isInstalled()) await installPackages();
  } finally {
    rmSync(lockPath, { force: true });
  }
}

/** The Node that the project brings along for this machine. @returns {string} @throws {Refusal} where it has none */
function ownNode() {
  const folder = join(
    root,
    'node_modules',
    `node-${process.platform.replace('win32', 'win')}-${process.arch}`,
  );
  const manifestPath = join(folder, 'package.json');
  if (!existsSync(manifestPath)) {
    throw new Refusal(
      `Masala brings no Node along for ${process.platform}-${process.arch} (see package.json)`,
    );
  }
  const { bin } = JSON.parse(readFileSync(manifestPath, 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin.node);
}

/**
 * @param {string | undefined} word one of `programs`, or `mark-installed` (npm's after each install, see package.json)
 * @param {string[]} args passed on to the program as they are
 * @returns {Promise<number>} the exit code
 */
async function main(word, args) {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    throw new Refusal(
      `this is Node ${process.versions.node}; Masala needs Node ${oldestNode} or later to begin`,
    );
  }
  if (word === 'mark-installed') {
    writeFileSync(stampPath, expectedStamp());
    return 0;
  }
  const program = word === undefined ? undefined : programs[word];
  if (program === undefined)
    throw new Refusal(`usage: bootstrap.mjs ${Object.keys(programs).join(' | ')} [ARGS]`);
  await installIfNeeded();
  const node = ownNode();
  // Our Node stands first on the PATH too, for a child that asks for plain `node`.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  if (word === 'start') {
    // It says what it does, and nothing where the page is that of the present sources.
    const code = await run(node, ['build/ui/build-page.ts'], { env });
    if (code > 128) return code;
    // The floor must work; the page is only looked at.
    if (code !== 0)
      say('the dashboard cannot be shown: its page could not be built. The server starts all the same.');
  }
  return run(node, [...program, ...args], { env });
}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  say(error instanceof Refusal ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
