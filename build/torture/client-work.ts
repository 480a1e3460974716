// What a client does under fire: the next act follows from its journal and from chance, so that a restarted client goes
// on where it was killed. Pure.
import { type DocumentKind, documentKinds, type WriteName } from '@masala/protocol';
import type { Chance } from './chance.ts';
import type { Intent, JournalLine } from './journal.ts';

/** What a client may use: the items it moves, and the other sides of its documents. */
export interface Surroundings {
  /** Begins every reference of this client, and so makes it its own. */
  readonly clientName: string;
  readonly itemIds: readonly string[];
  readonly supplierId: string;
  readonly customerId: string;
}

interface KnownDocument {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly version: number;
  /** Ours alone: one reference, one document, however often it was sent. */
  readonly reference: string;
  readonly stage: 'created' | 'updated' | 'posted';
}

export type Act = Pick<Intent, 'method' | 'params'>;

/** Drafts that are open at once: enough that each step of a document is under way when a kill comes. */
const OPEN_DRAFTS_MAX = 12;
/** Posted documents that are remembered as reversible: older ones stay posted. */
const REVERSIBLE_MAX = 200;

/** A client's view of its own documents: fed with its journal's lines, it knows what may come next. */
export class Work {
  readonly #intents = new Map<string, Intent>();
  readonly #drafts: KnownDocument[] = [];
  readonly #posted: KnownDocument[] = [];
  readonly #surroundings: Surroundings;
  #created = 0;
  #answered = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Acts without an answer, oldest first. */
  get unanswered(): Intent[] {
    return [...this.#intents.values()];
  }

  get answeredCount(): number {
    return this.#answered;
  }

  /** Takes in a line that was written, by this process or by the one before it. */
  note(line: JournalLine): void {
    if (line.type === 'intent') return this.#begin(line);
    const intent = this.#intents.get(line.commandId);
    if (intent === undefined) return; // answered twice: the audit sees both answers
    this.#intents.delete(line.commandId);
    this.#answered++;
    if (line.result !== undefined) this.#learn(intent, line.result);
  }

  /** The next act. */
  next(chance: Chance): Act {
    const draft = chance.fraction() < 0.4 ? this.#drafts[0] : undefined;
    if (draft !== undefined) return draft.stage === 'created' ? this.#update(draft, chance) : post(draft);
    const posted = chance.fraction() < 0.08 ? this.#posted[0] : undefined;
    if (posted !== undefined) return reverse(posted);
    return this.#create(chance);
  }

  #begin(intent: Intent): void {
    this.#intents.set(intent.commandId, intent);
    if (intent.method.endsWith('.create')) this.#created++;
    const { id } = intent.params;
    for (const list of [this.#drafts, this.#posted]) {
      const at = list.findIndex((document) => document.id === id);
      if (at >= 0) list.splice(at, 1);
    }
  }

  #learn({ method, params }: Intent, { id, version, status }: Readonly<Record<string, unknown>>): void {
    const kind = kindOf(method);
    if (method.endsWith('.reverse')) return;
    const known = { kind, id: String(id), version: Number(version), reference: String(params.reference) };
    if (status === 'posted') {
      this.#posted.push({ ...known, stage: 'posted' });
      if (this.#posted.length > REVERSIBLE_MAX) this.#posted.shift();
      return;
    }
    this.#drafts.push({
      ...known,
      stage: method.endsWith('.update') || !params.note ? 'updated' : 'created',
    });
    if (this.#drafts.length > OPEN_DRAFTS_MAX) this.#drafts.shift();
  }

  #create(chance: Chance): Act {
    // More comes in than goes out, yet some dispatches find too little: refusals are answers too.
    const kind = chance.pick<DocumentKind>([
      ...(['receipt', 'receipt', 'receipt', 'dispatch', 'dispatch', 'dispatch'] as const),
      ...(['return', 'adjustment'] as const),
    ]);
    const post = chance.fraction() < 0.55;
    // Half of the drafts bear a note, and these are changed before they are posted.
    const note = !post && chance.fraction() < 0.5 ? { note: 'to be changed' } : {};
    const reference = `${this.#surroundings.clientName}-${this.#created + 1}`;
    const content = { ...this.#content(kind, reference, chance), ...note };
    return { method: methodOf(kind, 'create'), params: post ? { ...content, post } : content };
  }

  #update({ kind, id, version, reference }: KnownDocument, chance: Chance): Act {
    const content = this.#content(kind, reference, chance);
    return { method: methodOf(kind, 'update'), params: { id, version, ...content } };
  }

  #content(kind: DocumentKind, reference: string, chance: Chance): Record<string, unknown> {
    const { supplierId, customerId } = this.#surroundings;
    const { partner } = documentKinds[kind];
    const partnerId = { supplier: supplierId, customer: customerId, none: undefined }[partner ?? 'none'];
    return {
      ...(partnerId === undefined ? {} : { partnerId }),
      reference,
      lines: Array.from({ length: chance.integer(1, 3) }, () => this.#line(kind, chance)),
    };
  }

  #line(kind: DocumentKind, chance: Chance): Record<string, unknown> {
    const itemId = chance.pick(this.#surroundings.itemIds);
    switch (kind) {
      case 'receipt':
        return { itemId, quantity: chance.integer(10, 40) };
      case 'dispatch':
        return { itemId, quantity: chance.integer(5, 40) };
      case 'return':
        return { itemId, quantity: chance.integer(1, 5) };
      case 'adjustment': {
        const quantity = chance.integer(1, 9);
        return { itemId, quantity: chance.fraction() < 0.5 ? quantity : -quantity, reason: 'counted' };
      }
    }
  }
}

/** The kind of document that a method is about. Throws for a method of another area. */
export function kindOf(method: string): DocumentKind {
  const area = method.split('.')[0];
  for (const [kind, row] of Object.entries(documentKinds)) {
    if (row.area === area) return kind as DocumentKind;
  }
  throw new Error(`${method} is about no document`);
}

function methodOf(kind: DocumentKind, action: 'create' | 'update' | 'post' | 'reverse'): WriteName {
  return `${documentKinds[kind].area}.${action}`;
}

function post({ kind, id, version }: KnownDocument): Act {
  return { method: methodOf(kind, 'post'), params: { id, version } };
}

function reverse({ kind, id, version }: KnownDocument): Act {
  return { method: methodOf(kind, 'reverse'), params: { id, version, reason: 'torture' } };
}
