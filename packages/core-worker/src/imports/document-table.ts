// Pure: collects the rows of a file as documents, wherever in the file they stand, in some 24 bytes a row.

import { limits } from '@masala/protocol';
import { type DocumentClass, inflows } from './classification.ts';

/** A row that can be booked. */
export interface TableRow {
  readonly line: number;
  readonly key: string;
  readonly documentClass: DocumentClass;
  /** Index of the row's item. */
  readonly item: number;
  /** As it is booked, in smallest units: negative for a write-off only. */
  readonly quantity: number;
  /** UTC ms, or null where the row gives no date. */
  readonly date: number | null;
  readonly reason: string | null;
}

export interface FileLine {
  /** The file's line. */
  readonly line: number;
  readonly item: number;
  readonly quantity: number;
  readonly reason: string | null;
}

export interface FileDocument {
  readonly documentClass: DocumentClass;
  /** The key in the file, for the parts of a long document with `#2`, `#3` … behind it. */
  readonly key: string;
  /** The first date that a row of the document gives. */
  readonly date: number | null;
  readonly lines: readonly FileLine[];
}

export interface RefusedLine {
  readonly line: number;
  readonly key: string;
  /** The first bad row of the document. */
  readonly badLine: number;
}

interface Head {
  readonly key: string;
  readonly documentClass: DocumentClass;
  date: number | null;
  rows: number;
}

const ROWS_AT_FIRST = 4_096;
const NO_REASON = 0;

export class DocumentTable {
  #rows = 0;
  #line = new Uint32Array(ROWS_AT_FIRST);
  #head = new Uint32Array(ROWS_AT_FIRST);
  #item = new Uint32Array(ROWS_AT_FIRST);
  #reason = new Uint32Array(ROWS_AT_FIRST);
  #quantity = new Float64Array(ROWS_AT_FIRST);
  readonly #heads: Head[] = [];
  readonly #headIndex = new Map<string, number>();
  readonly #reasons: (string | null)[] = [null];
  readonly #reasonIndex = new Map<string, number>();
  readonly #badKeys = new Map<string, number>();

  add(row: TableRow): void {
    if (this.#rows === this.#line.length) this.#grow();
    const head = this.#headOf(row);
    this.#line[this.#rows] = row.line;
    this.#head[this.#rows] = head;
    this.#item[this.#rows] = row.item;
    this.#reason[this.#rows] = this.#reasonOf(row.reason);
    this.#quantity[this.#rows] = row.quantity;
    this.#rows += 1;
  }

  /**
   * None of a paper is booked when one of its rows is bad. By the key alone: of a bad row nobody knows to which of the
   * documents of that key it would have belonged.
   */
  markBad(key: string, line: number): void {
    if (!this.#badKeys.has(key)) this.#badKeys.set(key, line);
  }

  /** The good rows of documents that a bad row refuses, in the order of the file. */
  *refusedLines(): Generator<RefusedLine, void, void> {
    if (this.#badKeys.size === 0) return;
    for (let row = 0; row < this.#rows; row++) {
      const { key } = this.#headAt(row);
      const badLine = this.#badKeys.get(key);
      if (badLine !== undefined) yield { line: this.#line[row] ?? 0, key, badLine };
    }
  }

  /** How much of each item the file's documents take out, for the items of which `counts` says so. */
  demand(counts: (item: number) => boolean): Map<number, number> {
    const sums = new Map<number, number>();
    for (let row = 0; row < this.#rows; row++) {
      const { key, documentClass } = this.#headAt(row);
      const item = this.#item[row] ?? 0;
      if (inflows.includes(documentClass) || this.#badKeys.has(key) || !counts(item)) continue;
      const sum = (sums.get(item) ?? 0) + Math.abs(this.#quantity[row] ?? 0);
      // More than can be counted exactly cannot be in stock either; booking it is refused then.
      sums.set(item, Math.min(sum, Number.MAX_SAFE_INTEGER));
    }
    return sums;
  }

  /** The items of the documents that will be booked. */
  usedItems(): Set<number> {
    const used = new Set<number>();
    for (let row = 0; row < this.#rows; row++) {
      if (!this.#badKeys.has(this.#headAt(row).key)) used.add(this.#item[row] ?? 0);
    }
    return used;
  }

  /**
   * The documents without a bad row: first what comes in, then what goes out, each in the order of their first rows. The day's
   * paper is not in the order of the goods' movements, and so an import that was broken off ends like one that was not:
   * when anything is tried again, nothing has come in since that the first try had not seen.
   */
  *documents(): Generator<FileDocument, void, void> {
    const { order, starts } = this.#rowsByHead();
    for (const incoming of [true, false]) {
      for (const [index, head] of this.#heads.entries()) {
        if (inflows.includes(head.documentClass) !== incoming || this.#badKeys.has(head.key)) continue;
        yield* this.#partsOf(head, order.subarray(starts[index], starts[index + 1]));
      }
    }
  }

  *#partsOf(head: Head, rows: Uint32Array): Generator<FileDocument, void, void> {
    for (let start = 0, part = 1; start < rows.length; start += limits.documentLinesMax, part++) {
      const lines = Array.from(rows.subarray(start, start + limits.documentLinesMax), (row) => ({
        line: this.#line[row] ?? 0,
        item: this.#item[row] ?? 0,
        quantity: this.#quantity[row] ?? 0,
        reason: this.#reasons[this.#reason[row] ?? NO_REASON] ?? null,
      }));
      const key = part === 1 ? head.key : `${head.key}#${part}`;
      yield { documentClass: head.documentClass, key, date: head.date, lines };
    }
  }

  /** A counting sort: the rows of each head, in the order of the file. */
  #rowsByHead(): { order: Uint32Array; starts: Uint32Array } {
    const starts = new Uint32Array(this.#heads.length + 1);
    for (const [index, head] of this.#heads.entries()) starts[index + 1] = (starts[index] ?? 0) + head.rows;
    const next = starts.slice();
    const order = new Uint32Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) {
      const head = this.#head[row] ?? 0;
      const place = next[head] ?? 0;
      order[place] = row;
      next[head] = place + 1;
    }
    return { order, starts };
  }

  #headAt(row: number): Head {
    const head = this.#heads[this.#head[row] ?? 0];
    if (head === undefined) throw new Error('a row without a document');
    return head;
  }

  #headOf({ key, documentClass, date }: TableRow): number {
    const name = `${documentClass}\n${key}`;
    const known = this.#headIndex.get(name);
    const index = known ?? this.#heads.length;
    if (known === undefined) {
      this.#headIndex.set(name, index);
      this.#heads.push({ key, documentClass, date, rows: 1 });
      return index;
    }
    const head = this.#heads[index];
    if (head !== undefined) {
      head.rows += 1;
      head.date ??= date;
    }
    return index;
  }

  #reasonOf(reason: string | null): number {
    if (reason === null) return NO_REASON;
    const known = this.#reasonIndex.get(reason);
    if (known !== undefined) return known;
    this.#reasonIndex.set(reason, this.#reasons.length);
    return this.#reasons.push(reason) - 1;
  }

  #grow(): void {
    const size = this.#line.length * 2;
    this.#line = grown(this.#line, new Uint32Array(size));
    this.#head = grown(this.#head, new Uint32Array(size));
    this.#item = grown(this.#item, new Uint32Array(size));
    this.#reason = grown(this.#reason, new Uint32Array(size));
    this.#quantity = grown(this.#quantity, new Float64Array(size));
  }
}

function grown<Column extends Uint32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
