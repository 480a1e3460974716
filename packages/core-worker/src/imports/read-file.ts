// The pool's half of an import: reads the whole file strictly, judges each row, and sends documents to the booking.
//
// Nothing is sent before the whole file was read: a structural fault refuses all of it, and a document's rows may stand
// anywhere in it.

import { limits, MasalaError } from '@masala/protocol';
import type { PoolChannel, PoolTask } from '../store/pool-task.ts';
import { openForReading } from '../store/sqlite.ts';
import { classify, type Kind, type MapOfColumns } from './classification.ts';
import { type CsvRecord, readRecords } from './csv.ts';
import { skuKey } from './derived-id.ts';
import { DocumentTable, type FileDocument } from './document-table.ts';
import { type FileItem, FileItems, type ItemLookup, type Judged, problem } from './file-items.ts';
import { type CellOf, cellsByHeader } from './header.ts';
import { itemLookup } from './item-lookup.ts';
import type { Refused } from './refused-rows.ts';
import { parseDate, parseKey, parseQuantity } from './values.ts';

export interface ReadFileParams {
  readonly path: string;
  readonly sizeBytes: number;
  readonly databasePath: string;
  readonly kind: Kind;
  readonly map: MapOfColumns;
  /** Whether to tell the file's demand. */
  readonly openingStock: boolean;
}

/** In this order; `reading` and `refused` come many times, and so do the batches of items and documents. */
export type ReadMessage =
  | { readonly type: 'reading'; readonly linesDone: number; readonly linesTotal: number }
  | { readonly type: 'read'; readonly lines: number; readonly skipped: number }
  | { readonly type: 'refused'; readonly rows: readonly Refused[] }
  | { readonly type: 'items'; readonly items: readonly FileItem[] }
  | {
      readonly type: 'demand';
      /** The first document's key in the file's order, whatever becomes of it. */
      readonly firstKey: string;
      readonly demand: readonly { readonly item: number; readonly quantity: number }[];
    }
  | { readonly type: 'documents'; readonly documents: readonly FileDocument[] };

/** Rows sent at once: where all is booked already, looking them up is two milliseconds of the main thread in one turn. */
const BATCH_ROWS = 250;
/** Leaves eight characters for the `#1001` of a long document's last part. */
const KEY_MAX_LENGTH = limits.nameMaxLength - 8;
const NO_REASON_GIVEN = 'no reason given';

/**
 * @throws MasalaError IMPORT_EMPTY, IMPORT_HEADER_INVALID, IMPORT_CSV_INVALID, IMPORT_RECORD_TOO_LONG,
 * IMPORT_ENCODING_INVALID, IMPORT_FILE_TOO_LARGE (too many rows), CANCELLED
 */
export const readImportFile: PoolTask<ReadFileParams, null> = async (params, channel) => {
  const database = openForReading(params.databasePath);
  try {
    const reading = new Reading(params, itemLookup(database, params.map.source), channel);
    await reading.readAll();
    await reading.sendAll();
    return null;
  } finally {
    database.close();
  }
};

class Reading {
  readonly #params: ReadFileParams;
  readonly #lookup: ItemLookup;
  readonly #channel: PoolChannel;
  readonly #table = new DocumentTable();
  readonly #serviceSkus: ReadonlySet<string>;
  readonly #badItems = new Map<number, number>();
  #header: readonly string[] | undefined;
  #cell: CellOf = () => '';
  #items: FileItems;
  #firstKey: string | undefined;
  #lines = 0;
  #skipped = 0;
  #refused: Refused[] = [];

  constructor(params: ReadFileParams, lookup: ItemLookup, channel: PoolChannel) {
    this.#params = params;
    this.#lookup = lookup;
    this.#channel = channel;
    this.#serviceSkus = new Set((params.map.skipSkus ?? []).map((sku) => skuKey(sku.trim())));
    this.#items = new FileItems(params.map, this.#cell, lookup, false);
  }

