// Where the server's data directory is when nobody names one.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** `%LOCALAPPDATA%\Masala` on Windows, `~/.local/share/masala` elsewhere. */
export function defaultDataDir(): string {
  if (process.platform !== 'win32') return join(homedir(), '.local', 'share', 'masala');
  return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Masala');
}
