// The built page for tests and for other programs of build/: made when its sources have changed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isPageFresh, pageFolder } from './page-stamp.ts';

/**
 * Sees to it that packages/ui/dist is that of the present sources. Several callers at once, also in several processes,
 * build it once.
 *
 * @returns the folder of the page
 * @throws Error with the build's own words when it fails
 */
export async function ensurePageBuilt(): Promise<string> {
  if (isPageFresh()) return pageFolder;
  // A process of its own: the bundler is native, large, and does not belong into a test's world.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'build-page.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`the page could not be built (${code ?? signal}):\n${words}`);
  return pageFolder;
}
