// A real history for tests: a database file in a folder, booked through the writer's group commit with all of its handlers,
// whose clock and ids are the same in every run.

import { join } from 'node:path';
import { type DocumentKind, documentKinds } from '@masala/protocol';
import fc from 'fast-check';
import { accessCommands } from '../../../access/commands.ts';
import { inventoryCommands } from '../../../inventory/commands.ts';
import type { CommandHandlers, CommandName } from '../../../store/command.ts';
import { type CommandAnswer, GroupCommit, type WaitingCommand } from '../../../store/group-commit.ts';
import { openStore } from '../../../store/open.ts';
import { COMMAND_ROW_COLUMNS, type CommandRow } from '../../../store/replay.ts';
import { type Database, openForReading } from '../../../store/sqlite.ts';

/** Noon of a day in November 2026; each command comes a second after the one before. */
export const HISTORY_START = Date.UTC(2026, 10, 21, 12);
export const HISTORY_STEP_MS = 1_000;

const kinds = Object.keys(documentKinds) as DocumentKind[];
const pick = fc.nat(40);
const note = fc.constantFrom<string>('Grüße', '');
const lines = fc.array(
  fc.record({ item: pick, quantity: fc.integer({ min: -3, max: 9 }).filter((quantity) => quantity !== 0) }),
  { maxLength: 3 },
);

/** What is done in a step; `pick`s choose among what there is by then, and often wrongly: refusals are history, too. */
const step = fc.oneof(
  fc.record({ act: fc.constant('unit' as const), pick }),
  fc.record({ act: fc.constant('item' as const), pick }),
  fc.record({ act: fc.constant('rename' as const), pick }),
  fc.record({ act: fc.constant('partner' as const), pick }),
  fc.record({ act: fc.constant('pair' as const), pick: fc.nat(4) }),
  fc.record({ act: fc.constant('revoke' as const), pick: fc.nat(4) }),
  fc.record({
    act: fc.constant('create' as const),
    kind: fc.constantFrom(...kinds),
    lines,
    post: fc.boolean(),
    note,
  }),
  fc.record({
    act: fc.constant('create' as const),
    kind: fc.constant('receipt' as const),
    lines,
    post: fc.constant(true),
    note,
  }),
  fc.record({ act: fc.constantFrom('post' as const, 'reverse' as const, 'update' as const), pick, lines }),
);
export type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Random histories, in groups as they are committed. */
export const randomGroups = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 14,
});

interface KnownDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  version: number;
}

export class TestHistory {
  readonly path: string;
  readonly database: Database;
  now: number;
  readonly #group: GroupCommit;
  readonly #items: string[] = [];
  readonly #devices: string[] = [];
  readonly #documents: KnownDocument[] = [];
  #ids: number;

