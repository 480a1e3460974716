// Reads of documents: one machinery for all kinds.

import { type DocumentKind, MasalaError } from '@masala/protocol';
import type { ReadHandler } from '../../rpc/handlers.ts';
import type { Database } from '../../store/sqlite.ts';
import { type DocumentRecord, HEAD_COLUMNS, type Head, LINE_COLUMNS, type Line } from '../records.ts';
import { checkExactlyOne, pageOf, pageSize } from './pages.ts';

/** What the kinds share; all areas have the same static types, so those of receipts stand for all. */
export interface DocumentReads {
  readonly get: ReadHandler<'receipts.get'>;
  readonly list: ReadHandler<'receipts.list'>;
}

/** After every id: ids are hexadecimal. */
const AFTER_ALL_IDS = 'g';

/** Gives the reads of each kind; statements are prepared once for all of them. */
export function documentReads(database: Database): (kind: DocumentKind) => DocumentReads {
  const byId = database.prepare<[string, string], Head>(
    `SELECT ${HEAD_COLUMNS} FROM documents WHERE id = ? AND kind = ?`,
  );
  const byNumber = database.prepare<[string, string], Head>(
    `SELECT ${HEAD_COLUMNS} FROM documents WHERE number = ? AND kind = ?`,
  );
  const lines = database.prepare<[string], Line>(
    `SELECT ${LINE_COLUMNS} FROM document_lines WHERE document_id = ? ORDER BY line`,
  );
  const withStatus = database.prepare<ListParams & { status: string }, Head>(
    `SELECT ${HEAD_COLUMNS} FROM documents WHERE kind = @kind AND status = @status AND id < @after
     ORDER BY id DESC LIMIT @limit`,
  );
  const statuses = ['draft', 'posted', 'reversed'].map(
    (status) =>
      `SELECT ${HEAD_COLUMNS} FROM documents WHERE kind = @kind AND status = '${status}' AND id < @after`,
  );
  const withAnyStatus = database.prepare<ListParams, Head>(
    `${statuses.join(' UNION ALL ')} ORDER BY id DESC LIMIT @limit`,
  );

  // One transaction: a save between the two reads would give a head with another version's lines.
  const find = database.transaction(
    (kind: DocumentKind, id?: string, number = ''): DocumentRecord | undefined => {
      const head = id === undefined ? byNumber.get(number, kind) : byId.get(id, kind);
      return head && { ...head, lines: lines.all(head.id) };
    },
  );

  return (kind) => ({
    get: ({ id, number }) => {
      checkExactlyOne('id', id, 'number', number);
      const document = find(kind, id, number);
      if (document === undefined) throw new MasalaError('NOT_FOUND', id === undefined ? { number } : { id });
      return document;
    },

    list: ({ status, after = AFTER_ALL_IDS, limit }) => {
      const size = pageSize(limit);
      const params = { kind, after, limit: size + 1 };
      const read = status === undefined ? withAnyStatus.all(params) : withStatus.all({ ...params, status });
      const { rows, next } = pageOf(read, size, ({ id }) => id);
      return { documents: rows, next };
    },
  });
}

interface ListParams {
  readonly kind: DocumentKind;
  readonly after: string;
  readonly limit: number;
}
