// Random days of booking against a model that is nothing but a sum: the same answers, the same stock, a clean proof, and
// the same digests when what was decided is replayed from an empty database.
import { type DocumentKind, documentKinds, type WriteName } from '@masala/protocol';
import fc from 'fast-check';
import type { CommandHandler } from '../store/command.ts';
import { type Decided, RecordedDecisions } from '../store/decisions.ts';
import { inventoryCommands } from './commands.ts';
import { refusalOf, TestInventory } from './testing/inventory.ts';

interface ModelLine {
  readonly item: number;
  readonly quantity: number;
}

interface ModelDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly isReversal: boolean;
  status: 'draft' | 'posted' | 'reversed';
  version: number;
  lines: readonly ModelLine[];
}

const ITEMS = 3;
const kinds = Object.keys(documentKinds) as DocumentKind[];
const lines = fc.array(
  fc.record({ item: fc.nat(ITEMS - 1), quantity: fc.integer({ min: 1, max: 9 }), isNegative: fc.boolean() }),
  { maxLength: 4 },
);
/** `pick` chooses among the documents there are; `age` is how many versions old the caller's reading is. */
const target = { pick: fc.nat(30), age: fc.constantFrom(0, 0, 0, 1) };
const steps = fc.array(
  fc.oneof(
    fc.record({
      act: fc.constant('create' as const),
      kind: fc.constantFrom(...kinds),
      lines,
      post: fc.boolean(),
    }),
    fc.record({ act: fc.constant('update' as const), lines, ...target }),
    fc.record({ act: fc.constant('post' as const), ...target }),
    fc.record({ act: fc.constant('reverse' as const), ...target }),
  ),
  { minLength: 5, maxLength: 40 },
);
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

/** Stock as a sum, and documents by their state: what the inventory must do, said once more and more simply. */
class Model {
  readonly stock = Array.from({ length: ITEMS }, () => 0);
  readonly documents: ModelDocument[] = [];

  linesOf(kind: DocumentKind, given: readonly (ModelLine & { isNegative: boolean })[]): ModelLine[] {
    return given.map(({ item, quantity, isNegative }) => {
      return { item, quantity: isNegative && kind === 'adjustment' ? -quantity : quantity };
    });
  }

  /** Moves the stock, or gives the code that refuses it. */
  move(kind: DocumentKind, isReversal: boolean, given: readonly ModelLine[]): string | undefined {
    if (given.length === 0) return 'DOCUMENT_EMPTY';
    const direction = (kind === 'dispatch' ? -1 : 1) * (isReversal ? -1 : 1);
    const after = [...this.stock];
    for (const { item, quantity } of given) after[item] = (after[item] ?? 0) + direction * quantity;
    if (after.some((level) => level < 0)) return 'INSUFFICIENT_STOCK';
    this.stock.splice(0, ITEMS, ...after);
    return undefined;
  }
}

class Day {
  readonly inventory = new TestInventory();
  readonly model = new Model();
  readonly items: string[];

  constructor() {
    this.items = Array.from({ length: ITEMS }, (_, index) => {
      return this.inventory.book('items.create', { sku: `ITEM-${index}`, name: 'item', unit: 'pcs' }).id;
    });
  }

  /** Does a step in both, and expects the same of both. */
  take(step: Step): void {
    if (step.act === 'create')
      return this.#create(step.kind, this.model.linesOf(step.kind, step.lines), step.post);
    const document = this.model.documents[step.pick % this.model.documents.length];
    if (document === undefined) return undefined;
    const { id } = document;
    const version = document.version - step.age;
    if (version < 1) return undefined;
    const method = `${documentKinds[document.kind].area}.${step.act}` as const;
    if (step.age > 0) {
      const params = { id, version, lines: [] };
      return expect(this.inventory.refusal(method, params).code).toBe('CONFLICT');
    }
    if (step.act === 'update') return this.#update(document, this.model.linesOf(document.kind, step.lines));
    return step.act === 'post' ? this.#post(document) : this.#reverse(document);
  }

