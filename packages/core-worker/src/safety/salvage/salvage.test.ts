// What is salvaged always proves sound; what is undamaged is all carried; what is lost or stands in for it is told.

import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { testId } from '../../inventory/testing/inventory.ts';
import { openStore } from '../../store/open.ts';
import { LOST_METHOD } from './carry-commands.ts';
import type { SalvageReport } from './salvage-report.ts';
import { ask, DamagedFactory, PAGE_BYTES, SALVAGED_AT } from './testing/damaged-factory.ts';

let factory: DamagedFactory;
beforeAll(() => {
  factory = new DamagedFactory();
});
beforeEach(() => factory.renew());
afterAll(() => factory.close());

/** The columns of one row, which the statement puts together with blanks between them. */
const fieldsOf = (sql: string) => (ask<string>(factory.path, sql)[0] ?? '').split(' ') as [string, string];
const tableOf = ({ tables }: SalvageReport, name: string) => tables.find((table) => table.name === name);
const CONTENT = [
  'SELECT digest FROM documents ORDER BY id',
  'SELECT item_id || lot_id || quantity FROM levels ORDER BY 1',
  'SELECT hash FROM commands ORDER BY sequence',
  'SELECT id || sku || name || unit || default_lot_id FROM items ORDER BY id',
  'SELECT id || item_id FROM lots ORDER BY id',
  'SELECT code || name FROM partners',
  'SELECT token_hash FROM devices',
  'SELECT kind || year || last FROM document_numbers ORDER BY 1',
];
const contentOf = (path: string) => CONTENT.map((sql) => ask<string>(path, sql));

test('of a sound database nothing is lost', async () => {
  const before = contentOf(factory.path);
  const report = await factory.salvage();
  expect(report.warnings).toEqual([]);
  expect(report).toMatchObject({
    ...{ epoch: 'epoch-salvaged', parent: 'epoch-1' },
    ...{ branchSequence: factory.chainEnd.sequence, lastSequence: factory.chainEnd.sequence },
    lastHash: factory.chainEnd.hash,
  });
  expect(report.tables.filter(({ lost }) => lost > 0)).toEqual([]);
  expect(contentOf(report.databasePath)).toEqual(before);
  expect(readdirSync(dirname(report.databasePath))).toEqual(['masala.db']);
});

test('the result opens as a store, in its new epoch', async () => {
  const { databasePath } = await factory.salvage();
  const { database, opened } = openStore(databasePath, SALVAGED_AT, () => 'never asked for');
  expect(opened).toMatchObject({ created: false, epoch: 'epoch-salvaged' });
  expect(opened.lineage.map(({ epoch, origin }) => [epoch, origin])).toEqual([
    ['epoch-salvaged', 'salvage'],
    ['epoch-1', 'first'],
  ]);
  database.close();
});

test('earlier epochs are carried', async () => {
  factory.change(
    `INSERT INTO epochs VALUES ('epoch-0', NULL, 0, '${'0'.repeat(64)}', 3, 'first')`,
    `UPDATE epochs SET parent = 'epoch-0', branch_sequence = 7, began_at = 4, origin = 'restore' WHERE epoch = 'epoch-1'`,
  );
  const { databasePath } = await factory.salvage();
  expect(
    ask<string>(
      databasePath,
      "SELECT epoch || ' ' || branch_sequence || ' ' || began_at || ' ' || origin FROM epochs",
    ),
  ).toEqual([
    'epoch-0 0 3 first',
    'epoch-1 7 4 restore',
    `epoch-salvaged ${factory.chainEnd.sequence} ${SALVAGED_AT} salvage`,
  ]);
});

test('the damaged files are left as they were', async () => {
  factory.change("UPDATE documents SET note = 'x' WHERE number = 'GRN-2026-000003'");
  const before = readFileSync(factory.path);
  await factory.salvage();
  expect(readFileSync(factory.path).equals(before)).toBe(true);
  expect(existsSync(`${factory.path}-wal`)).toBe(false);
});

test('a caller who gave up ends it at any point, and nothing but the unfinished file is left', async () => {
  let looks = 0;
  await factory.salvage(factory.chainEnd, () => {
    looks += 1;
  });
  expect(looks).toBeGreaterThan(5);
  for (const last of [1, 2, 3, Math.floor(looks / 2), looks]) {
    let left = last;
    const stopped = factory.salvage(factory.chainEnd, () => {
      left -= 1;
      if (left === 0) throw new MasalaError('CANCELLED');
    });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(factory.leftBehind.filter((name) => !name.startsWith('masala.db'))).toEqual([]);
  }
});

