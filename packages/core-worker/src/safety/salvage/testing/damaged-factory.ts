// A small factory's database for salvage tests, and the ways in which its file is harmed.

import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { TEST_START, TestInventory, testId } from '../../../inventory/testing/inventory.ts';
import type { ChainEnd } from '../../../store/chain-end.ts';
import { headOf } from '../../../store/replay.ts';
import { type Database, openForReading, openForWriting } from '../../../store/sqlite.ts';
import { salvage } from '../salvage.ts';
import type { SalvageReport } from '../salvage-report.ts';

export const PAGE_BYTES = 4_096;
export const SALVAGED_AT = TEST_START + 86_400_000;
const DOCUMENTS = 150;

/** A page of the sound file: which tree it belongs to and how many rows are in it. */
export interface PageFacts {
  readonly name: string;
  readonly page: number;
  readonly type: 'internal' | 'leaf' | 'overflow';
  readonly cells: number;
}

export class DamagedFactory {
  readonly inventory = new TestInventory();
  readonly chainEnd: ChainEnd;
  readonly pages: readonly PageFacts[];
  /** The copy that is harmed. */
  readonly path: string;
  readonly #scratch: string;
  #salvages = 0;

  constructor() {
    this.#book();
    const { database, folder } = this.inventory;
    this.chainEnd = { epoch: 'epoch-1', ...headOf(database) };
    database.pragma('wal_checkpoint(TRUNCATE)');
    this.pages = database
      .prepare<[], PageFacts>('SELECT name, pageno AS page, pagetype AS type, ncell AS cells FROM dbstat')
      .all();
    this.path = join(folder, 'damaged.db');
    this.#scratch = join(folder, 'scratch');
    mkdirSync(this.#scratch);
    this.renew();
  }

  /** Makes the copy sound again. */
  renew(): void {
    for (const suffix of ['-wal', '-shm']) rmSync(`${this.path}${suffix}`, { force: true });
    copyFileSync(this.inventory.path, this.path);
  }

  overwrite(page: number, content: Uint8Array, at = 0): void {
    const file = openSync(this.path, 'r+');
    writeSync(file, content, 0, content.length, (page - 1) * PAGE_BYTES + at);
    closeSync(file);
  }

  /** Changes the copy by statements that no rule holds back. */
  change(...statements: readonly string[]): void {
    const database = openForWriting(this.path);
    database.pragma('foreign_keys = OFF');
    database.pragma('ignore_check_constraints = ON');
    for (const sql of statements) {
      if (database.prepare(sql).run().changes === 0) throw new Error(`nothing was changed by ${sql}`);
    }
    database.close();
  }

  salvage(
    chainEnd: ChainEnd | null = this.chainEnd,
    throwIfStopped: () => void = () => undefined,
  ): Promise<SalvageReport> {
    this.#salvages += 1;
    const channel = { send: async () => undefined, throwIfStopped };
    const params = {
      ...{ damagedPath: this.path, scratchFolder: join(this.#scratch, String(this.#salvages)) },
      ...{ at: SALVAGED_AT, newEpoch: 'epoch-salvaged', chainEnd },
    };
    return Promise.resolve(salvage(params, channel));
  }

  /** What the last salvage left in its folder. */
  get leftBehind(): string[] {
    return readdirSync(join(this.#scratch, String(this.#salvages)));
  }

  close(): void {
    this.inventory.close();
  }

  #book(): void {
    const { inventory } = this;
    const book: TestInventory['book'] = inventory.book.bind(inventory);
    const unit = book('units.create', { code: 'Box', name: 'Box' }).code;
    // Some of each letter case: SQLite orders them alike.
    const items = Array.from({ length: 40 }, (_, index) => {
      const sku = index % 2 === 0 ? `nut-${index}` : `Nut-${index}`;
      return book('items.create', { sku, name: `Nut ${index}`, unit: index === 3 ? unit : 'pcs' }).id;
    });
    const partnerId = book('partners.create', { code: 'S1', name: 'Smith', kind: 'both' }).id;
    inventory.database
      .prepare("INSERT INTO devices VALUES ('device-1', 'Desk', 'office', 'hash-1', 5, NULL)")
      .run();
    for (let count = 0; count < DOCUMENTS; count++) {
      const itemId = items[count % items.length] as string;
      const lines = [
        { itemId, quantity: 10 + count },
        { itemId: items[(count * 7 + 1) % items.length] as string, quantity: 5 },
      ];
      const note = `Delivery ${count}. `.repeat(count % 30 === 0 ? 400 : 8);
      const { id } = book('receipts.create', { partnerId, lines, note, post: count % 10 !== 9 });
      if (count % 7 === 3) inventory.refusal('dispatches.reverse', { id: testId(count), version: 1 });
      if (count % 5 === 1 && count % 10 !== 9) book('receipts.reverse', { id, version: 1, reason: 'wrong' });
      if (count % 3 === 2 && count % 5 !== 1 && count % 10 !== 9) {
        book('dispatches.create', { lines: [{ itemId, quantity: 4 }], post: true });
      }
    }
  }
}

/** Reads from a database file that is closed. */
export function ask<Answer>(path: string, sql: string): Answer[] {
  const database: Database = openForReading(path);
  try {
    return database.prepare<[], Answer>(sql).pluck().all();
  } finally {
    database.close();
    for (const suffix of ['-wal', '-shm']) if (existsSync(`${path}${suffix}`)) rmSync(`${path}${suffix}`);
  }
}
