// Old ids and new ones: found in answers, replaced in what names them, and nothing else touched.

import fc from 'fast-check';
import { changedIds, replaceIds } from './record-ids.ts';

const id = (last: number) => `0190a5b4-0000-7000-8000-${String(last).padStart(12, '0')}`;

test('ids that differ at the same place are pairs, at any depth', () => {
  const before = {
    id: id(1),
    version: 1,
    number: 'GRN-1',
    lots: [{ lotId: id(2) }, { lotId: id(3) }],
    gone: id(9),
  };
  const after = {
    id: id(4),
    version: 7,
    number: 'GRN-2',
    lots: [{ lotId: id(5) }, { lotId: id(3) }],
    fresh: id(8),
  };
  expect(changedIds(before, after)).toEqual([
    [id(1), id(4)],
    [id(2), id(5)],
  ]);
});

test.each([
  ['texts that are no ids', { code: 'a' }, { code: 'b' }],
  ['an id that became nothing', { reversalOf: id(1) }, { reversalOf: null }],
  ['nothing that became an id', { reversalOf: null }, { reversalOf: id(1) }],
  ['another shape', { id: id(1) }, [id(2)]],
  ['no answer', undefined, { id: id(1) }],
])('%s: no pair', (_, before, after) => {
  expect(changedIds(before, after)).toEqual([]);
});

test('only whole texts are replaced; keys, numbers and what merely contains an id stay', () => {
  const ids = new Map([[id(1), id(2)]]);
  const params = {
    id: id(1),
    [id(1)]: 1,
    note: `see ${id(1)}`,
    lines: [{ itemId: id(1), quantity: 3 }, null, true],
  };
  expect(replaceIds(params, ids)).toEqual({
    id: id(2),
    [id(1)]: 1,
    note: `see ${id(1)}`,
    lines: [{ itemId: id(2), quantity: 3 }, null, true],
  });
});

test('replacing what was learned makes the one answer of the other, and a second time changes nothing', () => {
  const ids = fc.integer({ min: 0, max: 999 }).map(id);
  const shape = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      ids,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value')),
      tie('fields'),
    ),
    fields: fc.dictionary(fc.string({ maxLength: 3 }), tie('value')),
  })).value;
  fc.assert(
    fc.property(shape, (before) => {
      // Every record gets an id that did not exist before.
      const anew = (text: string) => text.replaceAll('-8000-', '-9000-');
      const after = JSON.parse(anew(JSON.stringify(before)));
      const learned = new Map(changedIds(before, after));
      expect(replaceIds(replaceIds(before, learned), learned)).toEqual(after);
    }),
  );
});
