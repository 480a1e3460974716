// What a restore of a backup would take away: counted in the pool from the database that is served, which it only reads.

import type { DocumentKind } from '@masala/protocol/tables';
import { openForReading } from '../../store/sqlite.ts';

/** As many as a person reads before choosing. */
const DOCUMENTS_SHOWN = 50;

export interface PreviewParams {
  readonly databasePath: string;
  /** The backup's end: its last sequence, the chain's hash there, and how many movements it holds. */
  readonly lastSequence: number;
  readonly lastHash: string;
  readonly movements: number;
}

export interface PreviewDocument {
  readonly number: string | null;
  readonly kind: DocumentKind;
  readonly at: number;
  readonly partner: string | null;
}

export interface Preview {
  /** False where the present history does not go through the end of the backup. */
  readonly comparable: boolean;
  readonly undoneCommands: number;
  readonly undoneDocuments: number;
  /** Newest first. */
  readonly documents: PreviewDocument[];
}

export const NOT_COMPARABLE: Preview = {
  comparable: false,
  undoneCommands: 0,
  undoneDocuments: 0,
  documents: [],
};

/** A preview, and the last sequence of the database that was looked at. */
export interface PreviewReport extends Preview {
  readonly end: number;
}

/**
 * The pool's task. Movements are numbered without gaps in the order of booking: those above the backup's count are of the
 * documents that were booked after it. A draft that was changed since is not among them, but among the commands.
 */
export function previewBackup({
  databasePath,
  lastSequence,
  lastHash,
  movements,
}: PreviewParams): PreviewReport {
  const database = openForReading(databasePath);
  try {
    const look = database.transaction((): PreviewReport => {
      const hash = database
        .prepare<[number], string>('SELECT hash FROM commands WHERE sequence = ?')
        .pluck()
        .get(lastSequence);
      const end =
        database.prepare<[], number | null>('SELECT max(sequence) FROM commands').pluck().get() ?? 0;
      if (lastSequence > 0 && hash !== lastHash) return { ...NOT_COMPARABLE, end };
      const undoneDocuments = database
        .prepare<[number], number>('SELECT count(DISTINCT document_id) FROM movements WHERE sequence > ?')
        .pluck()
        .get(movements);
      const documents = database
        .prepare<[number, number], PreviewDocument>(
          `SELECT documents.number, documents.kind, undone.at, partners.name AS partner
           FROM (
             SELECT document_id, max(sequence) AS newest, max(at) AS at FROM movements WHERE sequence > ?
             GROUP BY document_id ORDER BY newest DESC LIMIT ?
           ) AS undone
           JOIN documents ON documents.id = undone.document_id
           LEFT JOIN partners ON partners.id = documents.partner_id
           ORDER BY undone.newest DESC`,
        )
        .all(movements, DOCUMENTS_SHOWN);
      return {
        comparable: true,
        undoneCommands: end - lastSequence,
        undoneDocuments: undoneDocuments ?? 0,
        documents,
        end,
      };
    });
    return look();
  } finally {
    database.close();
  }
}