  #create(kind: DocumentKind, given: readonly ModelLine[], post: boolean): void {
    const method = `${documentKinds[kind].area}.create` as const;
    const params = { lines: this.#asked(given), post };
    const code = post ? this.model.move(kind, false, given) : undefined;
    if (code !== undefined) return expect(this.inventory.refusal(method, params).code).toBe(code);
    const { id, status } = this.inventory.book(method, params);
    expect(status).toBe(post ? 'posted' : 'draft');
    this.model.documents.push({ id, kind, isReversal: false, status, version: 1, lines: given });
  }

  #update(document: ModelDocument, given: readonly ModelLine[]): void {
    const { id, version, kind } = document;
    const method = `${documentKinds[kind].area}.update` as const;
    const params = { id, version, lines: this.#asked(given) };
    if (document.status !== 'draft') {
      return expect(this.inventory.refusal(method, params).code).toBe('DOCUMENT_NOT_DRAFT');
    }
    document.version = this.inventory.book(method, params).version;
    document.lines = given;
  }

  #post(document: ModelDocument): void {
    const { id, version, kind } = document;
    const method = `${documentKinds[kind].area}.post` as const;
    const code =
      document.status === 'draft' ? this.model.move(kind, false, document.lines) : 'DOCUMENT_NOT_DRAFT';
    if (code !== undefined) return expect(this.inventory.refusal(method, { id, version }).code).toBe(code);
    document.version = this.inventory.book(method, { id, version }).version;
    document.status = 'posted';
  }

  #reverse(document: ModelDocument): void {
    const { id, version, kind, lines: given } = document;
    const method = `${documentKinds[kind].area}.reverse` as const;
    const code = document.isReversal
      ? 'REVERSAL_NOT_REVERSIBLE'
      : document.status === 'posted'
        ? this.model.move(kind, true, given)
        : 'DOCUMENT_NOT_POSTED';
    if (code !== undefined) return expect(this.inventory.refusal(method, { id, version }).code).toBe(code);
    const answer = this.inventory.book(method, { id, version });
    document.version = answer.version;
    document.status = 'reversed';
    const { reversalId } = answer;
    this.model.documents.push({
      id: reversalId,
      kind,
      isReversal: true,
      status: 'posted',
      version: 1,
      lines: given,
    });
  }

  #asked(given: readonly ModelLine[]) {
    return given.map(({ item, quantity }) => ({ itemId: this.items[item] ?? '', quantity, reason: 'day' }));
  }
}

test('books what the model books, proves clean, and replays to the same digests', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const day = new Day();
      const again = new TestInventory();
      try {
        for (const step of all) {
          day.take(step);
          const levels = day.items.map((itemId) => day.inventory.read('stock.onHand', { itemId }).quantity);
          expect(levels).toEqual(day.model.stock);
        }
        const proof = await day.inventory.verify();
        expect(proof.differences).toEqual([]);
        expect(proof.checked.documents).toBe(day.model.documents.length);
        replay(day.inventory, again);
        expect(contentOf(again)).toEqual(contentOf(day.inventory));
      } finally {
        day.inventory.close();
        again.close();
      }
    }),
    { numRuns: 30 },
  );
});

/** Runs the commands of one inventory in another, with what was decided then. */
function replay(from: TestInventory, to: TestInventory): void {
  const handlers = inventoryCommands(to.database);
  const commands = from.database.prepare('SELECT * FROM commands ORDER BY sequence').all() as {
    method: WriteName;
    body: string;
    decided: string;
    outcome: string;
    answer: string;
  }[];
  for (const { method, body, decided, outcome, answer } of commands) {
    const handler = handlers[method] as CommandHandler<WriteName>;
    const decisions = new RecordedDecisions(JSON.parse(decided) as Decided);
    const context = { deviceId: 'device-1', decisions, publish: () => undefined };
    const run = to.database.transaction(() => handler(JSON.parse(body), context));
    const repeated = outcome === 'done' ? run() : refusalOf(run);
    expect(repeated).toEqual(JSON.parse(answer));
  }
}

/** Everything that the commands made, digests included. */
function contentOf(inventory: TestInventory): unknown[] {
  const tables = ['items', 'lots', 'documents', 'document_lines', 'document_numbers', 'movements', 'levels'];
  return tables.map((table) => inventory.database.prepare(`SELECT * FROM ${table}`).all());
}
