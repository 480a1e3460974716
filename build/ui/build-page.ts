// `npm run build:ui`: builds the dashboard's page into packages/ui/dist when its sources have changed since.
//
// One process builds at a time, the others wait for its result; the new page takes the place of the old one only when
// it is whole, so that a host that serves meanwhile never serves half of one.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode } from '@masala/protocol/control';
import { isPageFresh, pageFolder, sourcesStamp, stampName } from './page-stamp.ts';

const uiFolder = join(pageFolder, '..');
/** What is under way: a folder for each process that builds, named by its pid, and the lock. */
const buildingFolder = join(uiFolder, '.building');
const lockPath = join(buildingFolder, 'lock');

/** A build takes some seconds; a look each fifth of one is felt by nobody. */
const LOCK_RETRY_MS = 200;
/** A lock without a living holder's pid in it for so long is one whose writer died in between. */
const EMPTY_LOCK_MAX_MS = 5_000;

const say = (text: string) => process.stderr.write(`masala: ${text}\n`);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
}

/** Whether the lock's holder is gone. Two that see it and both build do no harm, only work: each builds in a folder of its own. */
function isLockStale(): boolean {
  try {
    const pid = Number(readFileSync(lockPath, 'utf8'));
    return pid > 0 ? !isAlive(pid) : Date.now() - statSync(lockPath).mtimeMs > EMPTY_LOCK_MAX_MS;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false; // freed in between: the next try takes it
    throw error;
  }
}

/** Takes the lock, or returns false when somebody else built the page meanwhile. */
async function takeLock(): Promise<boolean> {
  mkdirSync(buildingFolder, { recursive: true });
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(lockPath, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
    if (isLockStale()) rmSync(lockPath, { force: true });
    else if (tries === 0) say("waiting: another process is building the dashboard's page");
    await sleep(LOCK_RETRY_MS);
    if (isPageFresh()) return false;
  }
}

/** Removes what builds that were killed have left. */
function removeLeftovers(): void {
  for (const name of readdirSync(buildingFolder)) {
    if (name !== 'lock' && !isAlive(Number.parseInt(name, 10))) {
      rmSync(join(buildingFolder, name), { recursive: true, force: true });
    }
  }
}

/** Builds into a folder: the page, and Electron's two programs. */
async function buildInto(folder: string): Promise<void> {
  // Here and not above: it takes longer to load than everything else, and mostly there is nothing to build.
  const { build } = await import('vite');
  // Whoever starts us may have set another, as jest does, and Vite would build React's twice as large development version.
  process.env.NODE_ENV = 'production';
  const shared = {
    configFile: join(uiFolder, 'vite.config.ts'),
    configLoader: 'native',
    logLevel: 'warn',
  } as const;
  await build({ ...shared, mode: 'production', build: { outDir: folder } });
  for (const mode of ['preload', 'electron-main']) {
    await build({ ...shared, mode, build: { outDir: join(folder, 'electron') } });
  }
}

/** Puts the new page in the old one's place. */
function replacePage(folder: string): void {
  const old = `${folder}-old`;
  if (existsSync(pageFolder)) renameSync(pageFolder, old);
  renameSync(folder, pageFolder);
  rmSync(old, { recursive: true, force: true });
}

async function buildPage(): Promise<void> {
  const startedAt = performance.now();
  say("building the dashboard's page (some seconds)");
  removeLeftovers();
  const folder = join(buildingFolder, String(process.pid));
  try {
    // Before the build: what is changed during it is built by the next.
    const stamp = sourcesStamp();
    await buildInto(folder);
    writeFileSync(join(folder, stampName), stamp);
    replacePage(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(`the dashboard's page is built, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

if (!isPageFresh() && (await takeLock())) {
  try {
    if (!isPageFresh()) await buildPage();
  } finally {
    rmSync(lockPath, { force: true });
  }
}
