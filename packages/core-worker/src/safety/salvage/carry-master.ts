// Carries items, lots, partners, units and devices as they can be read, and puts stand-ins where a document refers to a lost one.

import { documentKinds } from '@masala/protocol/tables';
import { type Database, sqliteCode } from '../../store/sqlite.ts';
import { missingRows } from './harvest.ts';
import { masterShapes } from './row-shapes.ts';
import { namesOf, type Tally } from './salvage-report.ts';

export interface MasterSource {
  readonly harvest: Database;
  readonly target: Database;
  readonly tally: Tally;
  readonly newId: () => string;
}

/** Rows as they are; one that its table refuses (two that have the same SKU …) is lost. */
export function carryMaster({ harvest, target, tally }: MasterSource): void {
  for (const [table, fits] of Object.entries(masterShapes)) {
    const columns = columnsOf(harvest, table);
    const places = columns.map(() => '?').join(', ');
    // Units are there from the migrations on: the row that was read is the one that counts.
    const insert = target.prepare(
      `INSERT OR ${table === 'units' ? 'REPLACE' : 'ABORT'} INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
    );
    let carried = 0;
    let lost = 0;
    for (const row of harvest.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all()) {
      if (fits(row) && isTaken(() => insert.run(...columns.map((column) => row[column])))) carried += 1;
      else lost += 1;
    }
    tally.add(table, { carried, lost: lost + missingRows(harvest, table) });
  }
  tellLost({ harvest, target, tally }, 'items', 'sku');
  tellLost({ harvest, target, tally }, 'partners', 'code');
}

/** The names that an index still has of rows that are gone. */
function tellLost(
  { harvest, target, tally }: Omit<MasterSource, 'newId'>,
  table: 'items' | 'partners',
  column: 'sku' | 'code',
): void {
  const isThere = target.prepare<[string], number>(`SELECT 1 FROM ${table} WHERE ${column} = ?`).pluck();
  const known = harvest
    .prepare<[], string>(
      `SELECT ${column} FROM index_sqlite_autoindex_${table}_2 WHERE typeof(${column}) = 'text'`,
    )
    .pluck()
    .all();
  const lost = known.filter((name) => isThere.get(name) === undefined);
  if (lost.length > 0) tally.warn(`Lost ${table}: ${namesOf(lost)}.`);
}

function isTaken(insert: () => unknown): boolean {
  try {
    insert();
    return true;
  } catch (error) {
    if (!sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT')) throw error;
    return false;
  }
}

function columnsOf(database: Database, table: string): string[] {
  return (database.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
}

/**
 * Every item, lot, unit and partner that is referred to is there afterwards: what is lost is stood for by a record that says so in
 * its name, and is not active. What the proved lines of documents say of a lot counts more than the lot's own row.
 */
export function standIn(source: MasterSource): void {
  lotsByLines(source);
  items(source);
  defaultLots(source);
  units(source);
  partners(source);
}

/** A name of its own for a stand-in: the end of its id, which no two made together share. */
function lostName(id: string): string {
  return `LOST-${id.slice(-12)}`;
}

function lotsByLines({ target, tally }: MasterSource): void {
  const used = target
    .prepare<[], { id: string; itemId: string; present: string | null; isDefault: number }>(
      `SELECT DISTINCT lot_id AS id, document_lines.item_id AS itemId, lots.item_id AS present,
         EXISTS (SELECT 1 FROM items WHERE default_lot_id = lot_id) AS isDefault
       FROM document_lines LEFT JOIN lots ON lots.id = lot_id
       WHERE lots.item_id IS NULL OR lots.item_id <> document_lines.item_id`,
    )
    .all();
  const insert = target.prepare('INSERT INTO lots (id, item_id, number) VALUES (?, ?, ?)');
  const correct = target.prepare('UPDATE lots SET item_id = ? WHERE id = ?');
  const made: string[] = [];
  for (const { id, itemId, present, isDefault } of used) {
    if (present === null) {
      insert.run(id, itemId, isDefault === 1 ? null : lostName(id));
      made.push(lostName(id));
    } else correct.run(itemId, id);
  }
  tally.add('lots', { remade: used.length });
  if (made.length > 0)
    tally.warn(`Lots that documents refer to are lost; they are named ${namesOf(made)} now.`);
}

function items({ target, tally, newId }: MasterSource): void {
  const missing = target
    .prepare<[], { id: string; lotId: string | null }>(
      `SELECT item_id AS id, min(id) AS lotId FROM (
         SELECT item_id, id FROM lots UNION ALL SELECT item_id, lot_id FROM document_lines)
       WHERE item_id NOT IN (SELECT id FROM items) GROUP BY item_id`,
    )
    .all();
  const insert = target.prepare("INSERT INTO items VALUES (?, ?, ?, 'pcs', 0, 0, ?, 1)");
  const asDefault = target.prepare('UPDATE lots SET number = NULL WHERE id = ?');
  for (const { id, lotId } of missing) {
    insert.run(id, lostName(id), 'Lost item (salvaged)', lotId ?? newId());
    if (lotId !== null) asDefault.run(lotId);
  }
  tally.add('items', { remade: missing.length });
  const names = missing.map(({ id }) => lostName(id));
  if (names.length > 0) {
    tally.warn(
      `Items are lost that documents or lots refer to; give these their name, unit and decimals: ${namesOf(names)}.`,
    );
  }
}

/** Every item has its default lot, and it is one of its own. */
function defaultLots({ target, tally, newId }: MasterSource): void {
  const wrong = target
    .prepare<[], { id: string; lotId: string; itemOfLot: string | null }>(
      `SELECT items.id, default_lot_id AS lotId, lots.item_id AS itemOfLot
       FROM items LEFT JOIN lots ON lots.id = default_lot_id
       WHERE lots.item_id IS NULL OR lots.item_id <> items.id`,
    )
    .all();
  const insert = target.prepare('INSERT INTO lots (id, item_id, number) VALUES (?, ?, NULL)');
  const own = target
    .prepare<[string], string>('SELECT id FROM lots WHERE item_id = ? AND number IS NULL')
    .pluck();
  const setDefault = target.prepare('UPDATE items SET default_lot_id = ? WHERE id = ?');
  for (const { id, lotId, itemOfLot } of wrong) {
    if (itemOfLot === null) {
      insert.run(lotId, id);
      continue;
    }
    const lot = own.get(id) ?? newId();
    if (own.get(id) === undefined) insert.run(lot, id);
    setDefault.run(lot, id);
  }
  tally.add('lots', { remade: wrong.length });
}

function units({ target, tally }: MasterSource): void {
  const { changes } = target
    .prepare(
      `INSERT INTO units (code, name) SELECT DISTINCT unit, unit FROM items
       WHERE unit NOT IN (SELECT code FROM units) GROUP BY unit COLLATE NOCASE`,
    )
    .run();
  tally.add('units', { remade: changes });
}

function partners({ target, tally }: MasterSource): void {
  const missing = target
    .prepare<[], { id: string; kinds: string }>(
      `SELECT partner_id AS id, group_concat(DISTINCT kind) AS kinds FROM documents
       WHERE partner_id IS NOT NULL AND partner_id NOT IN (SELECT id FROM partners) GROUP BY partner_id`,
    )
    .all();
  const insert = target.prepare("INSERT INTO partners VALUES (?, ?, 'Lost partner (salvaged)', ?, 0, 1)");
  for (const { id, kinds } of missing) insert.run(id, lostName(id), partnerKindOf(kinds.split(',')));
  tally.add('partners', { remade: missing.length });
  const names = missing.map(({ id }) => lostName(id));
  if (names.length > 0)
    tally.warn(`Partners are lost that documents refer to; give these their name: ${namesOf(names)}.`);
}

/** What a partner must be for the documents that name it. */
function partnerKindOf(kinds: readonly string[]): 'supplier' | 'customer' | 'both' {
  const needed = new Set(kinds.map((kind) => documentKinds[kind as keyof typeof documentKinds].partner));
  if (needed.size !== 1) return 'both';
  return [...needed][0] ?? 'both';
}