describe('the description of the tables', () => {
  const schemaPages = () =>
    factory.pages.filter(({ name }) => name === 'sqlite_schema').map(({ page }) => page);

  test('the first page overwritten: nothing is lost', async () => {
    const before = contentOf(factory.path);
    factory.overwrite(1, new Uint8Array(PAGE_BYTES));
    const report = await factory.salvage();
    expect(report.warnings).toEqual(['The description of the tables was lost and was made anew.']);
    expect(contentOf(report.databasePath)).toEqual(before);
  });

  test('every page of it overwritten: nothing is lost', async () => {
    const before = contentOf(factory.path);
    for (const page of schemaPages()) factory.overwrite(page, new Uint8Array(PAGE_BYTES).fill(0xa5));
    expect(contentOf((await factory.salvage()).databasePath)).toEqual(before);
  });

  test('the header only', async () => {
    const before = contentOf(factory.path);
    factory.overwrite(1, new Uint8Array(100));
    expect(contentOf((await factory.salvage()).databasePath)).toEqual(before);
  });
});

test.each([
  ['no file', () => rmSync(factory.path)],
  ['an empty file', () => truncateSync(factory.path)],
])('impossible: %s', async (_, harm) => {
  harm();
  await expect(factory.salvage()).rejects.toMatchObject({
    code: 'SALVAGE_IMPOSSIBLE',
    data: { reason: expect.any(String) },
  });
});

test('a file of something else gives nothing, or says that it is impossible', async () => {
  writeFileSync(factory.path, 'Dear diary, '.repeat(40_000));
  const outcome = await factory.salvage().then(
    ({ counts }) => counts.documents,
    (error: { code: string }) => error.code,
  );
  expect([0, 'SALVAGE_IMPOSSIBLE']).toContain(outcome);
});

describe('commands', () => {
  const last = () => factory.chainEnd.sequence;

  test('after a gap they are numbered and chained anew, and keep ids and answers', async () => {
    const before = ask<string>(
      factory.path,
      'SELECT command_id || answer FROM commands WHERE sequence <> 80 ORDER BY sequence',
    );
    factory.change(
      "DELETE FROM commands WHERE sequence = 80 AND outcome = 'done'",
      'DELETE FROM documents WHERE created_at = (SELECT at FROM commands WHERE sequence = 79) + 1',
    );
    const report = await factory.salvage();
    expect(tableOf(report, 'commands')).toMatchObject({ carried: last() - 1, lost: 1 });
    expect(report.branchSequence).toBe(79);
    expect(
      ask<string>(
        report.databasePath,
        `SELECT command_id || answer FROM commands WHERE method <> '${LOST_METHOD}' ORDER BY sequence`,
      ),
    ).toEqual(before);
  });

  test('missing at the end, as the mark tells', async () => {
    factory.change('DELETE FROM commands WHERE sequence > 100');
    const report = await factory.salvage();
    expect(tableOf(report, 'commands')).toMatchObject({ carried: 100, lost: last() - 100 });
    expect(report.branchSequence).toBe(100);
    const withoutMark = await factory.salvage(null);
    expect(withoutMark.warnings.at(-1)).toMatch('Whether commands are missing at the end cannot be told');
    expect(withoutMark.parent).toBe('epoch-1');
  });

  test('of a changed hash nothing is lost', async () => {
    const before = contentOf(factory.path);
    factory.change("UPDATE commands SET hash = 'x' WHERE sequence = 60");
    const report = await factory.salvage();
    expect(tableOf(report, 'commands')).toMatchObject({ carried: last(), lost: 0 });
    expect(contentOf(report.databasePath)).toEqual(before);
  });

  test.each(['device_id', 'method', 'at', 'outcome', 'body', 'answer', 'decided_digest', 'command_id'])(
    'a changed %s: the command is lost, its id stays used since its document is there',
    async (column) => {
      const [sequence, commandId] = fieldsOf(
        "SELECT sequence || ' ' || command_id FROM commands WHERE method = 'receipts.create' AND outcome = 'done' LIMIT 1 OFFSET 20",
      );
      const value = column === 'at' ? 'at + 5' : column === 'outcome' ? "'refused'" : `${column} || 'x'`;
      factory.change(`UPDATE commands SET ${column} = ${value} WHERE sequence = ${sequence}`);
      const report = await factory.salvage();
      expect(tableOf(report, 'commands')).toMatchObject({ carried: last() - 1, lost: 1, remade: 1 });
      const used = column === 'command_id' ? `${commandId}x` : commandId;
      expect(
        ask<string>(report.databasePath, `SELECT command_id FROM commands WHERE method = '${LOST_METHOD}'`),
      ).toEqual([used]);
      expect(report.lastSequence).toBe(last());
      expect(report.counts.documents).toBe(ask<number>(factory.path, 'SELECT count(*) FROM documents')[0]);
    },
  );

  test('a lost command whose document is lost too may come again', async () => {
    const [sequence, id] = fieldsOf(
      `SELECT sequence || ' ' || json_extract(answer, '$.id') FROM commands
       WHERE method = 'receipts.create' AND outcome = 'done' LIMIT 1 OFFSET 20`,
    );
    factory.change(
      `UPDATE commands SET body = 'x' WHERE sequence = ${sequence}`,
      `DELETE FROM documents WHERE id = '${id}'`,
    );
    const report = await factory.salvage();
    expect(tableOf(report, 'commands')).toMatchObject({ lost: 1, remade: 0 });
  });

  test('bodies that have expired stay so', async () => {
    factory.change(
      'UPDATE commands SET body = NULL, decided = NULL, answer = NULL WHERE sequence <= 30',
      'UPDATE ledger SET bodies_expired_to = 30',
      'DELETE FROM commands WHERE sequence = 10',
    );
    const report = await factory.salvage();
    expect(tableOf(report, 'commands')).toMatchObject({ carried: last() - 1, lost: 1 });
    expect(ask<number>(report.databasePath, 'SELECT bodies_expired_to FROM ledger')).toEqual([29]);
  });
});

