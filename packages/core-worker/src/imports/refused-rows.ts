// Rows that were not booked, with value and reason: as many as the limit keeps, their number in full.

import { limits, type RefusedRow, type StaticOf } from '@masala/protocol';

export type Refused = StaticOf<typeof RefusedRow>;

export class RefusedRows {
  #total = 0;
  #kept: Refused[] = [];
  #sorted = true;

  get total(): number {
    return this.#total;
  }

  add(row: Refused): void {
    this.#total += 1;
    if (this.#kept.length >= limits.importRefusedRowsMax) return;
    this.#kept.push(row);
    this.#sorted = false;
  }

  /** A page by line, from behind `after`; `next` is what to give as `after` for the next one, null when there is none. */
  page(after: number): { refused: Refused[]; next: number | null } {
    if (!this.#sorted) this.#kept.sort((a, b) => a.line - b.line);
    this.#sorted = true;
    const start = after === 0 ? 0 : this.#kept.findIndex((row) => row.line > after);
    if (start === -1) return { refused: [], next: null };
    const refused = this.#kept.slice(start, start + limits.importRefusedPageRows);
    const more = start + refused.length < this.#kept.length;
    return { refused, next: more ? (refused.at(-1)?.line ?? null) : null };
  }
}
