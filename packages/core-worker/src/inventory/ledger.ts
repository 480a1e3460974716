// The ledger: writes movements and the levels that they lead to, in the transaction of the document that makes them.

import { MasalaError } from '@masala/protocol/tables';
import type { Database } from '../store/sqlite.ts';
import { movementDigest } from './digests.ts';
import { changeStock, type Level, type StockMovement, type StockProblem } from './stock-change.ts';

export interface Ledger {
  /**
   * The levels after the movements. Refuses with INSUFFICIENT_STOCK or QUANTITY_TOO_LARGE, whose `data.lines` names
   * every lot in question: `{ line, itemId, sku, lotId, requested, available }`.
   */
  levelsAfter(movements: readonly StockMovement[]): readonly Level[];
  /** Appends the movements of a document and sets the levels that `levelsAfter` gave for them. */
  book(documentId: string, at: number, movements: readonly StockMovement[], levels: readonly Level[]): void;
}

export function ledgerOf(database: Database): Ledger {
  const level = database
    .prepare<[string, string], number>('SELECT quantity FROM levels WHERE item_id = ? AND lot_id = ?')
    .pluck();
  const setLevel = database.prepare<[string, string, number]>(
    `INSERT INTO levels (item_id, lot_id, quantity) VALUES (?, ?, ?)
     ON CONFLICT (item_id, lot_id) DO UPDATE SET quantity = excluded.quantity`,
  );
  const lastSequence = database.prepare<[], number | null>('SELECT max(sequence) FROM movements').pluck();
  const append = database.prepare(
    `INSERT INTO movements (sequence, document_id, line, item_id, lot_id, quantity, at, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const sku = database.prepare<[string], string>('SELECT sku FROM items WHERE id = ?').pluck();

  const withSku = ({ line, itemId, lotId, requested, available }: StockProblem) => {
    return { line, itemId, sku: sku.get(itemId), lotId, requested, available };
  };

  return {
    levelsAfter(movements) {
      const change = changeStock(movements, (itemId, lotId) => level.get(itemId, lotId) ?? 0);
      const { levels, lacking, tooLarge } = change;
      if (lacking.length > 0) throw new MasalaError('INSUFFICIENT_STOCK', { lines: lacking.map(withSku) });
      if (tooLarge.length > 0) throw new MasalaError('QUANTITY_TOO_LARGE', { lines: tooLarge.map(withSku) });
      return levels;
    },

    book(documentId, at, movements, levels) {
      let sequence = lastSequence.get() ?? 0;
      for (const { line, itemId, lotId, quantity } of movements) {
        sequence += 1;
        const digest = movementDigest({ sequence, documentId, line, itemId, lotId, quantity, at });
        append.run(sequence, documentId, line, itemId, lotId, quantity, at, digest);
      }
      for (const { itemId, lotId, quantity } of levels) setLevel.run(itemId, lotId, quantity);
    },
  };
}
