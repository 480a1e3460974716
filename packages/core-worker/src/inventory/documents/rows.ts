// Documents in their tables: heads, lines and numbers are read and written here, each head with its digest.

import type { DocumentKind } from '@masala/protocol/tables';
import type { Database } from '../../store/sqlite.ts';
import { documentDigest } from '../digests.ts';
import { HEAD_COLUMNS, type Head, LINE_COLUMNS, type Line } from '../records.ts';
import { documentNumber, numberYear } from './rules.ts';

export type DocumentRows = ReturnType<typeof documentRows>;

export function documentRows(database: Database) {
  const head = database.prepare<[string], Head>(`SELECT ${HEAD_COLUMNS} FROM documents WHERE id = ?`);
  const line = database.prepare<[string, number], Line>(
    `SELECT ${LINE_COLUMNS} FROM document_lines WHERE document_id = ? AND line = ?`,
  );
  const lines = database.prepare<[string], Line>(
    `SELECT ${LINE_COLUMNS} FROM document_lines WHERE document_id = ? ORDER BY line`,
  );
  const insertHead = database.prepare(
    `INSERT INTO documents (id, kind, status, number, partner_id, reference, note, document_at, created_at,
       posted_at, reversal_of, reversed_by, line_count, version, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // One statement for each step of a document's life: SQLite checks again each key and index that a statement names.
  const setContent = database.prepare(
    `UPDATE documents SET partner_id = ?, reference = ?, note = ?, document_at = ?, line_count = ?, version = ?,
       digest = ? WHERE id = ?`,
  );
  const setPosted = database.prepare(
    `UPDATE documents SET status = 'posted', number = ?, posted_at = ?, version = ?, digest = ? WHERE id = ?`,
  );
  const setReversed = database.prepare(
    `UPDATE documents SET status = 'reversed', reversed_by = ?, version = ?, digest = ? WHERE id = ?`,
  );
  const insertLine = database.prepare(
    `INSERT INTO document_lines (document_id, line, item_id, lot_id, quantity, reason) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const deleteLines = database.prepare<[string]>('DELETE FROM document_lines WHERE document_id = ?');
  const lastNumber = database
    .prepare<[string, number], number>('SELECT last FROM document_numbers WHERE kind = ? AND year = ?')
    .pluck();
  const setLastNumber = database.prepare<[string, number, number]>(
    `INSERT INTO document_numbers (kind, year, last) VALUES (?, ?, ?)
     ON CONFLICT (kind, year) DO UPDATE SET last = excluded.last`,
  );

  function writeLines(documentId: string, booked: readonly Line[]): void {
    for (const { line, itemId, lotId, quantity, reason } of booked) {
      insertLine.run(documentId, line, itemId, lotId, quantity, reason);
    }
  }

  return {
    findHead: (id: string): Head | undefined => head.get(id),

    linesOf({ id, lineCount }: Head): Line[] {
      // all() costs 10 µs before its first row, get() 2 µs for each: most documents have one line.
      if (lineCount !== 1) return lines.all(id);
      const only = line.get(id, 1);
      return only === undefined ? [] : [only];
    },

    /** The next number of the kind in the year of the booking; a refused command's number is free again. */
    takeNumber(kind: DocumentKind, at: number): string {
      const year = numberYear(at);
      const next = (lastNumber.get(kind, year) ?? 0) + 1;
      setLastNumber.run(kind, year, next);
      return documentNumber(kind, year, next);
    },

    insert(document: Head, booked: readonly Line[]): void {
      const { id, kind, status, number, partnerId, reference, note, documentAt, createdAt } = document;
      const { postedAt, reversalOf, reversedBy, lineCount, version } = document;
      const digest = documentDigest(document, booked);
      insertHead.run(
        ...[id, kind, status, number, partnerId, reference, note, documentAt, createdAt],
        ...[postedAt, reversalOf, reversedBy, lineCount, version, digest],
      );
      writeLines(id, booked);
    },

    /** Puts other content and lines into a draft. */
    replace(draft: Head, booked: readonly Line[]): void {
      const { id, partnerId, reference, note, documentAt, lineCount, version } = draft;
      const digest = documentDigest(draft, booked);
      setContent.run(partnerId, reference, note, documentAt, lineCount, version, digest, id);
      deleteLines.run(id);
      writeLines(id, booked);
    },

    /** Turns a draft into a posted document; its lines stay, and are given for the digest. */
    post(posted: Head, booked: readonly Line[]): void {
      const { id, number, postedAt, version } = posted;
      setPosted.run(number, postedAt, version, documentDigest(posted, booked), id);
    },

    /** Marks a posted document as taken back; its lines stay, and are given for the digest. */
    reverse(reversed: Head, booked: readonly Line[]): void {
      const { id, reversedBy, version } = reversed;
      setReversed.run(reversedBy, version, documentDigest(reversed, booked), id);
    },
  };
}
