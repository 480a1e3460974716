// The one machinery of all kinds of documents: draft, then posted, then perhaps taken back by a reversal.

import { type DocumentKind, limits } from '@masala/protocol/tables';
import type { CommandContext, CommandHandler, CommandParams } from '../../store/command.ts';
import type { Database } from '../../store/sqlite.ts';
import { ledgerOf } from '../ledger.ts';
import type { Head, Line } from '../records.ts';
import { movementsOf } from '../stock-change.ts';
import { type DocumentRows, documentRows } from './rows.ts';
import {
  checkDraft,
  checkPartner,
  checkPostable,
  checkPresent,
  checkReversible,
  type ItemFacts,
  resolveLines,
} from './rules.ts';

/** What the kinds share; all areas have the same static types, so those of receipts stand for all. */
export interface DocumentCommands {
  readonly create: CommandHandler<'receipts.create'>;
  readonly update: CommandHandler<'receipts.update'>;
  readonly post: CommandHandler<'receipts.post'>;
  readonly reverse: CommandHandler<'receipts.reverse'>;
}

type Content = Pick<
  CommandParams<'receipts.create'>,
  'partnerId' | 'reference' | 'note' | 'documentAt' | 'lines'
>;

/** Gives the commands of each kind; statements are prepared once for all of them. */
export function documentCommands(database: Database): (kind: DocumentKind) => DocumentCommands {
  const rows = documentRows(database);
  const checks = contentChecks(database);
  const book = booking(database, rows);
  return (kind) => ({
    create: (params, context) => {
      const lines = checks.lines(params.lines);
      checks.partner(kind, params.partnerId ?? null);
      const draft = newDraft(kind, params, context);
      if (params.post === true) return answerOf(book.asNew(draft, lines, context));
      rows.insert(draft, lines);
      return answerOf(draft);
    },

    update: ({ id, version, ...content }) => {
      const present = rows.findHead(id);
      checkPresent(kind, id, version, present);
      checkDraft(present);
      const lines = checks.lines(content.lines);
      checks.partner(kind, content.partnerId ?? null);
      const next = { ...present, ...contentOf(content), version: version + 1 };
      rows.replace(next, lines);
      return answerOf(next);
    },

    post: ({ id, version }, context) => {
      const present = rows.findHead(id);
      checkPresent(kind, id, version, present);
      checkDraft(present);
      const lines = rows.linesOf(present);
      // Since it was drafted, items and partner may have been put out of use.
      checks.lines(lines.map(({ reason, ...line }) => (reason === null ? line : { ...line, reason })));
      checks.partner(kind, present.partnerId);
      return answerOf(book.draft({ ...present, version: version + 1 }, lines, context));
    },

    reverse: ({ id, version, reason }, context) => {
      const present = rows.findHead(id);
      checkPresent(kind, id, version, present);
      checkReversible(present);
      const lines = rows.linesOf(present);
      const draft = newReversal(present, reason ?? null, context);
      const reversal = book.asNew(draft, lines, context);
      const reversed: Head = {
        ...present,
        status: 'reversed',
        reversedBy: reversal.id,
        version: version + 1,
      };
      rows.reverse(reversed, lines);
      publishPosted(reversed, context);
      return { ...answerOf(reversed), reversalId: reversal.id, reversalNumber: reversal.number };
    },
  });
}

/** A document with a number and the time of its booking. */
type Posted = Head & { readonly number: string; readonly postedAt: number };

/** Posts: gives the number, moves the stock, tells it. */
function booking(database: Database, rows: DocumentRows) {
  const ledger = ledgerOf(database);

  function post(
    draft: Head,
    lines: readonly Line[],
    context: CommandContext,
    write: (posted: Posted) => void,
  ): Posted {
    checkPostable(lines);
    const { kind, id, reversalOf } = draft;
    const { at } = context.decisions;
    const movements = movementsOf(kind, reversalOf !== null, lines);
    const levels = ledger.levelsAfter(movements);
    const posted: Posted = { ...draft, status: 'posted', number: rows.takeNumber(kind, at), postedAt: at };
    write(posted);
    ledger.book(id, at, movements, levels);
    publishPosted(posted, context);
    publishStock(lines, context);
    return posted;
  }

  return {
    /** Posts a document that is not in the tables yet. */
    asNew: (draft: Head, lines: readonly Line[], context: CommandContext): Posted =>
      post(draft, lines, context, (posted) => rows.insert(posted, lines)),
    /** Posts a draft that is. */
    draft: (draft: Head, lines: readonly Line[], context: CommandContext): Posted =>
      post(draft, lines, context, (posted) => rows.post(posted, lines)),
  };
}

function contentChecks(database: Database) {
  const item = database.prepare<[string], { sku: string; active: number; defaultLotId: string }>(
    'SELECT sku, active, default_lot_id AS defaultLotId FROM items WHERE id = ?',
  );
  const itemOfLot = database.prepare<[string], string>('SELECT item_id FROM lots WHERE id = ?').pluck();
  const partner = database.prepare<[string], { kind: string; active: number }>(
    'SELECT kind, active FROM partners WHERE id = ?',
  );
  const itemFacts = (id: string): ItemFacts | undefined => {
    const row = item.get(id);
    return row && { ...row, active: row.active === 1 };
  };
  return {
    lines: (asked: Content['lines']): Line[] =>
      resolveLines(asked, itemFacts, (lotId) => itemOfLot.get(lotId)),
    partner: (kind: DocumentKind, partnerId: string | null): void => {
      if (partnerId === null) return;
      const row = partner.get(partnerId);
      checkPartner(kind, partnerId, row && { ...row, active: row.active === 1 });
    },
  };
}

/** The part of a head that create and update give; what is left out is empty. */
function contentOf({ partnerId, reference, note, documentAt, lines }: Content) {
  return {
    partnerId: partnerId ?? null,
    reference: reference ?? null,
    note: note ?? null,
    documentAt: documentAt ?? null,
    lineCount: lines.length,
  };
}

function newDraft(kind: DocumentKind, content: Content, { decisions }: CommandContext): Head {
  return {
    id: decisions.newId(),
    kind,
    status: 'draft',
    number: null,
    ...contentOf(content),
    createdAt: decisions.at,
    postedAt: null,
    reversalOf: null,
    reversedBy: null,
    version: 1,
  };
}

/** A reversal repeats its original's head; the reason is its note, and it has no paper and so no day of its own. */
function newReversal(original: Head, reason: string | null, { decisions }: CommandContext): Head {
  return {
    ...original,
    id: decisions.newId(),
    status: 'draft',
    number: null,
    note: reason,
    documentAt: null,
    createdAt: decisions.at,
    postedAt: null,
    reversalOf: original.id,
    version: 1,
  };
}

function answerOf({ id, version, status, number }: Head) {
  return { id, version, status, number };
}

function publishPosted({ id, kind, status, number }: Head, { publish }: CommandContext): void {
  publish('document.posted', { id, kind, status, number: number ?? '' });
}

function publishStock(lines: readonly Line[], { publish }: CommandContext): void {
  const itemIds = [...new Set(lines.map(({ itemId }) => itemId))];
  const reload = itemIds.length > limits.eventItemIdsMax;
  publish('stock.changed', { itemIds: reload ? [] : itemIds, reload });
}
