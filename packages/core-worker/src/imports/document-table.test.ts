// Rows become documents wherever they stand; none is lost, none stands in two.

import { limits } from '@masala/protocol';
import fc from 'fast-check';
import { type DocumentClass, inflows } from './classification.ts';
import { DocumentTable, type TableRow } from './document-table.ts';

const rows = fc.array(
  fc.record({
    key: fc.constantFrom('A', 'B', 'C', 'A#2'),
    documentClass: fc.constantFrom<DocumentClass>('dispatch', 'return', 'write-off'),
    item: fc.nat(4),
    quantity: fc.integer({ min: 1, max: 1_000 }),
    date: fc.option(fc.nat(1_000), { nil: null }),
    reason: fc.option(fc.constantFrom('wet', 'torn'), { nil: null }),
  }),
);

function tableOf(all: readonly Omit<TableRow, 'line'>[]): { table: DocumentTable; numbered: TableRow[] } {
  const table = new DocumentTable();
  const numbered = all.map((row, index) => ({ ...row, line: index + 2 }));
  for (const row of numbered) table.add(row);
  return { table, numbered };
}

test('every row stands in exactly one document, in the order of the file, or is refused with its document', () => {
  fc.assert(
    fc.property(rows, fc.uniqueArray(fc.constantFrom('A', 'B', 'Z')), (all, bad) => {
      const { table, numbered } = tableOf(all);
      for (const key of bad) table.markBad(key, 1_000);
      const seen: TableRow[] = [];
      for (const { key, documentClass, date, lines } of table.documents()) {
        const own = numbered.filter((row) => row.key === key && row.documentClass === documentClass);
        expect(lines).toEqual(
          own.map(({ line, item, quantity, reason }) => ({ line, item, quantity, reason })),
        );
        expect(date).toBe(own.find((row) => row.date !== null)?.date ?? null);
        seen.push(...own);
      }
      const refused = [...table.refusedLines()].map(({ line }) => line);
      expect([...seen.map(({ line }) => line), ...refused].sort((a, b) => a - b)).toEqual(
        numbered.map(({ line }) => line),
      );
      expect(refused).toEqual(numbered.filter(({ key }) => bad.includes(key as 'A')).map(({ line }) => line));
    }),
  );
});

test('what comes in is told before what goes out, each in the order of its first row', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const { table } = tableOf(all);
      const documents = [...table.documents()];
      const outgoing = documents.findIndex(({ documentClass }) => !inflows.includes(documentClass));
      const tail = outgoing === -1 ? [] : documents.slice(outgoing);
      expect(tail.every(({ documentClass }) => !inflows.includes(documentClass))).toBe(true);
      const firsts = tail.map(({ lines }) => lines[0]?.line ?? 0);
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    }),
  );
});

test('the demand is what goes out, item by item', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const { table } = tableOf(all);
      const sums = table.demand((item) => item !== 0);
      for (let item = 0; item < 5; item++) {
        const own = all.filter((row) => row.item === item && !inflows.includes(row.documentClass));
        const sum = own.reduce((total, { quantity }) => total + quantity, 0);
        expect(sums.get(item) ?? 0).toBe(item === 0 ? 0 : sum);
      }
    }),
  );
});

test('a long document becomes parts with keys of their own', () => {
  const count = limits.documentLinesMax * 5 + 1;
  const row = { key: 'L', documentClass: 'receipt', item: 0, quantity: 1, date: 7, reason: null } as const;
  const { table } = tableOf(Array.from({ length: count }, () => row));
  const documents = [...table.documents()];
  expect(documents.map(({ key, lines, date }) => [key, lines.length, date])).toEqual([
    ['L', 1_000, 7],
    ['L#2', 1_000, 7],
    ['L#3', 1_000, 7],
    ['L#4', 1_000, 7],
    ['L#5', 1_000, 7],
    ['L#6', 1, 7],
  ]);
});
