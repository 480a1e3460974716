// The real browser of the page's tests: an installed Chromium, else the one that came with the packages.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Requirement } from '../testing/requires.ts';

/** By their names on Debian, on Ubuntu, and as Google ships it. */
const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome'];
/** Beside the packages: `npm ci` removes it together with the package that it was unpacked from. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/masala');
/** Unpacking takes 6 s on a quiet machine, a first start 1 s. */
const PATIENCE_MS = 120_000;

interface Found {
  readonly path: string;
  /** Its own fonts, for a machine that has none. */
  readonly environment: Readonly<Record<string, string>>;
}

let found: Found | null | undefined;

/** Chromium; asked once in a test file, since the first answer may mean unpacking it. */
export const realBrowser: Requirement = {
  name: `a Chromium that starts (${INSTALLED.join(', ')}, or the one of @sparticuz/chromium: x64 Linux only)`,
  isMet: () => findBrowser() !== null,
};

/**
 * Starts the browser, without a window, with more arguments where they are given. The caller closes it.
 *
 * Throws where `realBrowser` is not met.
 */
export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const { path, environment } = findBrowser() ?? {};
  if (path === undefined) throw new Error(`needs ${realBrowser.name}`);
  return await chromium.launch({
    executablePath: path,
    args: [...args],
    // Its sandbox does not start as root, nor in most containers; what it shows here is our own.
    chromiumSandbox: false,
    env: { ...process.env, ...environment },
    timeout: PATIENCE_MS,
  });
}

function findBrowser(): Found | null {
  if (found === undefined) found = installedBrowser() ?? packagedBrowser();
  return found;
}

function installedBrowser(): Found | null {
  const path = INSTALLED.find(starts);
  return path === undefined ? null : { path: pathOf(path), environment: {} };
}

/** Playwright wants the whole path of what the PATH finds. */
function pathOf(command: string): string {
  const folder = (process.env.PATH ?? '').split(':').find((one) => existsSync(join(one, command)));
  return folder === undefined ? command : join(folder, command);
}

function packagedBrowser(): Found | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = unpackedFolder();
  if (folder === null) return null;
  const path = join(folder, 'chromium');
  if (!starts(path)) return null;
  if (existsSync('/etc/fonts/fonts.conf')) return { path, environment: {} };
  return { path, environment: { FONTCONFIG_PATH: join(folder, 'fonts') } };
}

function starts(command: string): boolean {
  const { status } = spawnSync(command, ['--version'], { stdio: 'ignore', timeout: PATIENCE_MS });
  return status === 0;
}

/**
 * Where the packaged Chromium is unpacked, once for each version. The package itself takes a half unpacked one in the
 * temporary folder for a whole one, so it unpacks into a folder of its own, which gets its name when it is complete.
 */
function unpackedFolder(): string | null {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8'));
  const folder = join(CACHE, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'unpack-chromium.ts')], {
      env: { ...process.env, TMPDIR: fresh },
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: PATIENCE_MS,
    });
    if (status !== 0) return null;
    renameSync(fresh, folder);
  } catch (error) {
    // Another test file was first.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
