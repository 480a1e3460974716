// What a document may do: when it can change, be posted, be taken back, and what its lines and partner must be. Pure.

import { type DocumentKind, documentKinds, type ErrorCode, MasalaError } from '@masala/protocol/tables';
import type { Head, Line } from '../records.ts';

/** A line as it is asked for; the lot is the item's default one where none is named. */
export interface AskedLine {
  readonly itemId: string;
  readonly quantity: number;
  readonly lotId?: string;
  readonly reason?: string;
}

export interface ItemFacts {
  readonly sku: string;
  readonly active: boolean;
  readonly defaultLotId: string;
}

/**
 * The lines as they are booked, numbered from 1. Refuses with PARAMS_INVALID, ITEM_UNKNOWN, ITEM_INACTIVE or
 * LOT_UNKNOWN (the first of these that applies); `data.lines` then names every line in question.
 *
 * @param itemOf an item by its id, undefined where there is none
 * @param itemOfLot the item that a lot belongs to, undefined where there is no such lot
 */
export function resolveLines(
  asked: readonly AskedLine[],
  itemOf: (itemId: string) => ItemFacts | undefined,
  itemOfLot: (lotId: string) => string | undefined,
): Line[] {
  const problems = new LineProblems();
  const lines = asked.map(({ itemId, quantity, lotId: askedLotId, reason = null }, index): Line => {
    const line = index + 1;
    const item = itemOf(itemId);
    const lotId = askedLotId ?? item?.defaultLotId ?? '';
    if (quantity === 0) problems.zero(index);
    if (item === undefined) problems.add('ITEM_UNKNOWN', { line, itemId });
    else if (!item.active) problems.add('ITEM_INACTIVE', { line, itemId, sku: item.sku });
    else if (lotId !== item.defaultLotId && itemOfLot(lotId) !== itemId) {
      problems.add('LOT_UNKNOWN', { line, itemId, sku: item.sku, lotId });
    }
    return { line, itemId, lotId, quantity, reason };
  });
  problems.throwFirst();
  return lines;
}

const LINE_CODES = ['ITEM_UNKNOWN', 'ITEM_INACTIVE', 'LOT_UNKNOWN'] as const satisfies ErrorCode[];

/** Gathers what is wrong with lines, so that all of them are told at once. */
class LineProblems {
  readonly #zero: { field: string; reason: string }[] = [];
  readonly #byCode = new Map<string, Record<string, unknown>[]>();

  zero(index: number): void {
    this.#zero.push({ field: `lines[${index}].quantity`, reason: 'must not be 0' });
  }

  add(code: (typeof LINE_CODES)[number], line: Record<string, unknown>): void {
    const lines = this.#byCode.get(code);
    if (lines === undefined) this.#byCode.set(code, [line]);
    else lines.push(line);
  }

  throwFirst(): void {
    if (this.#zero.length > 0) throw new MasalaError('PARAMS_INVALID', { problems: this.#zero });
    for (const code of LINE_CODES) {
      const lines = this.#byCode.get(code);
      if (lines !== undefined) throw new MasalaError(code, { lines });
    }
  }
}

/** Whether a document of the kind may have the partner: PARTNER_UNKNOWN or PARTNER_INACTIVE where it may not. */
export function checkPartner(
  kind: DocumentKind,
  partnerId: string,
  partner: { readonly kind: string; readonly active: boolean } | undefined,
): void {
  const needed = documentKinds[kind].partner;
  if (partner === undefined || (partner.kind !== needed && (partner.kind !== 'both' || needed === null))) {
    throw new MasalaError('PARTNER_UNKNOWN', { partnerId, needed, kind: partner?.kind ?? null });
  }
  if (!partner.active) throw new MasalaError('PARTNER_INACTIVE', { partnerId });
}

/** The document as the caller read it: NOT_FOUND where the kind has none such, CONFLICT where it has changed since. */
export function checkPresent(
  kind: DocumentKind,
  id: string,
  version: number,
  present: Head | undefined,
): asserts present is Head {
  if (present === undefined || present.kind !== kind) throw new MasalaError('NOT_FOUND', { id });
  if (present.version !== version) throw new MasalaError('CONFLICT', { present });
}

/** Only a draft changes or is posted. */
export function checkDraft({ id, status, number }: Head): void {
  if (status !== 'draft') throw new MasalaError('DOCUMENT_NOT_DRAFT', { id, status, number });
}

/** A document without lines moves nothing: it is no document. */
export function checkPostable(lines: readonly Line[]): void {
  if (lines.length === 0) throw new MasalaError('DOCUMENT_EMPTY');
}

/** Only what is posted, and no reversal itself, can be taken back. */
export function checkReversible({ id, status, number, reversalOf }: Head): void {
  if (reversalOf !== null) throw new MasalaError('REVERSAL_NOT_REVERSIBLE', { id, number, reversalOf });
  if (status !== 'posted') throw new MasalaError('DOCUMENT_NOT_POSTED', { id, status });
}

/** GRN-2026-000001; beyond a million a year it grows by a digit. */
export function documentNumber(kind: DocumentKind, year: number, count: number): string {
  return `${documentKinds[kind].numberPrefix}-${year}-${String(count).padStart(6, '0')}`;
}

/** The year of a time (UTC milliseconds), by which numbers are counted. */
export function numberYear(at: number): number {
  return new Date(at).getUTCFullYear();
}