  async readAll(): Promise<void> {
    const { path, sizeBytes, map } = this.#params;
    const format = {
      encoding: map.encoding ?? 'utf8',
      delimiter: map.delimiter ?? ',',
      recordMaxBytes: limits.importRecordMaxBytes,
    } as const;
    for (const { records, bytesRead } of readRecords(path, format)) {
      this.#channel.throwIfStopped();
      for (const record of records) this.#take(record);
      const linesTotal = Math.round((this.#lines * sizeBytes) / Math.max(1, bytesRead));
      await this.#channel.send({ type: 'reading', linesDone: this.#lines, linesTotal } satisfies ReadMessage);
    }
    if (this.#lines === 0) throw new MasalaError('IMPORT_EMPTY');
  }

  async sendAll(): Promise<void> {
    await this.#send({ type: 'read', lines: this.#lines, skipped: this.#skipped });
    await this.#sendRefused();
    await this.#sendItems();
    if (this.#params.kind === 'items') return;
    if (this.#params.openingStock && this.#firstKey !== undefined) {
      const sums = this.#table.demand((item) => this.#items.isActive(item));
      const demand = Array.from(sums, ([item, quantity]) => ({ item, quantity }));
      await this.#send({ type: 'demand', firstKey: this.#firstKey, demand });
    }
    const documents = batches(this.#table.documents(), ({ lines }) => lines.length);
    for (const batch of documents) await this.#send({ type: 'documents', documents: batch });
  }

  #take({ line, cells }: CsvRecord): void {
    if (cells.length === 1 && cells[0]?.trim() === '') return;
    if (this.#header === undefined) return this.#takeHeader(cells);
    if (cells.length !== this.#header.length) {
      const reason = `it has ${cells.length} fields, the header has ${this.#header.length}`;
      throw new MasalaError('IMPORT_CSV_INVALID', { line, reason });
    }
    this.#lines += 1;
    if (this.#lines > limits.importRowsMax) {
      throw new MasalaError('IMPORT_FILE_TOO_LARGE', { limitRows: limits.importRowsMax });
    }
    const judged = this.#params.kind === 'items' ? this.#takeItem(line, cells) : this.#takeRow(line, cells);
    if ('problem' in judged) this.#refused.push({ line, ...judged.problem });
  }

  #takeHeader(cells: readonly string[]): void {
    const { map, kind } = this.#params;
    this.#header = cells;
    this.#cell = cellsByHeader(map, cells);
    const mayCreate = kind === 'items' || map.createUnknownItems === true;
    this.#items = new FileItems(map, this.#cell, this.#lookup, mayCreate);
  }

  #isService(cells: readonly string[]): boolean {
    const isService = this.#serviceSkus.has(skuKey(this.#cell(cells, 'sku').trim()));
    if (isService) this.#skipped += 1;
    return isService;
  }

  #takeItem(line: number, cells: readonly string[]): Judged<unknown> {
    if (this.#isService(cells)) return { value: null };
    const index = this.#items.indexOf(cells);
    if ('problem' in index) return index;
    this.#items.nameIfNone(index.value, cells);
    const added = this.#items.addLine(index.value, cells, line);
    if ('problem' in added && !this.#badItems.has(index.value)) this.#badItems.set(index.value, line);
    return added;
  }

  #takeRow(line: number, cells: readonly string[]): Judged<unknown> {
    const written = this.#cell(cells, 'document');
    const key = parseKey(written, 'document', KEY_MAX_LENGTH);
    if ('value' in key) this.#firstKey ??= key.value;
    if (this.#isService(cells)) return { value: null };
    if ('problem' in key) return problem('IMPORT_ROW_INVALID', written, key.problem);
    const judged = this.#judgeRow(line, key.value, cells);
    if ('problem' in judged) this.#table.markBad(key.value, line);
    return judged;
  }

  #judgeRow(line: number, key: string, cells: readonly string[]): Judged<unknown> {
    const { kind, map } = this.#params;
    if (kind === 'items') throw new Error('an import of items has no documents');
    const item = this.#items.indexOf(cells);
    if ('problem' in item) return item;
    const written = this.#cell(cells, 'quantity');
    const quantity = parseQuantity(written, this.#items.decimalsOf(item.value));
    if ('problem' in quantity) return problem('IMPORT_ROW_INVALID', written, quantity.problem);
    const documentClass = classify(kind, map, key, quantity.value);
    if ('problem' in documentClass) return problem('IMPORT_ROW_INVALID', written, documentClass.problem);
    const day = this.#cell(cells, 'date');
    const date = parseDate(day);
    if ('problem' in date) return problem('IMPORT_ROW_INVALID', day, date.problem);
    const isWriteOff = documentClass.value === 'write-off';
    const reason = isWriteOff ? this.#cell(cells, 'reason').trim() || NO_REASON_GIVEN : null;
    if (reason !== null && reason.length > limits.nameMaxLength) {
      const sentence = `The reason is longer than ${limits.nameMaxLength} characters.`;
      return problem('IMPORT_ROW_INVALID', reason, sentence);
    }
    // Where one column is both, "wet pallet" is why goods were thrown away, and not what they are called.
    if (!isWriteOff || map.columns.name !== map.columns.reason) this.#items.nameIfNone(item.value, cells);
    this.#table.add({
      line,
      key,
      documentClass: documentClass.value,
      item: item.value,
      quantity: isWriteOff ? quantity.value : Math.abs(quantity.value),
      date: date.value,
      reason,
    });
    return { value: null };
  }

  async #sendRefused(): Promise<void> {
    for (const rows of batches(this.#refused, () => 1)) await this.#send({ type: 'refused', rows });
    this.#refused = [];
    for (const rows of batches(this.#refusedWithTheirDocument(), () => 1)) {
      await this.#send({ type: 'refused', rows });
    }
  }

  *#refusedWithTheirDocument(): Generator<Refused, void, void> {
    for (const { line, key, badLine } of this.#table.refusedLines()) {
      yield { line, ...refusedBy(key, badLine) };
    }
    for (const { index, sku, lines } of this.#items.items((item) => this.#badItems.has(item))) {
      for (const line of lines) yield { line, ...refusedBy(sku, this.#badItems.get(index) ?? line) };
    }
  }

  async #sendItems(): Promise<void> {
    const used = this.#params.kind === 'items' ? undefined : this.#table.usedItems();
    const wanted = (index: number) => used?.has(index) ?? !this.#badItems.has(index);
    for (const items of batches(this.#items.items(wanted), ({ lines }) => 1 + lines.length)) {
      await this.#send({ type: 'items', items });
    }
  }

  async #send(message: ReadMessage): Promise<void> {
    this.#channel.throwIfStopped();
    await this.#channel.send(message);
  }
}

function refusedBy(key: string, badLine: number): Pick<Refused, 'value' | 'reason'> {
  return problem(
    'IMPORT_DOCUMENT_REFUSED',
    key,
    `Line ${badLine} of the same document is bad, so that none of it was booked.`,
  ).problem;
}

function* batches<Entry>(
  entries: Iterable<Entry>,
  rowsOf: (entry: Entry) => number,
): Generator<Entry[], void, void> {
  let batch: Entry[] = [];
  let rows = 0;
  for (const entry of entries) {
    batch.push(entry);
    rows += rowsOf(entry);
    if (rows < BATCH_ROWS) continue;
    yield batch;
    batch = [];
    rows = 0;
  }
  if (batch.length > 0) yield batch;
}