  /** `firstId`: another number for each history whose ids must not meet. */
  constructor(folder: string, epoch = 'epoch-1', { now = HISTORY_START, firstId = 0 } = {}) {
    this.now = now;
    this.#ids = firstId;
    this.path = join(folder, 'masala.db');
    this.database = openStore(this.path, now, () => epoch).database;
    this.database.pragma('synchronous = OFF');
    this.#group = new GroupCommit(
      this.database,
      allHandlers(this.database),
      () => {
        this.now += HISTORY_STEP_MS;
        return this.now;
      },
      () => this.#newId(),
    );
  }

  /** Books the steps as one group; gives how many commands there are then. */
  book(steps: readonly Step[]): number {
    const asked = steps.map((one) => this.#commandOf(one));
    const { answers, lastSequence } = this.#group.run(asked.map(({ command }) => command));
    for (const [index, answer] of answers.entries()) this.#learn(asked[index], answer);
    return lastSequence;
  }

  /** Books that many simple receipts, one group each; gives how many commands there are then. */
  bookReceipts(count: number): number {
    if (this.#items.length === 0) this.book([{ act: 'item', pick: this.#ids }]);
    let last = 0;
    const receipt: Step = {
      act: 'create',
      kind: 'receipt',
      lines: [{ item: 0, quantity: 5 }],
      post: true,
      note: 'Grüße',
    };
    for (let booked = 0; booked < count; booked++) last = this.book([receipt]);
    return last;
  }

  rows(after = 0): CommandRow[] {
    return this.database
      .prepare<[number], CommandRow>(
        `SELECT ${COMMAND_ROW_COLUMNS} FROM commands WHERE sequence > ? ORDER BY sequence`,
      )
      .all(after);
  }

  /** A whole copy of the database as it is now, in one file. */
  copyTo(path: string): void {
    this.database.prepare('VACUUM INTO ?').run(path);
  }

  close(): void {
    this.database.close();
  }

  #newId(): string {
    return `01990000-0000-7000-8000-${(this.#ids++).toString(16).padStart(12, '0')}`;
  }

  #commandOf(one: Step): { one: Step; document?: KnownDocument; command: WaitingCommand } {
    const document = 'pick' in one ? this.#documents[one.pick % this.#documents.length] : undefined;
    const { method, params } = this.#request(one, document);
    const command = {
      commandId: this.#newId(),
      deviceId: 'device-1',
      bound: true,
      method: method as CommandName,
      body: JSON.stringify(params),
      refusal: null,
    };
    return { one, command, ...(document === undefined ? {} : { document }) };
  }

  #request(one: Step, document: KnownDocument | undefined): { method: string; params: object } {
    switch (one.act) {
      case 'unit':
        return { method: 'units.create', params: { code: `unit-${one.pick % 5}`, name: 'unit' } };
      case 'item':
        return { method: 'items.create', params: { sku: `SKU-${one.pick}`, name: 'item', unit: 'pcs' } };
      case 'rename':
        return {
          method: 'items.update',
          params: { id: this.#item(one.pick), version: 1, name: `n-${one.pick}` },
        };
      case 'partner':
        return {
          method: 'partners.create',
          params: { code: `P-${one.pick}`, name: 'partner', kind: 'both' },
        };
      case 'pair':
        return {
          method: 'devices.pair',
          params: { name: 'pc', role: 'office', tokenHash: `token-${one.pick}` },
        };
      case 'revoke':
        return { method: 'devices.revoke', params: { deviceId: this.#devices[one.pick] ?? 'nobody' } };
      case 'create':
        return {
          method: `${documentKinds[one.kind].area}.create`,
          params: { lines: this.#lines(one.lines, one.kind), post: one.post, note: one.note },
        };
      case 'post':
      case 'reverse':
      case 'update': {
        const { kind, id, version } = document ?? { kind: 'receipt', id: 'none', version: 1 };
        const more = one.act === 'update' ? { lines: this.#lines(one.lines, kind) } : {};
        return { method: `${documentKinds[kind].area}.${one.act}`, params: { id, version, ...more } };
      }
    }
  }

  #item(index: number): string {
    return this.#items[index % this.#items.length] ?? 'none';
  }

  #lines(asked: readonly { item: number; quantity: number }[], kind: DocumentKind) {
    return asked.map(({ item, quantity }) => ({
      itemId: this.#item(item),
      quantity: kind === 'adjustment' ? quantity : Math.abs(quantity),
      reason: 'count',
    }));
  }

  /** Keeps the ids and versions that later steps name. */
  #learn(asked: { one: Step; document?: KnownDocument } | undefined, answer: CommandAnswer): void {
    if (answer.outcome === 'failed') throw new Error('a step was not booked', { cause: answer.cause });
    if (answer.outcome !== 'done' || asked === undefined) return;
    const { one, document } = asked;
    const booked = JSON.parse(answer.answer) as Record<'id' | 'deviceId' | 'reversalId', string> & {
      version: number;
    };
    if (one.act === 'item') this.#items.push(booked.id);
    if (one.act === 'pair' && !this.#devices.includes(booked.deviceId)) this.#devices.push(booked.deviceId);
    if (one.act === 'create') this.#documents.push({ ...booked, kind: one.kind });
    if (document === undefined) return;
    if (one.act === 'post' || one.act === 'update' || one.act === 'reverse')
      document.version = booked.version;
    if (one.act === 'reverse')
      this.#documents.push({ id: booked.reversalId, kind: document.kind, version: 1 });
  }
}

/** The handlers of every command, as the writer thread has them. */
export function allHandlers(database: Database): CommandHandlers {
  return { ...inventoryCommands(database), ...accessCommands(database) };
}

/** Every row of every table but the epochs, and what counts the starts: what must be the same after a replay. */
export function contentOf(path: string): Record<string, unknown[]> {
  const database = openForReading(path);
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .pluck()
      .all()
      .filter((table) => table !== 'epochs');
    const rowsOf = (table: string) => {
      if (table === 'ledger') return database.prepare('SELECT only, bodies_expired_to FROM ledger').all();
      return database.prepare(`SELECT * FROM ${table}`).all();
    };
    return Object.fromEntries(tables.map((table) => [table, rowsOf(table)]));
  } finally {
    database.close();
  }
}
