// Checks documents: each against its digest, and its movements against its lines.

import { documentKinds, limits } from '@masala/protocol';
import type { Database } from '../../store/sqlite.ts';
import { documentDigest } from '../digests.ts';
import { HEAD_COLUMNS, type Head, LINE_COLUMNS, type Line } from '../records.ts';
import { movementsOf } from '../stock-change.ts';
import type { Walk } from '../verify.ts';
import type { Differences } from './differences.ts';

type StoredHead = Head & { readonly digest: string };
type StoredLine = Line & { readonly documentId: string };

export interface StoredMovement {
  readonly documentId: string;
  readonly line: number;
  readonly itemId: string;
  readonly lotId: string;
  readonly quantity: number;
  readonly at: number;
}

/** After every id: ids are hexadecimal. */
const AFTER_ALL_IDS = 'g';

export function documentWalk(database: Database, differences: Differences): Walk {
  const heads = database.prepare<[string], StoredHead>(
    `SELECT ${HEAD_COLUMNS}, digest FROM documents WHERE id > ? ORDER BY id`,
  );
  const lines = database.prepare<[string, string], StoredLine>(
    `SELECT document_id AS documentId, ${LINE_COLUMNS} FROM document_lines
     WHERE document_id > ? AND document_id <= ? ORDER BY document_id, line`,
  );
  const movements = database.prepare<[string, string], StoredMovement>(
    `SELECT document_id AS documentId, line, item_id AS itemId, lot_id AS lotId, quantity, at FROM movements
     WHERE document_id > ? AND document_id <= ? ORDER BY document_id, line`,
  );
  let lastId = '';

  return () => {
    const chunk: StoredHead[] = [];
    let work = 0;
    let upTo = AFTER_ALL_IDS;
    for (const head of heads.iterate(lastId)) {
      chunk.push(head);
      work += 1 + head.lineCount;
      if (work < limits.verifyChunkRows) continue;
      upTo = head.id;
      break;
    }
    const linesById = Map.groupBy(lines.all(lastId, upTo), ({ documentId }) => documentId);
    const movementsById = Map.groupBy(movements.all(lastId, upTo), ({ documentId }) => documentId);
    for (const { digest, ...head } of chunk) {
      const ownLines = (linesById.get(head.id) ?? []).map(({ documentId: _, ...line }) => line);
      for (const reason of documentProblems(head, digest, ownLines, movementsById.get(head.id) ?? [])) {
        differences.add('document', head.id, reason);
      }
      linesById.delete(head.id);
      movementsById.delete(head.id);
    }
    for (const id of new Set([...linesById.keys(), ...movementsById.keys()])) {
      differences.add('document', id, 'its head is missing');
    }
    lastId = upTo;
    return { count: chunk.length, more: upTo !== AFTER_ALL_IDS };
  };
}

/** What is wrong with a document. Pure. */
export function documentProblems(
  head: Head,
  digest: string,
  lines: readonly Line[],
  movements: readonly StoredMovement[],
): string[] {
  const problems: string[] = [];
  if (lines.length !== head.lineCount) problems.push(`has ${lines.length} lines and not ${head.lineCount}`);
  else if (documentDigest(head, lines) !== digest) problems.push('its head or lines do not fit its digest');

  // Damage may have made a kind of it that there is not: its digest has told that already.
  if (!Object.hasOwn(documentKinds, head.kind)) return problems;
  const expected = head.status === 'draft' ? [] : movementsOf(head.kind, head.reversalOf !== null, lines);
  const made = new Map(movements.map((movement) => [movement.line, movement]));
  for (const { line, itemId, lotId, quantity } of expected) {
    const movement = made.get(line);
    made.delete(line);
    if (movement === undefined) problems.push(`line ${line} has no movement`);
    else if (movement.itemId !== itemId || movement.lotId !== lotId || movement.quantity !== quantity) {
      problems.push(`the movement of line ${line} is not what the line says`);
    } else if (movement.at !== head.postedAt) {
      problems.push(`the movement of line ${line} is not of the time of posting`);
    }
  }
  for (const line of made.keys()) problems.push(`a movement of line ${line} should not be`);
  return problems;
}
