// What a browser fetches until the first page is usable, and whether that is within its bound. Run by itself
// (`node build/ui/bundle-size.ts`) it prints the table, and fails above the bound.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ensurePageBuilt } from './ensure-page-built.ts';

/** With this the first page is there within a second of the click, on loopback and on the slowest PC of an office. */
export const FIRST_LOAD_MAX_BYTES = 250 * 1024;

/** The first page is loaded lazily like the others, and yet belongs to the first load. */
const FIRST_PAGE = 'admin/dashboard/';
/** The only one of the fonts' subsets that an English page makes a browser fetch. */
const FIRST_FONT = 'inter-latin-wght-normal';

/** A chunk in Vite's manifest. */
interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}
export type Manifest = Readonly<Record<string, Chunk>>;

export interface FirstLoadFile {
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** The files of the first load: index.html, its scripts with what they import, their styles, and the font. */
export function firstLoadFiles(manifest: Manifest): string[] {
  const files = new Set(['index.html']);
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the manifest does not know ${key}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const imported of chunk.imports ?? []) visit(imported);
    for (const lazy of chunk.dynamicImports ?? []) {
      if (lazy.startsWith(FIRST_PAGE)) visit(lazy);
    }
  };
  for (const [key, chunk] of Object.entries(manifest)) {
    if (chunk.isEntry === true || key.includes(FIRST_FONT)) visit(key);
  }
  return [...files];
}

/** The first load of a built page, largest first. */
export function measureFirstLoad(pageFolder: string): FirstLoadFile[] {
  const manifest: Manifest = JSON.parse(readFileSync(join(pageFolder, '.vite/manifest.json'), 'utf8'));
  return firstLoadFiles(manifest)
    .map((file) => {
      const content = readFileSync(join(pageFolder, file));
      return { file, bytes: content.length, gzipBytes: gzipSync(content).length };
    })
    .sort((one, other) => other.gzipBytes - one.gzipBytes);
}

export function totalGzipBytes(files: readonly FirstLoadFile[]): number {
  return files.reduce((sum, file) => sum + file.gzipBytes, 0);
}

const inKib = (bytes: number) => (bytes / 1024).toFixed(1).padStart(8);

/** The table, a line a file, and the verdict. */
export function describeFirstLoad(files: readonly FirstLoadFile[]): string {
  const total = totalGzipBytes(files);
  const rows = files.map(({ file, bytes, gzipBytes }) => `${inKib(bytes)} ${inKib(gzipBytes)}  ${file}`);
  const verdict = total <= FIRST_LOAD_MAX_BYTES ? 'within' : 'ABOVE';
  const bound = `${verdict} the bound of ${FIRST_LOAD_MAX_BYTES / 1024} KiB`;
  return ['     KiB gzip KiB', ...rows, `${' '.repeat(8)} ${inKib(total)}  first load, ${bound}`].join('\n');
}

if (import.meta.main) {
  const files = measureFirstLoad(await ensurePageBuilt());
  console.log(describeFirstLoad(files));
  if (totalGzipBytes(files) > FIRST_LOAD_MAX_BYTES) process.exitCode = 1;
}
