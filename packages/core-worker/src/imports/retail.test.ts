// The shipped map on files of the kind that it is for: a wholesaler's days.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../../../../build/testing/requires.ts';
import { describeIf } from '../../../../build/testing/requires.ts';
import { type Report, sumOf, Warehouse } from './testing/warehouse.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const examples = join(root, 'docs', 'examples');
const map = JSON.parse(readFileSync(join(examples, 'retail-map.json'), 'utf8'));
/** Real days, which are not part of the repository. */
const days = join(root, '..', 'shared', 'data', 'retail');
const realDays: Requirement = {
  name: `the wholesaler's day files in ${days}`,
  isMet: () => existsSync(days),
};

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open();
});
afterEach(() => warehouse.close());

async function ledgerIsClean(): Promise<void> {
  const verified = await warehouse.pool.run('ledger.verify', { databasePath: warehouse.databasePath });
  expect(verified).toMatchObject({ consistent: true, differencesTotal: 0 });
}

test('the sample is booked with the shipped map, once', async () => {
  const text = readFileSync(join(examples, 'retail-sample.csv'));
  const report = await warehouse.import({ map, text, openingStock: true });
  expect(report).toMatchObject({
    lines: 40,
    booked: { dispatches: 28, returns: 3, writeOffs: 3, receipts: 0, items: 0 },
    skipped: 6,
    refusedTotal: 0,
    itemsCreated: 20,
    openingStock: { documents: 1, alreadyBooked: false },
  });
  // What is left is what came back.
  expect(warehouse.stock()).toEqual([
    { sku: '10001A', quantity: 1 },
    { sku: '10006', quantity: 4 },
    { sku: '10014', quantity: 2 },
  ]);
  const reasons = warehouse.reader.database
    .prepare('SELECT reason FROM document_lines WHERE quantity < 0')
    .pluck();
  expect(reasons.all()).toEqual(['?? missing', 'no reason given', 'wet pallet']);
  const name = warehouse.reader.database.prepare('SELECT name FROM items WHERE sku = ?').pluck();
  expect(name.get('10018')).toBe('GARDEN TWINE 50M');
  expect(await warehouse.import({ map, text, openingStock: true })).toMatchObject({
    alreadyBooked: 34,
    skipped: 6,
    documents: 0,
  });
  await ledgerIsClean();
});

describeIf(realDays, 'real days', () => {
  test('their lines add up, the ledger is clean, and a second import books nothing', async () => {
    const files = readdirSync(days).filter((name) => name.endsWith('.csv'));
    expect(files.length).toBeGreaterThan(0);
    const importAll = async () => {
      const reports: Report[] = [];
      for (const name of files) {
        reports.push(
          await warehouse.import({ map, text: readFileSync(join(days, name)), openingStock: true }),
        );
      }
      return reports;
    };
    for (const report of await importAll()) {
      expect(sumOf(report)).toBe(report.lines);
      expect(report).toMatchObject({ refusedTotal: 0, alreadyBooked: 0 });
    }
    await ledgerIsClean();
    const documents = warehouse.count('SELECT count(*) FROM documents');
    for (const report of await importAll()) {
      expect(report).toMatchObject({ documents: 0, refusedTotal: 0, openingStock: { documents: 0 } });
      expect(report.alreadyBooked + report.skipped).toBe(report.lines);
    }
    expect(warehouse.count('SELECT count(*) FROM documents')).toBe(documents);
  });
});
