// For tests: a real store with its writer thread, and imports into it as a client would make them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { limits, type Result } from '@masala/protocol';
import type { CallContext } from '../../rpc/handlers.ts';
import { Pool } from '../../store/pool.ts';
import { Reader } from '../../store/reader.ts';
import { Writer } from '../../store/writer.ts';
import type { Kind, MapOfColumns } from '../classification.ts';
import type { BookingParts, ImportClock } from '../derived-command.ts';
import { type ImportMethods, importReads } from '../imports.ts';

export type Report = Result<'imports.run'>;
export type Submit = BookingParts['writer']['submit'];

export interface ImportRequest {
  readonly kind?: Kind;
  readonly map: MapOfColumns;
  readonly text: string | Buffer;
  readonly openingStock?: boolean;
}

export const clock: ImportClock = {
  now: Date.now,
  delay: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
};

/** A map for small files: `doc,sku,qty` and more columns where a test names them. */
export const plainMap: MapOfColumns = {
  source: 'test',
  columns: { sku: 'sku', document: 'doc', quantity: 'qty' },
  createUnknownItems: true,
};

/** One connection of a device. `end` is what its loss does. */
export class Caller implements CallContext {
  readonly sessionId: string;
  readonly deviceId = '00000000-0000-7000-8000-000000000001';
  readonly deviceName = 'desk';
  readonly role = 'office';
  readonly events: { event: string; params: unknown }[] = [];
  readonly #listeners: (() => void)[] = [];
  readonly #ended = new AbortController();

  constructor(sessionId = 'session-1') {
    this.sessionId = sessionId;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  send(event: string, params: unknown): void {
    this.events.push({ event, params });
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  end(): void {
    this.#ended.abort();
    for (const listener of this.#listeners) listener();
  }
}

export class Warehouse {
  readonly folder = mkdtempSync(join(tmpdir(), 'masala-imports-'));
  readonly directory = join(this.folder, 'run', 'imports');
  readonly databasePath = join(this.folder, 'masala.db');
  readonly pool: Pool;
  readonly #ownsPool: boolean;
  #writer: Writer | undefined;
  #reader: Reader | undefined;

  private constructor(pool: Pool | undefined) {
    this.pool = pool ?? new Pool(1);
    this.#ownsPool = pool === undefined;
  }

  /** @param pool one that several warehouses share, since its threads take half a second to start */
  static async open(pool?: Pool): Promise<Warehouse> {
    const warehouse = new Warehouse(pool);
    warehouse.#writer = await Writer.start({
      databasePath: warehouse.databasePath,
      now: Date.now,
      commitSlowMs: Number.POSITIVE_INFINITY,
      log: () => undefined,
      onEvents: () => undefined,
      onFault: ({ reason }) => {
        throw new Error(reason);
      },
    });
    warehouse.#reader = new Reader(warehouse.databasePath);
    return warehouse;
  }

  get reader(): Reader {
    if (this.#reader === undefined) throw new Error('the warehouse is not open');
    return this.#reader;
  }

  readonly submit: Submit = (request) => {
    if (this.#writer === undefined) throw new Error('the warehouse is not open');
    return this.#writer.submit(request);
  };

  /** The handlers of the imports, with a writer that a test may stand in front of. */
  handlers(submit: Submit = this.submit, time: ImportClock = clock): ReturnType<typeof importReads> {
    const { reader, pool, directory } = this;
    return importReads({ writer: { submit }, reader, pool, directory, clock: time, log: () => undefined });
  }

  /** A whole import: begun, sent in chunks and run. */
  async import(request: ImportRequest, submit?: Submit, call = new Caller()): Promise<Report> {
    const handlers = this.handlers(submit);
    const importId = await send(handlers, request, call);
    return handlers['imports.run']({ importId }, call);
  }

  /** What the books hold, without ids and times: two histories that ended alike give the same. */
  books(): { documents: unknown[]; stock: unknown[] } {
    const { database } = this.reader;
    const documents = database
      .prepare(
        `SELECT d.kind, d.status, d.number, d.reference, d.document_at, l.line, i.sku, l.quantity, l.reason
         FROM documents d JOIN document_lines l ON l.document_id = d.id JOIN items i ON i.id = l.item_id
         ORDER BY d.number, l.line`,
      )
      .all();
    return { documents, stock: this.stock() };
  }

  stock(): { sku: string; quantity: number }[] {
    return this.reader.database
      .prepare(
        `SELECT upper(i.sku) AS sku, sum(v.quantity) AS quantity FROM levels v JOIN items i ON i.id = v.item_id
         GROUP BY i.id HAVING sum(v.quantity) <> 0 ORDER BY i.sku`,
      )
      .all() as { sku: string; quantity: number }[];
  }

  count(sql: string, ...values: unknown[]): number {
    return this.reader.database
      .prepare(sql)
      .pluck()
      .get(...values) as number;
  }

  write(name: string, text: string | Buffer): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async close(): Promise<void> {
    this.#reader?.close();
    if (this.#ownsPool) await this.pool.close();
    await this.#writer?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function send(
  handlers: Pick<ReturnType<typeof importReads>, Extract<ImportMethods, 'imports.begin' | 'imports.chunk'>>,
  { kind = 'dispatches', map, text, openingStock = false }: ImportRequest,
  call: CallContext,
): Promise<string> {
  const bytes = Buffer.from(text);
  const begin = { kind, fileName: 'file.csv', sizeBytes: bytes.length, map, openingStock };
  const { importId } = await handlers['imports.begin'](begin, call);
  for (let offset = 0; offset < bytes.length; offset += limits.importChunkBytes) {
    const chunk = bytes.subarray(offset, offset + limits.importChunkBytes);
    await handlers['imports.chunk']({ importId, offset, bytes: chunk }, call);
  }
  return importId;
}

/** The lines of a report, added up: always its `lines`. */
export function sumOf({ booked, skipped, refusedTotal, alreadyBooked }: Report): number {
  const { dispatches, returns, writeOffs, receipts, items } = booked;
  return dispatches + returns + writeOffs + receipts + items + skipped + refusedTotal + alreadyBooked;
}
