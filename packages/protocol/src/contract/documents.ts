// Documents: one machinery for its kinds. A draft may change; a posted one never does: it is corrected by a reversal.

import Type from 'typebox';
import { limits } from '../limits.ts';
import { event, read, write } from './define.ts';
import { type DocumentArea, type DocumentKind, documentKinds } from './document-kinds.ts';
import {
  answer,
  CommandId,
  closed,
  Id,
  integer,
  Limit,
  nullable,
  PositiveLineQuantity,
  Quantity,
  SignedLineQuantity,
  Time,
  text,
  Version,
} from './shapes.ts';

export const DocumentKindName = Type.Enum(Object.keys(documentKinds) as DocumentKind[]);
export const DocumentStatus = Type.Enum(['draft', 'posted', 'reversed']);

const Reason = text(limits.nameMaxLength);
const Lines = Type.Array(
  closed({
    itemId: Id,
    quantity: PositiveLineQuantity,
    /** The item's default lot where none is named. */
    lotId: Type.Optional(Id),
    reason: Type.Optional(Reason),
  }),
  { maxItems: limits.documentLinesMax },
);
const AdjustmentLines = Type.Array(
  closed({
    itemId: Id,
    /** Positive: found; negative: written off. Not zero. */
    quantity: SignedLineQuantity,
    lotId: Type.Optional(Id),
    reason: Reason,
  }),
  { maxItems: limits.documentLinesMax },
);

const head = {
  id: Id,
  kind: DocumentKindName,
  status: DocumentStatus,
  /** Given when it is posted, without gaps: GRN-2026-000123. */
  number: nullable(Type.String()),
  partnerId: nullable(Id),
  /** The other side's number: a delivery note, an order. */
  reference: nullable(Type.String()),
  note: nullable(Type.String()),
  /** The day on the paper, where it is not the day of the booking. */
  documentAt: nullable(Time),
  createdAt: Time,
  postedAt: nullable(Time),
  /** The document that this one takes back. */
  reversalOf: nullable(Id),
  /** The document that took this one back. */
  reversedBy: nullable(Id),
  lineCount: integer(0),
  version: Version,
};

export const DocumentHead = answer(head);
export const DocumentLine = answer({
  line: integer(1),
  itemId: Id,
  lotId: Id,
  quantity: Quantity,
  reason: nullable(Type.String()),
});
export const Document = answer({ ...head, lines: Type.Array(DocumentLine) });

/** What a write on a document answers. */
export const Booked = answer({
  id: Id,
  version: Version,
  status: DocumentStatus,
  number: nullable(Type.String()),
});

export const Reversed = answer({ ...Booked.properties, reversalId: Id, reversalNumber: Type.String() });

const LINE_ERRORS = [
  'ITEM_UNKNOWN',
  'ITEM_INACTIVE',
  'LOT_UNKNOWN',
  'PARTNER_UNKNOWN',
  'PARTNER_INACTIVE',
] as const;
const POST_ERRORS = ['DOCUMENT_EMPTY', 'INSUFFICIENT_STOCK', 'QUANTITY_TOO_LARGE'] as const;

/** What a kind's create and update take besides ids. Adjustments have no partner and give each line's reason. */
function contentOf(kind: DocumentKind) {
  const content = {
    partnerId: Type.Optional(Id),
    reference: Type.Optional(text(limits.nameMaxLength)),
    note: Type.Optional(text(limits.noteMaxLength)),
    documentAt: Type.Optional(Time),
    lines: Lines,
  };
  if (kind !== 'adjustment') return content;
  const { partnerId: _, ...withoutPartner } = content;
  // The static type stays the common one, so that one machinery serves all kinds; the check is the narrower one.
  return { ...withoutPartner, lines: AdjustmentLines } as unknown as typeof content;
}

