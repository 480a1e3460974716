// The rows of a saved receipt as a plain program would write them: the same tables and columns as ours, no more work.

import BetterSqlite3 from 'better-sqlite3';
import { v7 } from 'uuid';
import { migration0001 } from '../../../packages/core-worker/src/store/migrations/0001-ledger.ts';

export interface ReceiptRequest {
  readonly commandId: string;
  readonly reference: string;
  readonly lines: readonly { readonly itemId: string; readonly quantity: number }[];
}

/** A digest's length; a plain program computes none, and we do not charge it for ours. */
const DIGEST = '0'.repeat(64);

/** Opens a database of our schema the way a careful program does (WAL, FULL), with `saveReceipt` as one commit each. */
export function openLedgerRows(path: string) {
  const database = new BetterSqlite3(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  if (database.pragma('user_version', { simple: true }) === 0) {
    database.exec(migration0001.sql);
    database.pragma('user_version = 1');
    const item = database.prepare("INSERT INTO items VALUES (?, ?, 'bench', 'pcs', 0, 1, ?, 1)");
    const lot = database.prepare('INSERT INTO lots VALUES (?, ?, NULL)');
    database.transaction(() => {
      item.run('item', 'bench', 'lot');
      lot.run('lot', 'item');
    })();
  }
  const document = database.prepare(
    `INSERT INTO documents VALUES (?, 'receipt', 'draft', NULL, NULL, ?, NULL, NULL, ?, NULL, NULL, NULL, ?, 1, ?)`,
  );
  const line = database.prepare('INSERT INTO document_lines VALUES (?, ?, ?, ?, ?, NULL)');
  const command = database.prepare(
    `INSERT INTO commands VALUES (?, ?, 'device', NULL, 'receipts.create', ?, 'done', ?, ?, ?, ?, ?, ?, ?)`,
  );
  const last = database.prepare<[], number>('SELECT coalesce(max(sequence), 0) FROM commands').pluck();
  const lotOf = database.prepare<[string], string>('SELECT default_lot_id FROM items WHERE id = ?').pluck();

  const saveReceipt = database.transaction((request: ReceiptRequest) => {
    const id = v7();
    const at = Date.now();
    document.run(id, request.reference, at, request.lines.length, DIGEST);
    for (const [index, { itemId, quantity }] of request.lines.entries()) {
      line.run(id, index + 1, itemId, lotOf.get(itemId), quantity);
    }
    const answer = { id, version: 1, status: 'draft', number: null };
    const { commandId, ...content } = request;
    command.run(
      ...[(last.get() ?? 0) + 1, commandId, at, DIGEST, JSON.stringify(content)],
      ...[JSON.stringify({ at, ids: [id] }), DIGEST, JSON.stringify(answer), DIGEST, DIGEST],
    );
    return answer;
  });
  return { database, saveReceipt };
}
