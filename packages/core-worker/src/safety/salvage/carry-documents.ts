// Carries the documents whose head and lines fit their digest, and makes the lost half of a reversal anew from the other half.

import { documentKinds } from '@masala/protocol/tables';
import { documentDigest } from '../../inventory/digests.ts';
import { type DocumentRows, documentRows } from '../../inventory/documents/rows.ts';
import { HEAD_COLUMNS, type Head, LINE_COLUMNS, type Line } from '../../inventory/records.ts';
import { numbersGiven } from '../../inventory/verify/numbers.ts';
import type { Database } from '../../store/sqlite.ts';
import { missingRows } from './harvest.ts';
import { isHead, isLine } from './row-shapes.ts';
import { namesOf, type Tally } from './salvage-report.ts';

export interface DocumentSource {
  readonly harvest: Database;
  readonly target: Database;
  readonly tally: Tally;
  /** UTC ms of the salvage: the time of what is made anew. */
  readonly at: number;
  readonly step: () => Promise<void>;
}

/** Carries documents and their lines; gives nothing, tells all in the tally. */
export async function carryDocuments(source: DocumentSource): Promise<void> {
  const { harvest, target, tally, step } = source;
  const rows = documentRows(target);
  const heads = harvest.prepare<[], Record<string, unknown>>(
    `SELECT ${HEAD_COLUMNS}, digest FROM documents ORDER BY id`,
  );
  const linesOf = harvest.prepare<[unknown], Record<string, unknown>>(
    `SELECT ${LINE_COLUMNS} FROM document_lines WHERE document_id = ? ORDER BY line`,
  );
  let carried = 0;
  let lines = 0;
  let refused = 0;
  for (const row of heads.iterate()) {
    const document = proved(row, linesOf.all(row.id));
    if (document === undefined) refused += 1;
    else {
      rows.insert(document.head, document.lines);
      carried += 1;
      lines += document.lines.length;
    }
    await step();
  }
  tally.add('documents', { carried, lost: refused + missingRows(harvest, 'documents') });
  tally.add('document_lines', { carried: lines });
  if (refused > 0)
    tally.warn(`${refused} documents could be read, but are not what was booked: they were left out.`);
  carryNumbers(source);
  completeReversals(source, rows);
  tellLost(source);
}

/** The numbers of documents that the index still knows and that are not there any more. */
function tellLost({ harvest, target, tally }: DocumentSource): void {
  const isThere = target.prepare<[unknown], number>('SELECT 1 FROM documents WHERE id = ?').pluck();
  const known = harvest.prepare<[], { number: unknown; id: unknown }>(
    "SELECT number, id FROM index_documents_by_number WHERE typeof(number) = 'text' AND typeof(id) = 'text' ORDER BY number",
  );
  const lost: string[] = [];
  for (const { number, id } of known.iterate()) if (isThere.get(id) === undefined) lost.push(String(number));
  if (lost.length > 0) tally.warn(`Posted documents that are lost: ${namesOf(lost)}.`);
}

/** The document, when head and lines fit the digest; lines that belong to another content are not among them. */
function proved(
  row: Readonly<Record<string, unknown>>,
  rows: readonly Readonly<Record<string, unknown>>[],
): { head: Head; lines: Line[] } | undefined {
  if (!isHead(row)) return undefined;
  const { digest, ...head } = row;
  const lines = rows.filter(isLine);
  return documentDigest(head, lines) === digest ? { head, lines } : undefined;
}

/** The counters go on after every number that is known to have been given, also to a document that is lost. */
function carryNumbers({ harvest, target }: DocumentSource): void {
  const set = target.prepare(
    `INSERT INTO document_numbers (kind, year, last) VALUES (?, ?, ?)
     ON CONFLICT (kind, year) DO UPDATE SET last = max(last, excluded.last)`,
  );
  const counters = harvest
    .prepare<[], Record<string, unknown>>('SELECT kind, year, last FROM document_numbers')
    .all();
  for (const { kind, year, last } of counters) {
    const isKind = typeof kind === 'string' && Object.hasOwn(documentKinds, kind);
    if (isKind && isCounter(year, 9_999) && isCounter(last, NUMBER_MAX)) set.run(kind, year, last);
  }
  for (const { kind, year, last } of numbersGiven(target)) set.run(kind, year, last);
}

