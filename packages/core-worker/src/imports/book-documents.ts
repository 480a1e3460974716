// The main thread's half of an import: books what the pool sends, some commands at a time, and counts what became of it.

import { type ErrorCode, errors, limits, MasalaError, type WriteName } from '@masala/protocol';
import type { DocumentClass, Kind } from './classification.ts';
import { type BookingParts, bookDerived } from './derived-command.ts';
import { skuKey } from './derived-id.ts';
import type { FileDocument } from './document-table.ts';
import { type FileItem, problem } from './file-items.ts';
import type { BookedCount, ImportTally } from './import-tally.ts';
import { InFlight } from './in-flight.ts';
import { bookOpeningStock } from './opening-stock.ts';
import type { ReadMessage } from './read-file.ts';

/** How each class of document is booked and counted. */
const classes = {
  dispatch: { method: 'dispatches.create', count: 'dispatches' },
  return: { method: 'returns.create', count: 'returns' },
  'write-off': { method: 'adjustments.create', count: 'writeOffs' },
  receipt: { method: 'receipts.create', count: 'receipts' },
} as const satisfies Record<DocumentClass, { method: WriteName; count: BookedCount }>;

/** An article as the documents' lines need it: its id, or why there is none. */
type BookedItem = { readonly sku: string } & ({ readonly id: string } | { readonly refused: ErrorCode });

export class Booking {
  readonly #parts: BookingParts;
  readonly #kind: Kind;
  readonly #tally: ImportTally;
  readonly #onProgress: (phase: 'reading' | 'booking', linesDone: number, linesTotal: number) => void;
  readonly #commands = new InFlight(limits.importCommandsInFlight);
  readonly #items = new Map<number, BookedItem>();
  #itemsComplete = false;

  constructor(
    parts: BookingParts,
    kind: Kind,
    tally: ImportTally,
    onProgress: (phase: 'reading' | 'booking', linesDone: number, linesTotal: number) => void,
  ) {
    this.#parts = parts;
    this.#kind = kind;
    this.#tally = tally;
    this.#onProgress = onProgress;
  }

