// Stock and ledger: what is there, how it came about, and the proof that both agree.

import Type from 'typebox';
import { limits } from '../limits.ts';
import { event, read } from './define.ts';
import { DocumentKindName } from './documents.ts';
import { answer, closed, Id, integer, Limit, nullable, Quantity, Time, text } from './shapes.ts';

export const StockRow = answer({
  itemId: Id,
  sku: Type.String(),
  name: Type.String(),
  unit: Type.String(),
  decimals: integer(0),
  lotId: Id,
  /** Null for an item's default lot. */
  lotNumber: nullable(Type.String()),
  quantity: Quantity,
});

export const Movement = answer({
  sequence: integer(1),
  itemId: Id,
  lotId: Id,
  quantity: Quantity,
  at: Time,
  documentId: Id,
  documentKind: DocumentKindName,
  documentNumber: Type.String(),
  line: integer(1),
});

const Difference = answer({
  kind: Type.Enum(['command', 'document', 'movement', 'level']),
  key: Type.String(),
  reason: Type.String(),
});

/** A full recomputation of a million movements takes about a minute on a slow PC; ten leave room for a busy one. */
const VERIFY_DEADLINE_MS = 600_000;

export const stockMethods = {
  'stock.onHand': read({
    meaning:
      "Stock by item and lot. With `itemId` or `sku` (not both) that item's lots and its sum in `quantity`; else all, in the order of SKUs, a page at a time.",
    input: closed({
      itemId: Type.Optional(Id),
      sku: Type.Optional(text(limits.skuMaxLength)),
      after: Type.Optional(text(limits.skuMaxLength + 40)),
      limit: Type.Optional(Limit),
    }),
    output: answer({
      /** The item's sum over all its lots; null when all items were asked for. */
      quantity: nullable(Quantity),
      rows: Type.Array(StockRow),
      next: nullable(Type.String()),
    }),
    errors: ['NOT_FOUND'],
  }),
  'stock.movements': read({
    meaning:
      'Movements of an item, newest first, a page at a time; `after` is the `next` of the page before.',
    input: closed({ itemId: Id, after: Type.Optional(integer(1)), limit: Type.Optional(Limit) }),
    output: answer({ movements: Type.Array(Movement), next: nullable(integer(1)) }),
    errors: ['NOT_FOUND'],
  }),
  'ledger.verify': read({
    meaning:
      'Recomputes every level from the movements, every digest of documents and movements, and the chain of commands.',
    roles: ['admin', 'office'],
    input: closed({}),
    output: answer({
      consistent: Type.Boolean(),
      checked: answer({
        commands: integer(0),
        documents: integer(0),
        movements: integer(0),
        levels: integer(0),
      }),
      /** How many differences there are in all; `differences` lists the first of them. */
      differencesTotal: integer(0),
      differences: Type.Array(Difference),
      elapsedMs: integer(0),
    }),
    deadlineMs: VERIFY_DEADLINE_MS,
  }),
};

export const stockEvents = {
  'stock.changed': event({
    meaning:
      'The stock of these items changed. With `reload` there are too many to list: reload what is shown.',
    params: answer({ itemIds: Type.Array(Id), reload: Type.Boolean() }),
  }),
};
