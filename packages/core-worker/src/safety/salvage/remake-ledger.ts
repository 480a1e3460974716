// Makes the ledger anew from the documents: movements, levels, and an adjustment where documents are missing that brought in stock.

import { type DocumentKind, limits } from '@masala/protocol/tables';
import { movementDigest } from '../../inventory/digests.ts';
import { documentRows } from '../../inventory/documents/rows.ts';
import type { Head, Line } from '../../inventory/records.ts';
import { movementsOf, type StockMovement } from '../../inventory/stock-change.ts';
import type { Database } from '../../store/sqlite.ts';
import { namesOf, type Tally } from './salvage-report.ts';

export interface LedgerSource {
  readonly harvest: Database;
  readonly target: Database;
  readonly tally: Tally;
  readonly at: number;
  readonly newId: () => string;
  readonly step: () => Promise<void>;
}

interface PostedLine extends StockMovement {
  readonly documentId: string;
  readonly kind: DocumentKind;
  readonly isReversal: 0 | 1;
  readonly postedAt: number;
}

export async function remakeLedger(source: LedgerSource): Promise<void> {
  const { target, tally, harvest } = source;
  const movements = await remakeMovements(source);
  const adjusted = adjustNegative(source, movements);
  tally.add('movements', { remade: movements + adjusted });
  const { changes } = target
    .prepare(
      `INSERT INTO levels SELECT item_id, lot_id, sum(quantity) FROM movements GROUP BY item_id, lot_id
       UNION SELECT id, default_lot_id, 0 FROM items
         WHERE NOT EXISTS (SELECT 1 FROM movements WHERE movements.item_id = items.id AND lot_id = default_lot_id)`,
    )
    .run();
  tally.add('levels', { remade: changes });
  tellChangedLevels(target, harvest, tally);
}

/** In the order of posting; a reversal after what it takes back. Gives how many. */
async function remakeMovements({ target, step }: LedgerSource): Promise<number> {
  // Written down first: a connection that writes cannot keep a long reading open.
  target.exec(
    `CREATE TEMP TABLE posting AS SELECT id, kind, reversal_of IS NOT NULL AS is_reversal, posted_at FROM documents
     WHERE status <> 'draft' ORDER BY posted_at, reversal_of IS NOT NULL, id`,
  );
  const chunk = target.prepare<[number, number], PostedLine>(
    `SELECT posting.id AS documentId, kind, is_reversal AS isReversal, posted_at AS postedAt, line,
       item_id AS itemId, lot_id AS lotId, quantity
     FROM posting CROSS JOIN document_lines ON document_id = posting.id
     WHERE posting.rowid > ? AND posting.rowid <= ? ORDER BY posting.rowid, line`,
  );
  const count = target.prepare<[], number>('SELECT count(*) FROM posting').pluck().get() ?? 0;
  const append = appendTo(target);
  let sequence = 0;
  for (let from = 0; from < count; from += CHUNK_DOCUMENTS) {
    for (const { documentId, kind, isReversal, postedAt, ...line } of chunk.all(
      from,
      from + CHUNK_DOCUMENTS,
    )) {
      for (const movement of movementsOf(kind, isReversal === 1, [line])) {
        sequence += 1;
        append(sequence, documentId, postedAt, movement);
      }
      await step();
    }
  }
  target.exec('DROP TABLE posting');
  return sequence;
}

/** Of at most a thousand lines each: what is read at once stays under a hundred thousand rows. */
const CHUNK_DOCUMENTS = 100;

/** Brings levels below zero to zero by adjustments, since what came in is lost and what went out is not. */
function adjustNegative({ target, tally, at, newId }: LedgerSource, lastSequence: number): number {
  const negative = target
    .prepare<[], { itemId: string; lotId: string; quantity: number }>(
      `SELECT item_id AS itemId, lot_id AS lotId, sum(quantity) AS quantity FROM movements
       GROUP BY item_id, lot_id HAVING sum(quantity) < 0`,
    )
    .all();
  const rows = documentRows(target);
  const append = appendTo(target);
  const numbers: string[] = [];
  let sequence = lastSequence;
  for (let from = 0; from < negative.length; from += limits.documentLinesMax) {
    const lines: Line[] = negative.slice(from, from + limits.documentLinesMax).map((lot, index) => {
      const { itemId, lotId, quantity } = lot;
      return {
        line: index + 1,
        itemId,
        lotId,
        quantity: -quantity,
        reason: 'Salvage: what had come in is lost.',
      };
    });
    const head = adjustmentOf(newId(), rows.takeNumber('adjustment', at), at, lines.length);
    rows.insert(head, lines);
    for (const movement of movementsOf('adjustment', false, lines)) append(++sequence, head.id, at, movement);
    numbers.push(head.number ?? '');
  }
  tally.add('documents', { remade: numbers.length });
  tally.add('document_lines', { remade: negative.length });
  if (numbers.length > 0) {
    tally.warn(
      `${negative.length} lots had less than nothing in them and were set to zero by ${namesOf(numbers)}: count them.`,
    );
  }
  return sequence - lastSequence;
}

function adjustmentOf(id: string, number: string, at: number, lineCount: number): Head {
  return {
    ...{ id, kind: 'adjustment', status: 'posted', number, partnerId: null, reference: null },
    ...{ note: 'Made by a salvage.', documentAt: null, createdAt: at, postedAt: at },
    ...{ reversalOf: null, reversedBy: null, lineCount, version: 1 },
  };
}

/** Levels that could be read and are another now: there documents are missing. */
function tellChangedLevels(target: Database, harvest: Database, tally: Tally): void {
  const present = target.prepare<[string, string], { quantity: number; sku: string }>(
    `SELECT quantity, sku FROM levels JOIN items ON items.id = item_id WHERE item_id = ? AND lot_id = ?`,
  );
  const changed: string[] = [];
  const levels = harvest.prepare<[], { item_id: string; lot_id: string; quantity: number }>(
    "SELECT * FROM levels WHERE typeof(item_id) = 'text' AND typeof(lot_id) = 'text'",
  );
  for (const { item_id, lot_id, quantity } of levels.iterate()) {
    const level = present.get(item_id, lot_id);
    if (level !== undefined && level.quantity !== quantity)
      changed.push(`${level.sku} (${quantity} → ${level.quantity})`);
  }
  if (changed.length > 0) {
    tally.warn(
      `The stock of ${changed.length} lots is not what it was, in smallest units: ${namesOf(changed)}. Count them.`,
    );
  }
}

function appendTo(target: Database) {
  const insert = target.prepare(
    `INSERT INTO movements (sequence, document_id, line, item_id, lot_id, quantity, at, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (sequence: number, documentId: string, at: number, movement: StockMovement): void => {
    const { line, itemId, lotId, quantity } = movement;
    const digest = movementDigest({ sequence, documentId, line, itemId, lotId, quantity, at });
    insert.run(sequence, documentId, line, itemId, lotId, quantity, at, digest);
  };
}
