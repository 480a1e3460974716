// The articles that a file names: known ones, ones that the import will create, and what the rows say about them.

import { type ErrorCode, limits, type RefusedRow, type StaticOf } from '@masala/protocol';
import type { MapOfColumns } from './classification.ts';
import { skuKey } from './derived-id.ts';
import type { CellOf } from './header.ts';
import { parseDecimals, parseKey } from './values.ts';

export interface KnownItem {
  readonly id: string;
  readonly decimals: number;
  readonly active: boolean;
}

/** What the database knows of articles and units. */
export interface ItemLookup {
  item(sku: string): KnownItem | undefined;
  unitExists(code: string): boolean;
}

/** As it travels to the booking; `index` is how the lines of the file's documents name it. */
export interface FileItem {
  readonly index: number;
  readonly sku: string;
  /** Null: to be created. */
  readonly id: string | null;
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
  /** The file's lines that are this article, in an import of items; else empty. */
  readonly lines: readonly number[];
}

interface Entry {
  readonly sku: string;
  readonly known: KnownItem | undefined;
  readonly unit: string;
  readonly decimals: number;
  name: string | null;
  readonly lines: number[];
}

export type Problem = Pick<StaticOf<typeof RefusedRow>, 'value' | 'reason'>;
export type Judged<Value> = { readonly value: Value } | { readonly problem: Problem };

/** What is wrong with a row, as it is told: the value, cut to what recognising it takes, and `CODE: sentence`. */
export function problem(code: ErrorCode, value: string, sentence: string): { readonly problem: Problem } {
  const cut = value.slice(0, limits.importRefusedValueMaxLength).toWellFormed();
  return { problem: { value: cut, reason: `${code}: ${sentence}` } };
}

export class FileItems {
  readonly #map: MapOfColumns;
  readonly #cell: CellOf;
  readonly #lookup: ItemLookup;
  readonly #mayCreate: boolean;
  readonly #entries: Entry[] = [];
  readonly #indexByKey = new Map<string, number>();

  /** @param mayCreate whether articles that are not known are taken; else their rows are ITEM_UNKNOWN */
  constructor(map: MapOfColumns, cell: CellOf, lookup: ItemLookup, mayCreate: boolean) {
    this.#map = map;
    this.#cell = cell;
    this.#lookup = lookup;
    this.#mayCreate = mayCreate;
  }

  /** The index of a row's article. The row where it first appears decides unit and decimals of a new one. */
  indexOf(cells: readonly string[]): Judged<number> {
    const written = this.#cell(cells, 'sku');
    const sku = parseKey(written, 'SKU', limits.skuMaxLength);
    if ('problem' in sku) return problem('IMPORT_ROW_INVALID', written, sku.problem);
    const key = skuKey(sku.value);
    const index = this.#indexByKey.get(key);
    if (index !== undefined) return { value: index };
    const entry = this.#newEntry(sku.value, cells);
    if ('problem' in entry) return entry;
    this.#indexByKey.set(key, this.#entries.length);
    return { value: this.#entries.push(entry.value) - 1 };
  }

  decimalsOf(index: number): number {
    return this.#entryAt(index).decimals;
  }

  skuOf(index: number): string {
    return this.#entryAt(index).sku;
  }

  /** Whether it can be moved; one that is yet to be created can. */
  isActive(index: number): boolean {
    return this.#entryAt(index).known?.active ?? true;
  }

  /** A new article is called by the first description that says anything and is no longer than a name may be. */
  nameIfNone(index: number, cells: readonly string[]): void {
    const entry = this.#entryAt(index);
    if (entry.name !== null) return;
    const name = this.#cell(cells, 'name').trim();
    if (name !== '' && name.length <= limits.nameMaxLength) entry.name = name;
  }

  /** In an import of items each row is (a repetition of) one: a repetition must not say something else about its counting. */
  addLine(index: number, cells: readonly string[], line: number): Judged<number> {
    const entry = this.#entryAt(index);
    const unit = this.#cell(cells, 'unit').trim();
    const decimals = parseDecimals(this.#cell(cells, 'decimals'));
    if ('problem' in decimals) {
      return problem('IMPORT_ROW_INVALID', this.#cell(cells, 'decimals'), decimals.problem);
    }
    const unlike =
      (unit !== '' && unit !== entry.unit) || (decimals.value !== null && decimals.value !== entry.decimals);
    if (entry.lines.length > 0 && unlike) {
      const sentence = `Line ${entry.lines[0]} gives the same SKU another unit or other decimals.`;
      return problem('IMPORT_ROW_INVALID', entry.sku, sentence);
    }
    entry.lines.push(line);
    return { value: index };
  }

  /** The articles, where `wanted` says so, as they are booked. */
  *items(wanted: (index: number) => boolean): Generator<FileItem, void, void> {
    for (const [index, { sku, known, name, unit, decimals, lines }] of this.#entries.entries()) {
      if (wanted(index))
        yield { index, sku, id: known?.id ?? null, name: name ?? sku, unit, decimals, lines };
    }
  }

  #newEntry(sku: string, cells: readonly string[]): Judged<Entry> {
    const known = this.#lookup.item(sku);
    if (known === undefined && !this.#mayCreate) {
      return problem('ITEM_UNKNOWN', sku, 'There is no item with this SKU.');
    }
    const unit = this.#cell(cells, 'unit').trim() || (this.#map.defaults?.unit ?? 'pcs');
    const written = this.#cell(cells, 'decimals');
    const decimals = parseDecimals(written);
    if (known === undefined) {
      if (!this.#lookup.unitExists(unit)) return problem('UNIT_UNKNOWN', unit, 'There is no such unit.');
      if ('problem' in decimals) return problem('IMPORT_ROW_INVALID', written, decimals.problem);
    }
    const given = 'problem' in decimals ? null : decimals.value;
    const counted = known?.decimals ?? given ?? this.#map.defaults?.decimals ?? 0;
    return { value: { sku, known, unit, decimals: counted, name: null, lines: [] } };
  }

  #entryAt(index: number): Entry {
    const entry = this.#entries[index];
    if (entry === undefined) throw new Error(`the file has no article ${index}`);
    return entry;
  }
}