function createOf(kind: DocumentKind) {
  return write({
    meaning: `A new ${kind}, as a draft, or with \`post: true\` posted in the same instant.`,
    roles: documentKinds[kind].roles,
    input: closed({ commandId: CommandId, ...contentOf(kind), post: Type.Optional(Type.Boolean()) }),
    output: Booked,
    errors: [...LINE_ERRORS, ...POST_ERRORS],
  });
}

function updateOf(kind: DocumentKind) {
  return write({
    meaning: 'Replaces head and lines of a draft; fields that are left out are emptied.',
    roles: documentKinds[kind].roles,
    input: closed({ commandId: CommandId, id: Id, version: Version, ...contentOf(kind) }),
    output: Booked,
    errors: ['NOT_FOUND', 'CONFLICT', 'DOCUMENT_NOT_DRAFT', ...LINE_ERRORS],
  });
}

function postOf(kind: DocumentKind) {
  return write({
    meaning: 'Posts a draft: gives it its number and moves the stock. It never changes afterwards.',
    roles: documentKinds[kind].roles,
    input: closed({ commandId: CommandId, id: Id, version: Version }),
    output: Booked,
    errors: ['NOT_FOUND', 'CONFLICT', 'DOCUMENT_NOT_DRAFT', ...LINE_ERRORS, ...POST_ERRORS],
  });
}

function reverseOf(kind: DocumentKind) {
  return write({
    meaning: `Takes a posted ${kind} back by a new document with the opposite movements.`,
    roles: documentKinds[kind].roles,
    input: closed({ commandId: CommandId, id: Id, version: Version, reason: Type.Optional(Reason) }),
    output: Reversed,
    errors: [
      'NOT_FOUND',
      'CONFLICT',
      'DOCUMENT_NOT_POSTED',
      'REVERSAL_NOT_REVERSIBLE',
      'INSUFFICIENT_STOCK',
      'QUANTITY_TOO_LARGE',
    ],
  });
}

function getOf(kind: DocumentKind) {
  return read({
    meaning: `One ${kind} with its lines, by \`id\` or by \`number\` (exactly one of them).`,
    input: closed({ id: Type.Optional(Id), number: Type.Optional(text(40)) }),
    output: Document,
    errors: ['NOT_FOUND'],
  });
}

function listOf(kind: DocumentKind) {
  return read({
    meaning: `The ${documentKinds[kind].area}, newest first, a page at a time; \`after\` is the \`next\` of the page before.`,
    input: closed({
      status: Type.Optional(DocumentStatus),
      after: Type.Optional(Id),
      limit: Type.Optional(Limit),
    }),
    output: answer({ documents: Type.Array(DocumentHead), next: nullable(Id) }),
  });
}

type Actions = {
  create: ReturnType<typeof createOf>;
  update: ReturnType<typeof updateOf>;
  post: ReturnType<typeof postOf>;
  reverse: ReturnType<typeof reverseOf>;
  get: ReturnType<typeof getOf>;
  list: ReturnType<typeof listOf>;
};
export type DocumentAction = keyof Actions;
type DocumentMethods = {
  [Name in `${DocumentArea}.${DocumentAction}`]: Name extends `${DocumentArea}.${infer Action extends DocumentAction}`
    ? Actions[Action]
    : never;
};

function methodsOf(kind: DocumentKind): Partial<DocumentMethods> {
  const { area } = documentKinds[kind];
  return {
    [`${area}.create`]: createOf(kind),
    [`${area}.update`]: updateOf(kind),
    [`${area}.post`]: postOf(kind),
    [`${area}.reverse`]: reverseOf(kind),
    [`${area}.get`]: getOf(kind),
    [`${area}.list`]: listOf(kind),
  };
}

export const documentMethods = {
  ...methodsOf('receipt'),
  ...methodsOf('dispatch'),
  ...methodsOf('return'),
  ...methodsOf('adjustment'),
} as DocumentMethods;

export const documentEvents = {
  'document.posted': event({
    meaning: 'A document was posted, or reversed (then its reversal is told as posted too).',
    params: answer({ id: Id, kind: DocumentKindName, status: DocumentStatus, number: Type.String() }),
  }),
};
