// No words outside the catalogue: what a person reads or hears stands in shared/texts, where it can be checked and translated.

import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from 'rolldown/utils';

const rendererFolder = join(import.meta.dirname, '..');

/** What is read aloud, or shown, although it is an attribute. */
const SPOKEN_PROPS = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'children',
  'description',
  'hint',
  'label',
  'note',
  'placeholder',
  'summary',
  'text',
  'title',
  'unit',
  'words',
]);

/** Two letters: signs, arrows and dots between words are not language, and neither is a single key. */
const WORD = /\p{L}{2}/u;
/** In a rule's code nothing marks a text; but what begins like a sentence and ends like one is one. */
const SENTENCE = /^\p{Lu}.* .*[.…?!]$/u;

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

/** The texts that an expression may come to: a literal's own, a template's fixed parts, either side of a choice. */
function fixedTexts(node: unknown): string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'Literal':
      return typeof node['value'] === 'string' ? [node['value']] : [];
    case 'TemplateLiteral':
      return (node['quasis'] as { readonly value: { readonly cooked: string } }[]).map(
        ({ value }) => value.cooked,
      );
    case 'JSXExpressionContainer':
      return fixedTexts(node['expression']);
    case 'ConditionalExpression':
      return [...fixedTexts(node['consequent']), ...fixedTexts(node['alternate'])];
    case 'LogicalExpression':
      return [...(node['operator'] === '&&' ? [] : fixedTexts(node['left'])), ...fixedTexts(node['right'])];
    case 'BinaryExpression':
      // What is compared is not shown.
      return node['operator'] === '+' ? [...fixedTexts(node['left']), ...fixedTexts(node['right'])] : [];
    default:
      return [];
  }
}

/** What a source says by itself, as far as a person would see or hear it. */
function wordsIn(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const found: string[] = [];
  const look = (node: Node) => {
    // Who reads an exception is a programmer.
    if (node.type === 'ThrowStatement') return;
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
      for (const child of node['children'] as Node[]) {
        if (child.type === 'JSXText') found.push(String(child['value']));
        else found.push(...fixedTexts(child));
      }
    }
    if (node.type === 'JSXAttribute' && SPOKEN_PROPS.has(String((node['name'] as Node)['name'])))
      found.push(...fixedTexts(node['value']));
    if (node.type === 'Literal' && SENTENCE.test(String(node['value']))) found.push(String(node['value']));
    for (const child of childrenOf(node)) look(child);
  };
  look(program as unknown as Node);
  return [...new Set(found.map((text) => text.trim()).filter((text) => WORD.test(text)))];
}

test('the check finds words where a person would meet them, and only there', () => {
  const source = `
    import x from './No sentence here.';
    const hint = 'This is one.';
    throw new Error('Not for people here.');
    const made = (
      <p className="lead" title={isOpen ? 'Open' : words.closed} aria-label={\`Row \${x}\`}>
        Hello {'there'} {words.there} · – <b data-tone="bad" /> {state === 'open' && words.open}
      </p>
    );`;
  expect(wordsIn('x.tsx', source).toSorted()).toEqual(['Hello', 'Open', 'Row', 'This is one.', 'there']);
});

test('no page says anything that is not in the catalogue', () => {
  const sources = globSync(join(rendererFolder, '**/*.{ts,tsx}')).filter(
    (path) => !path.endsWith('.test.ts') && !path.includes(join('shared', 'texts')),
  );
  expect(sources.length).toBeGreaterThan(80);
  const found = sources.flatMap((path) =>
    wordsIn(path, readFileSync(path, 'utf8')).map((text) => `${relative(rendererFolder, path)}: ${text}`),
  );
  expect(found).toEqual([]);
});
