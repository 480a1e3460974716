// Imports: a file is sent in chunks, read in the pool, and booked as commands whose ids are derived from the rows.

import Type from 'typebox';
import { limits } from '../limits.ts';
import { event, type Role, read } from './define.ts';
import { answer, bytes, closed, Id, integer, nullable, text } from './shapes.ts';

export const ImportKind = Type.Enum(['dispatches', 'receipts', 'items']);

const Column = text(200);

/** How to read a file. docs/examples explains each field, and has a map for a wholesaler's days. */
export const ImportMap = closed({
  /** The name of where the files come from; part of every derived command id, so keep it for ever. */
  source: text(60),
  /** UTF-8 where it is left out. `latin1` is read as Windows-1252, which is what such files hold in practice. */
  encoding: Type.Optional(Type.Enum(['utf8', 'latin1'])),
  delimiter: Type.Optional(Type.Enum([',', ';', '\t', '|'])),
  /** The columns, by their names in the header line. */
  columns: closed({
    sku: Column,
    /** The document's key: rows with the same one are one document. Not for items. */
    document: Type.Optional(Column),
    quantity: Type.Optional(Column),
    name: Type.Optional(Column),
    unit: Type.Optional(Column),
    decimals: Type.Optional(Column),
    /** `YYYY-MM-DD`, with or without ` HH:MM[:SS]`; taken as UTC. */
    date: Type.Optional(Column),
    reason: Type.Optional(Column),
  }),
  /** For items that the import creates. */
  defaults: Type.Optional(
    closed({ unit: Type.Optional(text(16)), decimals: Type.Optional(integer(0, limits.itemDecimalsMax)) }),
  ),
  /** Create articles that are not known yet, instead of refusing their rows. */
  createUnknownItems: Type.Optional(Type.Boolean()),
  /** Documents whose key begins so are returns; their quantities are negative in the file. */
  returnPrefix: Type.Optional(text(10)),
  /** Rows with a negative quantity outside of returns are write-offs; else they are refused. */
  negativeIsWriteOff: Type.Optional(Type.Boolean()),
  /** Rows of these SKUs are no goods: skipped and counted. Without regard to case. */
  skipSkus: Type.Optional(Type.Array(text(limits.skuMaxLength), { maxItems: 1_000 })),
});

export const RefusedRow = answer({
  line: integer(1),
  value: Type.String(),
  /** An error code, a colon and a sentence. */
  reason: Type.String(),
});

/** All counts but `documents` are lines of the file; they add up to `lines`. */
export const ImportReport = answer({
  lines: integer(0),
  booked: answer({
    dispatches: integer(0),
    returns: integer(0),
    writeOffs: integer(0),
    receipts: integer(0),
    items: integer(0),
  }),
  skipped: integer(0),
  /** How many rows were refused; `refused` lists the first page of them, by line; `imports.refused` has the others. */
  refusedTotal: integer(0),
  refused: Type.Array(RefusedRow),
  alreadyBooked: integer(0),
  /** Documents (or items) booked by this run. */
  documents: integer(0),
  /** Articles created because rows of documents named them. */
  itemsCreated: integer(0),
  /** Receipts booked to cover the file's demand; null where that was not asked for. */
  openingStock: nullable(
    answer({
      /** Receipts booked by this run, and their lines (none of them lines of the file). */
      documents: integer(0),
      lines: integer(0),
      /** An earlier run booked it: it is never booked twice, even if the file's demand has grown since. */
      alreadyBooked: Type.Boolean(),
    }),
  ),
});

const importers: readonly Role[] = ['admin', 'office'];
/** Two million rows at 2,000 a second: a quarter of an hour; an hour leaves room. */
const RUN_DEADLINE_MS = 3_600_000;

export const importMethods = {
  'imports.begin': read({
    meaning:
      'Begins an import on this connection. It ends with the connection; a second run books nothing twice.',
    roles: importers,
    input: closed({
      kind: ImportKind,
      fileName: text(255),
      sizeBytes: integer(0),
      map: ImportMap,
      openingStock: Type.Optional(Type.Boolean()),
    }),
    output: answer({ importId: Id }),
    errors: ['IMPORT_MAP_INVALID', 'IMPORT_FILE_TOO_LARGE', 'IMPORTS_TOO_MANY', 'READ_ONLY', 'DISK_FULL'],
  }),
  'imports.chunk': read({
    meaning:
      'Sends the next bytes of the file, in order. Bytes that were received already are acknowledged again.',
    roles: importers,
    input: closed({ importId: Id, offset: integer(0), bytes: bytes(limits.importChunkBytes) }),
    output: answer({ receivedBytes: integer(0) }),
    errors: ['IMPORT_UNKNOWN', 'IMPORT_FILE_INCOMPLETE', 'IMPORT_FILE_TOO_LARGE', 'READ_ONLY', 'DISK_FULL'],
  }),
  'imports.run': read({
    meaning: 'Reads and books the file that was sent; `import.progress` tells how far it is.',
    roles: importers,
    input: closed({ importId: Id }),
    output: ImportReport,
    errors: [
      'IMPORT_UNKNOWN',
      'IMPORT_FILE_INCOMPLETE',
      'IMPORT_FILE_TOO_LARGE',
      'IMPORT_EMPTY',
      'IMPORT_HEADER_INVALID',
      'IMPORT_CSV_INVALID',
      'IMPORT_RECORD_TOO_LONG',
      'IMPORT_ENCODING_INVALID',
      // The opening stock, which is no line of the file, could not be booked: nothing else was tried then.
      'QUANTITY_TOO_LARGE',
      'ITEM_INACTIVE',
      'READ_ONLY',
      'CANCELLED',
    ],
    deadlineMs: RUN_DEADLINE_MS,
  }),
  'imports.refused': read({
    meaning:
      'Refused rows of the last import that ended on this connection, by line, a page at a time; begin with `after: 0`, then give the last line of the page before.',
    roles: importers,
    input: closed({ importId: Id, after: integer(0) }),
    output: answer({ refused: Type.Array(RefusedRow), next: nullable(integer(1)) }),
    errors: ['IMPORT_UNKNOWN', 'READ_ONLY'],
  }),
};

export const importEvents = {
  'import.progress': event({
    meaning: 'How far an import of this connection is. Sent unasked.',
    params: answer({
      importId: Id,
      phase: Type.Enum(['reading', 'booking']),
      linesDone: integer(0),
      /** Estimated by the bytes read so far while it is `reading`. */
      linesTotal: integer(0),
    }),
  }),
};
