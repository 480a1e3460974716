// Sizes, counts, tables, and the progress bar in a terminal's stand-in.

import { counted } from '../texts.ts';
import { ProgressBar } from './progress-bar.ts';
import { sizeInWords, tableLines } from './words.ts';

test.each([
  [0, '0 bytes'],
  [1_023, '1,023 bytes'],
  [1_024, '1.0 KB'],
  [1_300_000, '1.2 MB'],
  [1_048_575, '1.0 MB'],
  [157_286_400, '150 MB'],
  [1_181_116_006, '1.1 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});

test('one is singular, and thousands are told apart', () => {
  expect([0, 1, 2, 1_200].map(counted.commands)).toEqual([
    '0 commands',
    '1 command',
    '2 commands',
    '1,200 commands',
  ]);
});

test('a table is as wide as its widest cell, without blanks at the end', () => {
  expect(
    tableLines([
      ['ID', 'SIZE'],
      ['a-long-id', '1 KB'],
    ]),
  ).toEqual(['ID         SIZE', 'a-long-id  1 KB']);
});

describe('the progress bar', () => {
  function terminal(isTTY: boolean) {
    const written: string[] = [];
    return { isTTY, columns: 60, written, write: (text: string) => written.push(text) > 0 };
  }

  test('shows itself after a second, redraws sparingly, and clears its line', () => {
    const out = terminal(true);
    let now = 0;
    const bar = new ProgressBar(out, () => now);
    bar.show('copying', 1, 100);
    expect(out.written).toEqual([]);
    now = 1_500;
    bar.show('copying', 50, 100);
    bar.show('copying', 51, 100);
    expect(out.written).toHaveLength(1);
    expect(out.written[0]).toContain(' 50 % copying');
    now = 2_000;
    bar.show('looking', 0, 0);
    expect(out.written[1]).not.toContain('%');
    bar.clear();
    bar.clear();
    expect(out.written).toHaveLength(3);
  });

  test('is silent where nobody watches', () => {
    const out = terminal(false);
    let now = 0;
    const bar = new ProgressBar(out, () => now);
    now = 5_000;
    bar.show('copying', 1, 2);
    bar.clear();
    expect(out.written).toEqual([]);
  });
});