/** More documents of a kind than any factory books in a year: a higher counter is damage. */
const NUMBER_MAX = 100_000_000;

function isCounter(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= max;
}

/**
 * A reversed document and its reversal have the same lines: where one of them is lost, it is made anew from the other, so that the
 * stock stays what it was.
 */
function completeReversals(source: DocumentSource, rows: DocumentRows): void {
  const { target, tally, at } = source;
  const withoutReversal = target.prepare<[], Head>(
    `SELECT ${HEAD_COLUMNS} FROM documents WHERE reversed_by IS NOT NULL
       AND reversed_by NOT IN (SELECT id FROM documents) ORDER BY id`,
  );
  const withoutOriginal = target.prepare<[], Head>(
    `SELECT ${HEAD_COLUMNS} FROM documents WHERE reversal_of IS NOT NULL
       AND reversal_of NOT IN (SELECT id FROM documents) ORDER BY id`,
  );
  const remade: string[] = [];
  for (const head of withoutReversal.all()) {
    const number = numberAnew(source, rows, head, head.reversedBy);
    const reversal = {
      ...head,
      id: head.reversedBy as string,
      number,
      status: 'posted',
      version: 1,
    } as const;
    const lost = { note: NOTE, documentAt: null, createdAt: at, postedAt: at, reversedBy: null };
    rows.insert({ ...reversal, ...lost, reversalOf: head.id }, rows.linesOf(head));
    remade.push(number);
  }
  for (const head of withoutOriginal.all()) {
    const number = numberAnew(source, rows, head, head.reversalOf);
    const original = {
      ...head,
      id: head.reversalOf as string,
      number,
      status: 'reversed',
      version: 2,
    } as const;
    rows.insert({ ...original, note: NOTE, reversalOf: null, reversedBy: head.id }, rows.linesOf(head));
    remade.push(number);
  }
  markReversed(target, rows);
  tally.add('documents', { remade: remade.length });
  if (remade.length === 0) return;
  tally.warn(
    `The other halves of reversals were made anew; note and dates of theirs are lost: ${namesOf(remade)}.`,
  );
}

const NOTE = 'Made anew by a salvage.';

/** A page that was not written may show a document as it was before its reversal. */
function markReversed(target: Database, rows: DocumentRows): void {
  const stale = target.prepare<[], { id: string; reversal: string }>(
    `SELECT original.id, reversal.id AS reversal FROM documents AS reversal
     JOIN documents AS original ON original.id = reversal.reversal_of WHERE original.status = 'posted'`,
  );
  for (const { id, reversal } of stale.all()) {
    const head = rows.findHead(id);
    if (head === undefined) continue;
    const reversed = {
      ...head,
      status: 'reversed',
      reversedBy: reversal,
      version: head.version + 1,
    } as const;
    rows.reverse(reversed, rows.linesOf(head));
  }
}

/** The number that the index still has for a lost document, or the next one. */
function numberAnew(
  { harvest, target, at }: DocumentSource,
  rows: DocumentRows,
  { kind }: Head,
  id: string | null,
): string {
  const known = harvest
    .prepare<[string | null], unknown>('SELECT number FROM index_documents_by_number WHERE id = ?')
    .pluck()
    .get(id);
  const isTaken = target.prepare<[unknown], number>('SELECT 1 FROM documents WHERE number = ?').pluck();
  const fits = typeof known === 'string' && known.startsWith(`${documentKinds[kind].numberPrefix}-`);
  return fits && isTaken.get(known) === undefined ? known : rows.takeNumber(kind, at);
}
