// Whether the built page is that of the present sources: a hash over everything that goes into it, kept beside it.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Where the page is built to: index.html and its files; in electron/ Electron's main and preload scripts. */
export const pageFolder = join(root, 'packages/ui/dist');

/** Named with a dot: no host serves it. */
export const stampName = '.built-from';

/** What the page and Electron's programs are made of. The lockfile stands for every package, and for Vite itself. */
const sources = [
  'package-lock.json',
  'build/ui/build-page.ts',
  'packages/client/package.json',
  'packages/client/src',
  'packages/protocol/package.json',
  'packages/protocol/src',
  'packages/ui/package.json',
  'packages/ui/src',
  'packages/ui/vite.config.ts',
];

/** The files behind a path: itself, or what is under it but tests, in one order on every machine. */
function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The hash over the present sources, 64 hexadecimal digits. Takes some 20 ms. */
export function sourcesStamp(): string {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((source) => filesOf(join(root, source)))) {
    const content = readFileSync(path);
    // With its length, so that no content can look like the next file's name.
    hash.update(`${relative(root, path)}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Whether `pageFolder` holds what the sources would be built to. */
export function isPageFresh(): boolean {
  const stampPath = join(pageFolder, stampName);
  return existsSync(stampPath) && readFileSync(stampPath, 'utf8') === sourcesStamp();
}
