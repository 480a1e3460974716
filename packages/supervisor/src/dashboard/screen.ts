// Whether this process can show anything to anybody, and how the default browser is called.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** Where a program runs, as far as it decides what can be shown. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
}

/** Windows and macOS always have a desktop; Linux names its own in the environment. */
export function hasScreen({ platform, environment }: Surroundings): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}

/** The program that hands a link to the default browser, and its arguments; never a shell, which would read the link. */
export function browserCommand(link: string, platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', link];
  return [platform === 'darwin' ? 'open' : 'xdg-open', link];
}

/** A launcher that finds no browser says so in its first moments; one that works ends soon, or stays as long as the browser. */
const REFUSED_WITHIN_MS = 2_000;

/** Opens a file of this PC in the default browser. Whether the program that does it could be started, and did not refuse at once. */
export async function showInBrowser(path: string, surroundings: Surroundings): Promise<boolean> {
  const [program, ...args] = browserCommand(pathToFileURL(path).href, surroundings.platform);
  const child = spawn(program, args, {
    env: surroundings.environment,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  try {
    const ended = once(child, 'exit') as Promise<[number | null]>;
    const [code] = await Promise.race([ended, pause(REFUSED_WITHIN_MS, [0], { ref: false })]);
    return code === 0;
  } catch {
    return false; // there is no such program: a desktop without a browser's launcher
  } finally {
    child.on('error', () => undefined);
    child.unref();
  }
}
