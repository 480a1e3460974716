// The built page as the hosts serve it: small enough, and made only of what a strict CSP lets load.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeFirstLoad,
  FIRST_LOAD_MAX_BYTES,
  firstLoadFiles,
  measureFirstLoad,
  totalGzipBytes,
} from './bundle-size.ts';
import { ensurePageBuilt } from './ensure-page-built.ts';
import { isPageFresh } from './page-stamp.ts';

let page: string;
const read = (file: string) => readFileSync(join(page, file), 'utf8');
const filesEnding = (...ends: string[]) =>
  readdirSync(page, { recursive: true, encoding: 'utf8' }).filter((file) =>
    ends.some((end) => file.endsWith(end)),
  );

beforeAll(async () => {
  page = await ensurePageBuilt();
});

test('several callers at once get one whole page of the present sources', async () => {
  const pages = await Promise.all([ensurePageBuilt(), ensurePageBuilt()]);
  expect(new Set(pages)).toEqual(new Set([page]));
  expect(isPageFresh()).toBe(true);
});

test('index.html has no inline script, style or handler, and every address in it is a file of the page', () => {
  const html = read('index.html');
  for (const [, inside] of html.matchAll(/<script[^>]*>([^<]*)<\/script>/g)) expect(inside?.trim()).toBe('');
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<base|http-equiv/i);
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(addresses.length).toBeGreaterThan(1);
  for (const address of addresses) {
    expect(address).toMatch(/^\/assets\/[\w.-]+-[\w-]{8}\.\w+$/);
    expect(existsSync(join(page, address))).toBe(true);
  }
});

test('no script makes code of text, and nothing comes from elsewhere', () => {
  const scripts = filesEnding('.js', '.cjs');
  expect(scripts.length).toBeGreaterThan(0);
  for (const file of scripts) {
    expect([file, read(file).match(/\beval\(|new Function\(|__vite-browser-external|from"node:/)]).toEqual([
      file,
      null,
    ]);
  }
  for (const file of filesEnding('.css')) {
    expect([file, read(file).match(/url\((?!\/assets\/)|@import/)]).toEqual([file, null]);
  }
});

test("Electron's preload script is one file that loads nothing but electron, as its sandbox demands", () => {
  const loads = [...read('electron/preload.cjs').matchAll(/\b(?:require|import)\(([^)]*)\)|^import .*/gm)];
  expect(loads.map((load) => load[1])).toEqual(['"electron"']);
});

test("Electron's main program brings our own packages along", () => {
  expect(read('electron/main.mjs')).not.toMatch(/from "(?:@masala\/|\.\.?\/)/);
});

test('React is the one for production, whoever started the build', () => {
  for (const file of filesEnding('.js'))
    expect([file, read(file).includes('React DevTools')]).toEqual([file, false]);
});

test('the font is shipped along', () => {
  expect(filesEnding('.woff2').some((file) => file.includes('inter-latin-wght-normal'))).toBe(true);
});

test('the first load is within its bound', () => {
  const files = measureFirstLoad(page);
  process.stderr.write(`${describeFirstLoad(files)}\n`);
  expect(totalGzipBytes(files)).toBeLessThanOrEqual(FIRST_LOAD_MAX_BYTES);
});

test('the first load is the entry with its imports, the first page with its styles, the font, and no other page', () => {
  const manifest = {
    'index.html': {
      file: 'assets/index.js',
      isEntry: true,
      imports: ['_shared.js'],
      dynamicImports: ['admin/dashboard/page.tsx', 'admin/logs/page.tsx'],
      css: ['assets/index.css'],
    },
    '_shared.js': { file: 'assets/shared.js', imports: ['index.html'] },
    'admin/dashboard/page.tsx': { file: 'assets/dashboard.js', css: ['assets/dashboard.css'] },
    'admin/logs/page.tsx': { file: 'assets/logs.js', css: ['assets/logs.css'] },
    '../x/inter-latin-wght-normal.woff2': { file: 'assets/inter.woff2' },
    '../x/inter-greek-wght-normal.woff2': { file: 'assets/greek.woff2' },
  };
  expect(firstLoadFiles(manifest).sort()).toEqual([
    'assets/dashboard.css',
    'assets/dashboard.js',
    'assets/index.css',
    'assets/index.js',
    'assets/inter.woff2',
    'assets/shared.js',
    'index.html',
  ]);
  expect(describeFirstLoad([{ file: 'a', bytes: 600_000, gzipBytes: 300_000 }])).toContain('ABOVE the bound');
});
