// Pages and prefixes: where a page ends and the next goes on, and which keys a prefix holds.

import { limits } from '@masala/protocol';
import fc from 'fast-check';
import { TestInventory } from '../testing/inventory.ts';
import { foldCase, pageOf, pageSize, prefixRange } from './pages.ts';

test('a prefix range holds exactly the keys with that prefix, as SQLite orders them', () => {
  const inventory = new TestInventory();
  const inRange = inventory.database
    .prepare('SELECT @key >= @from COLLATE NOCASE AND @key < @to COLLATE NOCASE')
    .pluck();
  // The characters around which an order goes wrong: both cases, their neighbours, wildcards, the ends of Unicode.
  const character = fc.constantFrom(
    ...'@AaZz[`{%_9é',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\u{10ffff}',
  );
  const text = fc.array(character, { maxLength: 3 }).map((all) => all.join(''));
  fc.assert(
    fc.property(text, text, fc.boolean(), (prefix, other, joined) => {
      const key = joined ? prefix.toUpperCase() + other : other;
      const expected = foldCase(key).startsWith(foldCase(prefix));
      expect(inRange.get({ key, ...prefixRange(prefix) })).toBe(expected ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
  inventory.close();
});

test('pages follow one another without gap or overlap', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.integer({ min: 1, max: 5 }), (keys, size) => {
      const sorted = keys.toSorted((one, other) => one - other);
      const seen: number[] = [];
      let after: number | null = Number.NEGATIVE_INFINITY;
      while (after !== null) {
        const from: number = after;
        const read = sorted.filter((key) => key > from).slice(0, size + 1);
        const page: { rows: number[]; next: number | null } = pageOf(read, size, (last) => last);
        seen.push(...page.rows);
        after = page.next;
      }
      expect(seen).toEqual(sorted);
    }),
  );
});

test('a page has the default size, and never more than the limit', () => {
  expect(pageSize(undefined)).toBe(limits.pageRowsDefault);
  expect(pageSize(3)).toBe(3);
  expect(pageSize(1_000_000)).toBe(limits.pageRowsMax);
});
