// The page's built files: read once at the start, so that a request can only name what is in this table.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface StaticFile {
  readonly content: Buffer;
  readonly type: string;
  readonly cacheControl: string;
}

export type StaticFiles = ReadonlyMap<string, StaticFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Where Vite puts the files that carry a hash of their content in their name. */
const HASHED_FOLDER = '/assets/';

/** Every file of a folder by its path in a URL; `/` is its index.html. Kinds that a page does not need are left out. */
export function readStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const urlPath = path.slice(folder.length).replaceAll('\\', '/');
    if (urlPath.includes('/.')) continue; // the build's own notes
    const isHashed = urlPath.startsWith(HASHED_FOLDER);
    const cacheControl = isHashed ? 'public, max-age=31536000, immutable' : 'no-store';
    files.set(urlPath, { content: readFileSync(path), type, cacheControl });
  }
  const index = files.get('/index.html');
  if (index === undefined)
    throw new Error(`${join(folder, 'index.html')} is missing: the page was not built`);
  return files.set('/', index);
}
