// How the page, and the preload script of Electron's window, are built from their sources (by build/ui/build-page.ts).
import { defineConfig, type UserConfig } from 'vite';

const folder = import.meta.dirname;

/** The page: hashed files, all of which a CSP of `default-src 'self'` lets load. */
const page: UserConfig = {
  root: `${folder}/src/renderer`,
  publicDir: false,
  // Both hosts serve the page from the root of an origin of its own.
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
  build: {
    outDir: `${folder}/dist`,
    emptyOutDir: true,
    // Electron 45 is newer. These are the least that a server PC's default browser is: Edge updates itself, and what
    // Debian 12 gets is Chromium's newest and Firefox 128 ESR or later.
    target: ['chrome125', 'edge125', 'firefox128'],
    // The polyfill is for browsers older than these.
    modulePreload: { polyfill: false },
    // No data: URLs: the CSP refuses them.
    assetsInlineLimit: 0,
    // What build/ui/bundle-size.ts reads: which file loads which. That is also the judge of sizes.
    manifest: true,
    reportCompressedSize: false,
    // "use client" in packages is for servers that render React; a browser needs no word about each of them.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
};

/** Older than the Chromium and the Node of Electron 45: nothing is translated that need not be. */
const electronTarget = ['chrome140', 'node24'];

/** Into dist/electron/: small anyway, and readable for whoever examines what the page is given. */
const forElectron: UserConfig['build'] = {
  outDir: `${folder}/dist/electron`,
  emptyOutDir: false,
  target: electronTarget,
  minify: false,
  reportCompressedSize: false,
};

/** The preload script: one CommonJS file, since a sandboxed window loads nothing else. */
const preload: UserConfig = {
  root: folder,
  publicDir: false,
  build: {
    ...forElectron,
    rolldownOptions: {
      input: `${folder}/src/electron/preload.ts`,
      external: ['electron'],
      platform: 'node',
      output: { format: 'cjs', entryFileNames: 'preload.cjs' },
    },
  },
};

/** Electron's main process: our own packages in one file, since Electron does not promise to strip types. */
const electronMain: UserConfig = {
  root: folder,
  publicDir: false,
  ssr: { noExternal: [/^@masala\//] },
  build: {
    ...forElectron,
    ssr: `${folder}/src/electron/main.ts`,
    rolldownOptions: { external: ['electron'], output: { entryFileNames: 'main.mjs' } },
  },
};

/** By Vite's `mode`; a build without one is the page's. */
const byMode: Readonly<Record<string, UserConfig>> = { preload, 'electron-main': electronMain };

export default defineConfig(({ mode }) => byMode[mode] ?? page);
