// Where the dashboard's hosts are: Electron with its main program, and the web host, which needs nothing but Node.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hasScreen, type Surroundings } from './screen.ts';

const uiFolder = join(import.meta.dirname, '../../../ui');

/** A program that hosts the dashboard, and how it is started for a data directory and a route. */
export interface HostProgram {
  readonly kind: 'electron' | 'browser';
  readonly command: string;
  readonly args: readonly string[];
}

/** The hosts that can run here, the better one first. */
export function hostPrograms(
  dataDir: string,
  path: string,
  surroundings: Surroundings,
): readonly HostProgram[] {
  const electron = hasScreen(surroundings) ? electronHost(dataDir, path, surroundings) : null;
  return electron === null ? [webHost(dataDir)] : [electron, webHost(dataDir)];
}

function webHost(dataDir: string): HostProgram {
  const program = join(uiFolder, 'src/browser-host/main.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, '--data-dir', dataDir];
  return { kind: 'browser', command: process.execPath, args };
}

function electronHost(dataDir: string, path: string, surroundings: Surroundings): HostProgram | null {
  const command = electronBinary(surroundings);
  const program = join(uiFolder, 'dist/electron/main.mjs');
  if (command === null || !existsSync(program)) return null;
  const args = [program, `--masala-data-dir=${dataDir}`, `--masala-path=${path}`];
  return { kind: 'electron', command, args };
}

/** Electron's program, or null: its package is often installed without it, since it is downloaded separately. */
export function electronBinary(
  { platform, environment }: Surroundings,
  packageFolder = electronPackage(),
): string | null {
  const override = environment['ELECTRON_OVERRIDE_DIST_PATH'];
  const name = platform === 'win32' ? 'electron.exe' : 'electron';
  const path = override
    ? join(override, name)
    : packageFolder === null
      ? null
      : installedBinary(packageFolder);
  return path !== null && existsSync(path) ? path : null;
}

/** The package writes its program's name down when it has downloaded it. */
function installedBinary(packageFolder: string): string | null {
  try {
    return join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim());
  } catch {
    return null; // not downloaded
  }
}

function electronPackage(): string | null {
  try {
    return dirname(createRequire(join(uiFolder, 'package.json')).resolve('electron/package.json'));
  } catch {
    return null; // an installation without it
  }
}