describe('documents', () => {
  test('what is not what was booked is left out, and what came in with it is made up for', async () => {
    const [sku] = ask<string>(factory.path, 'SELECT sku FROM items ORDER BY id LIMIT 1');
    factory.change("UPDATE documents SET note = 'x' WHERE kind = 'receipt'");
    const report = await factory.salvage();
    const adjustments = ask<string>(
      report.databasePath,
      "SELECT number FROM documents WHERE kind = 'adjustment'",
    );
    expect(adjustments).toEqual(['ADJ-2026-000001']);
    expect(report.warnings.join('\n')).toMatch(/set to zero by ADJ-2026-000001: count them/);
    expect(report.warnings.join('\n')).toMatch(
      new RegExp(`The stock of \\d+ lots is not what it was.*${sku}`),
    );
    expect(report.warnings.join('\n')).toMatch(/Posted documents that are lost: GRN-2026-000001, /);
    expect(ask<number>(report.databasePath, 'SELECT min(quantity) FROM levels')).toEqual([0]);
  });

  test('a lost number is not given again', async () => {
    const [highest] = ask<string>(factory.path, "SELECT max(number) FROM documents WHERE kind = 'receipt'");
    const [counter] = ask<number>(factory.path, "SELECT last FROM document_numbers WHERE kind = 'receipt'");
    expect(highest).toBe(`GRN-2026-${String(counter).padStart(6, '0')}`);
    factory.change(`DELETE FROM documents WHERE number = '${highest}'`);
    const report = await factory.salvage();
    expect(
      ask<number>(report.databasePath, "SELECT last FROM document_numbers WHERE kind = 'receipt'"),
    ).toEqual([counter]);
  });

  test.each([
    ['the reversal', 'reversal_of IS NOT NULL'],
    ['the original', 'reversed_by IS NOT NULL'],
  ])('a lost half of a reversal is made anew: %s', async (_, half) => {
    const levels = ask<string>(factory.path, CONTENT[1] as string);
    const [id] = ask<string>(factory.path, `SELECT id FROM documents WHERE ${half} LIMIT 1 OFFSET 3`);
    factory.change(`UPDATE documents SET note = 'x' WHERE id = '${id}'`);
    const report = await factory.salvage();
    expect(tableOf(report, 'documents')).toMatchObject({ lost: 1, remade: 1 });
    expect(ask<string>(report.databasePath, CONTENT[1] as string)).toEqual(levels);
    expect(ask<string>(report.databasePath, `SELECT number FROM documents WHERE id = '${id}'`)).toEqual(
      ask<string>(factory.path, `SELECT number FROM documents WHERE id = '${id}'`),
    );
  });
});

