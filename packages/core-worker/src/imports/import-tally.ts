// What an import has done so far: the counts of its report, and how far it is.

import type { ImportReport, StaticOf } from '@masala/protocol';
import type { Refused, RefusedRows } from './refused-rows.ts';

type Report = StaticOf<typeof ImportReport>;
export type BookedCount = keyof Report['booked'];

export class ImportTally {
  readonly #refused: RefusedRows;
  readonly #booked: Record<BookedCount, number> = {
    dispatches: 0,
    returns: 0,
    writeOffs: 0,
    receipts: 0,
    items: 0,
  };
  #lines = 0;
  #skipped = 0;
  #alreadyBooked = 0;
  #documents = 0;
  #itemsCreated = 0;
  #openingStock: Report['openingStock'] = null;

  constructor(refused: RefusedRows) {
    this.#refused = refused;
  }

  get linesTotal(): number {
    return this.#lines;
  }

  /** Lines whose fate is known. */
  get linesDone(): number {
    const { dispatches, returns, writeOffs, receipts, items } = this.#booked;
    const booked = dispatches + returns + writeOffs + receipts + items;
    return booked + this.#skipped + this.#refused.total + this.#alreadyBooked;
  }

  fileRead(lines: number, skipped: number): void {
    this.#lines = lines;
    this.#skipped = skipped;
  }

  refuse(row: Refused): void {
    this.#refused.add(row);
  }

  documentBooked(count: BookedCount, lines: number): void {
    this.#booked[count] += lines;
    this.#documents += 1;
  }

  documentAlreadyBooked(lines: number): void {
    this.#alreadyBooked += lines;
  }

  itemCreated(): void {
    this.#itemsCreated += 1;
  }

  openingStockBooked(openingStock: NonNullable<Report['openingStock']>): void {
    this.#openingStock = openingStock;
  }

  /** The report of the whole file. A line that has no fate, or two, is a broken invariant. */
  report(): Report {
    if (this.linesDone !== this.#lines) {
      throw new Error(`the import accounts for ${this.linesDone} of ${this.#lines} lines`);
    }
    return {
      lines: this.#lines,
      booked: { ...this.#booked },
      skipped: this.#skipped,
      refusedTotal: this.#refused.total,
      refused: this.#refused.page(0).refused,
      alreadyBooked: this.#alreadyBooked,
      documents: this.#documents,
      itemsCreated: this.#itemsCreated,
      openingStock: this.#openingStock,
    };
  }
}
