// Whether this process can show anything to anybody, and how the default browser is called.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** Opens a file of this PC in the default browser. Whether the program that does it could be started. */
export async function showInBrowser(path: string, surroundings: Surroundings): Promise<boolean> {
  const [program, ...args] = browserCommand(pathToFileURL(path).href, surroundings.platform);
  const child = spawn(program, args, {
    env: surroundings.environment,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  try {
    await once(child, 'spawn');
    return true;
  } catch {
    return false; // there is no such program: a desktop without a browser's launcher
  } finally {
    child.on('error', () => undefined);
    child.unref();
  }
}