describe('a damaged page', () => {
  const garbage = new Uint8Array(PAGE_BYTES).fill(0x5a);

  test('of items: the names of the lost ones are told from the index', async () => {
    const page = factory.pages.find(({ name, type }) => name === 'items' && type === 'leaf');
    factory.overwrite(page?.page ?? 0, garbage);
    const report = await factory.salvage();
    expect(tableOf(report, 'items')).toMatchObject({ carried: 40 - (page?.cells ?? 0), lost: page?.cells });
    expect(report.warnings.join('\n')).toMatch(/Lost items: nut-\d+/i);
  });

  test('of commands: their ids are known from the index, and what they booked is not booked again', async () => {
    const leaves = factory.pages.filter(({ name, type }) => name === 'commands' && type === 'leaf');
    const page = leaves[Math.floor(leaves.length / 2)];
    factory.overwrite(page?.page ?? 0, garbage);
    const report = await factory.salvage();
    expect(tableOf(report, 'commands')).toMatchObject({ lost: page?.cells, remade: expect.any(Number) });
    expect(tableOf(report, 'commands')?.remade).toBeGreaterThan(0);
    expect(tableOf(report, 'documents')).toMatchObject({ lost: 0, remade: 0 });
  });

  test('at both ends and in the middle of a table: what lies between is read', async () => {
    const leaves = factory.pages.filter(({ name, type }) => name === 'document_lines' && type === 'leaf');
    const hit = [leaves[0], leaves[Math.floor(leaves.length / 2)], leaves.at(-1)];
    for (const page of hit) factory.overwrite(page?.page ?? 0, garbage);
    const report = await factory.salvage();
    const cells = hit.reduce((sum, page) => sum + (page?.cells ?? 0), 0);
    const [before] = ask<number>(factory.inventory.path, 'SELECT count(*) FROM documents');
    expect(tableOf(report, 'documents')?.carried).toBeGreaterThanOrEqual((before ?? 0) - cells);
  });
});

describe('master data', () => {
  test('lost items, lots, partners and units are stood for', async () => {
    const levels = ask<number>(factory.path, 'SELECT sum(quantity) FROM levels');
    factory.change(
      "DELETE FROM items WHERE sku IN ('nut-2', 'Nut-5')",
      'DELETE FROM lots WHERE item_id = (SELECT item_id FROM levels ORDER BY item_id LIMIT 1)',
      'DELETE FROM partners',
      "DELETE FROM units WHERE code = 'Box'",
    );
    const report = await factory.salvage();
    const warnings = report.warnings.join('\n');
    expect(warnings).toMatch(/Items are lost .*LOST-/);
    expect(warnings).toMatch(/Partners are lost .*LOST-/);
    expect(tableOf(report, 'items')).toMatchObject({ carried: 38, remade: 2 });
    expect(tableOf(report, 'partners')).toMatchObject({ carried: 0, remade: 1 });
    expect(tableOf(report, 'units')).toMatchObject({ remade: 1 });
    expect(ask<number>(report.databasePath, 'SELECT sum(quantity) FROM levels')).toEqual(levels);
    expect(ask<string>(report.databasePath, 'SELECT kind FROM partners')).toEqual(['supplier']);
  });

  test('a lot that names another item is corrected by the documents', async () => {
    const before = ask<string>(factory.path, CONTENT[4] as string);
    factory.change(
      'UPDATE lots SET item_id = (SELECT max(id) FROM items) WHERE id = (SELECT min(lot_id) FROM levels)',
    );
    const report = await factory.salvage();
    expect(ask<string>(report.databasePath, CONTENT[4] as string)).toEqual(before);
  });

  test('rows that are no rows are left out', async () => {
    factory.change(
      `INSERT INTO partners VALUES ('${testId(9)}', 'X', 'X', 'neither', 1, 1)`,
      "UPDATE epochs SET parent = 'epoch-1'",
      "UPDATE ledger SET boot_sequence = -1, epoch = 'nowhere'",
    );
    const report = await factory.salvage();
    expect(tableOf(report, 'partners')).toMatchObject({ carried: 1, lost: 1 });
    expect(report.parent).toBe('epoch-1');
  });
});
