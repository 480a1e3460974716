// Documents in their tables: heads, lines and numbers are read and written here, each head with its digest.

import type { DocumentKind } from '@masala/protocol';
import type { Database } from '../../store/sqlite.ts';
import { documentDigest } from '../digests.ts';
import { HEAD_COLUMNS, type Head, LINE_COLUMNS, type Line } from '../records.ts';
import { documentNumber, numberYear } from './rules.ts';

export type DocumentRows = ReturnType<typeof documentRows>;

export function documentRows(database: Database) {
  const head = database.prepare<[string], Head>(`SELECT ${HEAD_COLUMNS} FROM documents WHERE id = ?`);
  const lines = database.prepare<[string], Line>(
    `SELECT ${LINE_COLUMNS} FROM document_lines WHERE document_id = ? ORDER BY line`,
  );
  const insertHead = database.prepare(
    `INSERT INTO documents (id, kind, status, number, partner_id, reference, note, document_at, created_at,
       posted_at, reversal_of, reversed_by, line_count, version, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateHead = database.prepare(
    `UPDATE documents SET status = ?, number = ?, partner_id = ?, reference = ?, note = ?, document_at = ?,
       posted_at = ?, reversed_by = ?, line_count = ?, version = ?, digest = ? WHERE id = ?`,
  );
  const insertLine = database.prepare(
    `INSERT INTO document_lines (document_id, line, item_id, lot_id, quantity, reason) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const deleteLines = database.prepare<[string]>('DELETE FROM document_lines WHERE document_id = ?');
  const nextNumber = database
    .prepare<[string, number], number>(
      `INSERT INTO document_numbers (kind, year, last) VALUES (?, ?, 1)
       ON CONFLICT (kind, year) DO UPDATE SET last = last + 1 RETURNING last`,
    )
    .pluck();

  function writeLines(documentId: string, booked: readonly Line[]): void {
    for (const { line, itemId, lotId, quantity, reason } of booked) {
      insertLine.run(documentId, line, itemId, lotId, quantity, reason);
    }
  }

  return {
    findHead: (id: string): Head | undefined => head.get(id),
    linesOf: (id: string): Line[] => lines.all(id),

    /** The next number of the kind in the year of the booking; a refused command's number is free again. */
    takeNumber(kind: DocumentKind, at: number): string {
      const year = numberYear(at);
      return documentNumber(kind, year, nextNumber.get(kind, year) ?? 1);
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

    /** Writes a head anew; its lines stay, and are given for the digest. */
    update(document: Head, booked: readonly Line[]): void {
      const { id, status, number, partnerId, reference, note, documentAt } = document;
      const { postedAt, reversedBy, lineCount, version } = document;
      const digest = documentDigest(document, booked);
      updateHead.run(
        ...[status, number, partnerId, reference, note, documentAt],
        ...[postedAt, reversedBy, lineCount, version, digest, id],
      );
    },

    /** Puts other lines into a draft. */
    replaceLines(documentId: string, booked: readonly Line[]): void {
      deleteLines.run(documentId);
      writeLines(documentId, booked);
    },
  };
}
