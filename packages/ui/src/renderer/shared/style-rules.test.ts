// The style sheets: colours by hand in tokens.css alone, and no name of a token that does not exist.

import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const rendererFolder = join(import.meta.dirname, '..');
const TOKENS = join('shared', 'tokens.css');

/** Without comments: one may name a colour. */
const sheets = globSync(join(rendererFolder, '**/*.css')).map((path) => ({
  name: relative(rendererFolder, path),
  text: readFileSync(path, 'utf8').replaceAll(/\/\*.*?\*\//gs, ''),
}));

const HAND_MADE_COLOUR =
  /#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|light-dark)\(|:\s*(white|black|red|green|blue|grey|gray)\b/gi;

test('every colour is a token', () => {
  const found = sheets
    .filter(({ name }) => name !== TOKENS)
    .flatMap(({ name, text }) =>
      [...text.matchAll(HAND_MADE_COLOUR)].map(([colour]) => `${name}: ${colour}`),
    );
  expect(sheets.length).toBeGreaterThan(20);
  expect(found).toEqual([]);
});

test('every token that is used exists, and every one that exists is used', () => {
  const defined = new Set(
    sheets.flatMap(({ text }) => [...text.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name)),
  );
  const scripts = globSync(join(rendererFolder, '**/*.tsx')).map((path) => readFileSync(path, 'utf8'));
  const used = new Set([
    ...sheets.flatMap(({ text }) => [...text.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name)),
    // The chart takes its colours by name.
    ...scripts.flatMap((text) => [...text.matchAll(/'(--[\w-]+)'/g)].map(([, name]) => name)),
  ]);
  // What has a fallback is set by whoever wants something else.
  const needed = sheets.flatMap(({ text }) =>
    [...text.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name),
  );
  // Radix sets these itself.
  expect(needed.filter((name) => !defined.has(name) && !name?.startsWith('--radix-'))).toEqual([]);
  expect([...defined].filter((name) => !used.has(name))).toEqual([]);
});
