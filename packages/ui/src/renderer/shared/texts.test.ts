// The catalogue: everything in it says something.
import { texts } from './texts.ts';

type Leaf = readonly [path: string, value: unknown];

function leavesOf(node: unknown, path: string): Leaf[] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([key, value]) => leavesOf(value, `${path}.${key}`));
}

const leaves = leavesOf(texts, 'texts');

test('every text is a sentence, a word, or a function that makes one', () => {
  expect(leaves.length).toBeGreaterThan(200);
  for (const [path, value] of leaves) {
    if (typeof value === 'function') continue;
    expect([path, typeof value]).toEqual([path, 'string']);
    expect([path, String(value).trim()]).toEqual([path, value]);
    expect([path, value]).not.toEqual([path, '']);
  }
});

test('no text is a template that somebody forgot to fill', () => {
  for (const [path, value] of leaves)
    expect([path, String(value)]).not.toEqual([path, expect.stringMatching(/\{\w+\}$/)]);
});
