// The native helper that systray2 starts: found, compared with what was read and approved, and made executable.

import { createHash } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Of systray2 2.1.4. A helper that is not one of these is not started: it would run as the server's user. */
const helpers: Partial<Record<NodeJS.Platform, { readonly file: string; readonly sha256: string }>> = {
  linux: {
    file: 'tray_linux_release',
    sha256: 'f61eee19036c0af93e2bb0e5b9fff0bd413469aff5ea1261b8fcfe9e2c027c04',
  },
  win32: {
    file: 'tray_windows_release.exe',
    sha256: 'ae61c63ece1392fc64abbfbd40de782f5b2a7b7d83e93f8b640a20395ae6e8a0',
  },
};

/** Why no icon can be shown on this PC; null where one can be tried. Nobody is at fault then. */
export function trayObstacle(
  platform: NodeJS.Platform,
  architecture: string,
  environment: NodeJS.ProcessEnv,
): string | null {
  if (helpers[platform] === undefined || architecture !== 'x64')
    return `no tray helper for ${platform} on ${architecture}`;
  if (platform !== 'linux') return null;
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? null : 'no display';
}

/** The folder of the systray2 package, in which `traybin/` lies. */
export function helperFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('systray2/package.json'));
}

/** Throws when the helper is missing or is not the approved one. The package is published without the right to run it. */
export function prepareHelper(folder: string, platform: NodeJS.Platform): void {
  const helper = helpers[platform];
  if (helper === undefined) throw new Error(`there is no tray helper for ${platform}`);
  const path = join(folder, 'traybin', helper.file);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (sha256 !== helper.sha256) throw new Error(`the tray helper ${path} is not the approved one: ${sha256}`);
  if (platform === 'linux') chmodSync(path, 0o755);
}