  /** Takes a message of the pool's; it is settled when the next one may come, not when all of it is booked. */
  async take(message: ReadMessage): Promise<void> {
    if (this.#parts.signal.aborted) throw new MasalaError('CANCELLED');
    switch (message.type) {
      case 'reading':
        return this.#onProgress('reading', message.linesDone, message.linesTotal);
      case 'read':
        return this.#tally.fileRead(message.lines, message.skipped);
      case 'refused':
        for (const row of message.rows) this.#tally.refuse(row);
        return this.#progress();
      case 'items':
        for (const item of message.items) await this.#commands.start(() => this.#bookItem(item));
        return;
      case 'demand':
        return this.#bookOpeningStock(message.firstKey, message.demand);
      case 'documents':
        await this.#completeItems();
        for (const document of message.documents) {
          await this.#commands.start(() => this.#bookDocument(document));
        }
    }
  }

  /** Resolves when everything that was taken is booked or refused. */
  async finish(): Promise<void> {
    await this.#commands.drained();
    this.#progress();
  }

  /** Lines name articles by id, and so no document goes before the articles are there. */
  async #completeItems(): Promise<void> {
    if (this.#itemsComplete) return;
    await this.#commands.drained();
    this.#itemsComplete = true;
  }

  async #bookItem(item: FileItem): Promise<void> {
    if (this.#kind === 'items') return this.#bookItemOfFile(item);
    const { index, sku, id } = item;
    if (id !== null) {
      this.#items.set(index, { sku, id });
      return;
    }
    const booked = await bookDerived(this.#parts, itemCommand(item));
    if (booked.outcome === 'booked') this.#tally.itemCreated();
    if (booked.outcome === 'booked' || booked.outcome === 'already') {
      const answer = booked.answer as { readonly id: string } | null;
      if (answer !== null) {
        this.#items.set(index, { sku, id: answer.id });
        return;
      }
    }
    // Somebody made it otherwise since the file was read: the next run finds it.
    this.#items.set(index, { sku, refused: booked.outcome === 'refused' ? booked.code : 'SKU_TAKEN' });
  }

  async #bookItemOfFile(item: FileItem): Promise<void> {
    // An article that somebody else made is not this file's, however often it is imported.
    const refusal = item.id === null ? undefined : 'SKU_TAKEN';
    const booked = await bookDerived(this.#parts, { ...itemCommand(item), refusal });
    this.#count(booked, 'items', item.lines, () => item.sku);
  }

  async #bookOpeningStock(
    firstKey: string,
    demand: Extract<ReadMessage, { type: 'demand' }>['demand'],
  ): Promise<void> {
    await this.#completeItems();
    const lines = demand.flatMap(({ item, quantity }) => {
      const booked = this.#items.get(item);
      return booked !== undefined && 'id' in booked ? [{ itemId: booked.id, quantity }] : [];
    });
    this.#tally.openingStockBooked(await bookOpeningStock(this.#parts, firstKey, lines));
  }

  async #bookDocument(document: FileDocument): Promise<void> {
    if (this.#refuseForItems(document)) return;
    const { documentClass, key, date, lines } = document;
    const { method, count } = classes[documentClass];
    const params = {
      post: true,
      reference: key,
      ...(date === null ? {} : { documentAt: date }),
      lines: lines.map(({ item, quantity, reason }) => ({
        itemId: this.#idOf(item),
        quantity,
        ...(reason === null ? {} : { reason }),
      })),
    };
    const booked = await bookDerived(this.#parts, { documentClass, key, method, params });
    const itemByLine = new Map(lines.map(({ line, item }) => [line, item]));
    const skuOf = (line: number) => this.#items.get(itemByLine.get(line) ?? -1)?.sku ?? key;
    this.#count(
      booked,
      count,
      lines.map(({ line }) => line),
      skuOf,
    );
  }

  /** A document of which an article could not be created is refused as a whole, like one with a bad row. */
  #refuseForItems(document: FileDocument): boolean {
    const refusedOf = (item: number) => {
      const booked = this.#items.get(item);
      return booked !== undefined && 'refused' in booked ? booked : undefined;
    };
    const bad = document.lines.find(({ item }) => refusedOf(item) !== undefined);
    if (bad === undefined) return false;
    for (const { line, item } of document.lines) {
      const refused = refusedOf(item);
      const told =
        refused === undefined
          ? problem(
              'IMPORT_DOCUMENT_REFUSED',
              document.key,
              `The article of line ${bad.line} of the same document could not be created.`,
            )
          : problem(refused.refused, refused.sku, errors[refused.refused].message);
      this.#tally.refuse({ line, ...told.problem });
    }
    return true;
  }

  #count(
    booked: Awaited<ReturnType<typeof bookDerived>>,
    count: BookedCount,
    lines: readonly number[],
    skuOf: (line: number) => string,
  ): void {
    if (booked.outcome === 'booked') this.#tally.documentBooked(count, lines.length);
    else if (booked.outcome === 'already') this.#tally.documentAlreadyBooked(lines.length);
    else {
      const code = booked.outcome === 'changed' ? 'IMPORT_DOCUMENT_CHANGED' : booked.code;
      for (const line of lines) {
        this.#tally.refuse({ line, ...problem(code, skuOf(line), errors[code].message).problem });
      }
    }
    this.#progress();
  }

  #idOf(item: number): string {
    const booked = this.#items.get(item);
    if (booked === undefined || !('id' in booked)) throw new Error(`article ${item} was not told before`);
    return booked.id;
  }

  #progress(): void {
    this.#onProgress('booking', this.#tally.linesDone, this.#tally.linesTotal);
  }
}

function itemCommand({ sku, name, unit, decimals }: FileItem) {
  return {
    documentClass: 'item',
    key: skuKey(sku),
    method: 'items.create',
    params: { sku, name, unit, decimals },
  } as const;
}
