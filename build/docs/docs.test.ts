// The documents: their generated parts are complete and in step, and the examples that were worked out by hand are right.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  commandDigest,
  environmentName,
  errors,
  events,
  exitCodes,
  joinCodeTag,
  logEvents,
  methods,
  settings,
} from '@masala/protocol';
import { replaceSection, table } from './markdown.ts';
import { renderFiles } from './render.ts';
import { wordsOf } from './schema-words.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const protocol = read('docs/protocol.md');
const support = read('docs/support.md');

test('the generated parts are those of the present source', () => {
  for (const { file, stale } of renderFiles()) expect({ file, stale }).toEqual({ file, stale: [] });
});

test('every row of every table stands in the documents', () => {
  for (const name of [...Object.keys(methods), ...Object.keys(events)])
    expect(protocol).toContain(`#### \`${name}\``);
  for (const code of Object.keys(errors)) {
    expect(protocol).toContain(`| \`${code}\` |`);
    expect(support).toContain(`| \`${code}\` |`);
  }
  for (const [name, { code }] of Object.entries(exitCodes))
    expect(support).toContain(`| ${code} | \`${name}\` |`);
  for (const name of Object.keys(logEvents)) expect(support).toContain(`| \`${name}\` |`);
  const admin = read('docs/admin.md');
  for (const name of Object.keys(settings)) {
    expect(admin).toContain(`| \`${name}\` |`);
    expect(admin).toContain(`\`${environmentName(name)}\``);
  }
});

test('the worked examples of docs/protocol.md', () => {
  const params = { commandId: '019b76da-a800-7000-8000-000000000001', name: 'Box', code: 'box' };
  const digest = commandDigest('units.create', params);
  expect(protocol).toContain(`digest: ${digest}`);
  expect(protocol).toContain(
    `so the code is                 ABCDE-FGHJK-${joinCodeTag('ABCDEFGHJK', '0'.repeat(64))}`,
  );

  const [, row, hash] = /\n {4}(\[1,.*\])\n {4}hash: ([0-9a-f]{64})\n/.exec(protocol) ?? [];
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(JSON.parse(row ?? 'null').slice(7)).toEqual([
    digest,
    sha256('{"at":1767225600000,"ids":[]}'),
    sha256('{"code":"box"}'),
  ]);
  expect(sha256(`${'0'.repeat(64)}\n${row}`)).toBe(hash);
});

test('the hello of docs/protocol.md, byte by byte, is the recorded one', () => {
  const [block] = /\n {4}00000051 [\s\S]*?\n\n/.exec(protocol) ?? [''];
  // Of each line the bytes: single spaces part them, two or more begin the explanation.
  const hex = block.split('\n').map((line) =>
    line
      .trim()
      .replace(/ {2}.*$/, '')
      .replaceAll(' ', ''),
  );
  expect(hex.join('')).toBe(JSON.parse(read('packages/protocol/golden/v1/hello-request.json')).hex);
});

test('the codes that the text names are codes of the tables', () => {
  const known = new Set<string>([...Object.keys(errors), ...Object.keys(exitCodes)]);
  for (const file of ['README.md', 'docs/protocol.md', 'docs/support.md', 'docs/architecture.md']) {
    for (const [, code = ''] of read(file).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)) {
      expect({ file, code, known: known.has(code) || code.startsWith('MASALA_') }).toMatchObject({
        known: true,
      });
    }
  }
});

test('what the client in Python tries again may be tried again', () => {
  const [, list = ''] =
    /RETRYABLE = \{([^}]*)\}/.exec(read('docs/examples/python-client/masala_client.py')) ?? [];
  const codes = Array.from(list.matchAll(/"(\w+)"/g), ([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(5);
  for (const code of codes) expect(errors).toHaveProperty([code, 'retryable'], true);
});

test('links between the documents lead somewhere', () => {
  const files = ['.', 'docs', 'docs/decisions', 'docs/examples'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
  for (const file of files) {
    for (const [, target = ''] of read(file).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      expect({ file, target, exists: existsSync(join(root, dirname(file), target)) }).toMatchObject({
        exists: true,
      });
    }
  }
});

test('a section is replaced between its marks, and nothing else', () => {
  const text = 'a\n<!-- generated: x (npm run docs) -->\nold\n<!-- end of x -->\nb\n';
  const replaced = replaceSection(text, 'x', 'new');
  expect(replaced).toBe('a\n<!-- generated: x (npm run docs) -->\n\nnew\n\n<!-- end of x -->\nb\n');
  expect(replaceSection(replaced, 'x', 'new')).toBe(replaced);
  for (const broken of ['a', text + text, '<!-- end of x -->\n<!-- generated: x (npm run docs) -->']) {
    expect(() => replaceSection(broken, 'x', 'new')).toThrow('must stand there once');
  }
});

test('cells are escaped, and a schema without words is a fault', () => {
  expect(table(['a'], [['b|c\nd']])).toBe('| a |\n| --- |\n| b\\|c d |');
  expect(() => wordsOf({ type: 'tuple' }, new Map())).toThrow('no words for the schema');
});
