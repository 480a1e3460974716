// Items: what is kept in stock. Each has a default lot from its birth, so that every movement has a lot.

import { documentKinds, MasalaError } from '@masala/protocol/tables';
import type { CommandHandlers } from '../store/command.ts';
import type { Database } from '../store/sqlite.ts';
import { ITEM_COLUMNS, type ItemRow, itemOf } from './records.ts';
import { findUnit } from './units.ts';

export function itemCommands(database: Database): CommandHandlers<'items.create' | 'items.update'> {
  const unit = findUnit(database);
  const bySku = database.prepare<[string], string>('SELECT id FROM items WHERE sku = ?').pluck();
  const byId = database.prepare<[string], ItemRow>(`SELECT ${ITEM_COLUMNS} FROM items WHERE id = ?`);
  const wasMoved = database
    .prepare<[string], number>('SELECT 1 FROM movements WHERE item_id = ? LIMIT 1')
    .pluck();
  const isDrafted = database
    .prepare<[string, string], number>(
      `SELECT 1 FROM documents JOIN document_lines ON document_id = id
       WHERE kind = ? AND status = 'draft' AND item_id = ? LIMIT 1`,
    )
    .pluck();
  const insert = database.prepare(
    `INSERT INTO items (id, sku, name, unit, decimals, active, default_lot_id, version)
     VALUES (?, ?, ?, ?, ?, 1, ?, 1)`,
  );
  const insertLot = database.prepare('INSERT INTO lots (id, item_id, number) VALUES (?, ?, NULL)');
  const insertLevel = database.prepare('INSERT INTO levels (item_id, lot_id, quantity) VALUES (?, ?, 0)');
  const update = database.prepare(
    'UPDATE items SET sku = ?, name = ?, unit = ?, decimals = ?, active = ?, version = ? WHERE id = ?',
  );

  /** The unit as it is kept; throws where there is none. */
  function knownUnit(code: string): string {
    const known = unit.get(code);
    if (known === undefined) throw new MasalaError('UNIT_UNKNOWN', { unit: code });
    return known;
  }

  /** Throws when another item than `id` has the SKU. */
  function checkSkuFree(sku: string, id?: string): void {
    const holder = bySku.get(sku);
    if (holder !== undefined && holder !== id) throw new MasalaError('SKU_TAKEN', { sku, itemId: holder });
  }

  /** Whether quantities of it are written down anywhere: other decimals would give them another meaning. */
  function isCounted(id: string): boolean {
    if (wasMoved.get(id) !== undefined) return true;
    return Object.keys(documentKinds).some((kind) => isDrafted.get(kind, id) !== undefined);
  }

  return {
    'items.create': ({ sku, name, unit: unitCode, decimals = 0 }, { decisions }) => {
      checkSkuFree(sku);
      const unitKept = knownUnit(unitCode);
      const id = decisions.newId();
      const defaultLotId = decisions.newId();
      insert.run(id, sku, name, unitKept, decimals, defaultLotId);
      insertLot.run(defaultLotId, id);
      // A level from the start: stock on hand then lists all items by reading no more rows than it shows.
      insertLevel.run(id, defaultLotId);
      return { id, version: 1, defaultLotId };
    },

    'items.update': ({ id, version, ...changes }) => {
      const row = byId.get(id);
      if (row === undefined) throw new MasalaError('NOT_FOUND', { id });
      const present = itemOf(row);
      if (present.version !== version) throw new MasalaError('CONFLICT', { present });
      const next = { ...present, ...changes, version: version + 1 };
      if (changes.sku !== undefined) checkSkuFree(changes.sku, id);
      if (changes.unit !== undefined) next.unit = knownUnit(changes.unit);
      const countsOtherwise = next.unit !== present.unit || next.decimals !== present.decimals;
      if (countsOtherwise && isCounted(id)) throw new MasalaError('ITEM_IN_USE', { id });
      update.run(next.sku, next.name, next.unit, next.decimals, next.active ? 1 : 0, next.version, id);
      return { id, version: next.version };
    },
  };
}
