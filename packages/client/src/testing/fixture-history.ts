// The books of a fixture server: items and receipts with ids of its own making, and a restore that cuts them short.

import { commandDigest, MasalaError } from '@masala/protocol';
import { type FixtureRequest, type FixtureServer, NO_HASH } from './fixture-server.ts';

interface Row {
  readonly commandId: string;
  readonly digest: string;
  /** The answer, or what it was refused with: refusals stay, as they do on the real server. */
  readonly answer: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

export class FixtureHistory {
  readonly #server: FixtureServer;
  #rows: Row[] = [];
  readonly #partners = new Set<string>();
  #records = new Map<string, { version: number }>();
  /** Never taken back: what is made anew after a restore has other ids. */
  #made = 0;
  #numbers = 0;

  constructor(server: FixtureServer) {
    this.#server = server;
    server.on('items.create', (request) => this.#book(request, () => this.#item()));
    server.on('receipts.create', (request) => this.#book(request, (params) => this.#receipt(params)));
    server.on('receipts.post', (request) => this.#book(request, (params) => this.#post(params)));
    server.on('partners.get', ({ params }) => {
      const id = String(params['id']);
      if (!this.#partners.has(id)) throw new MasalaError('NOT_FOUND', { id });
      return { id, code: 'M', name: 'Maier & Co', kind: 'both', active: true, version: 1 };
    });
    for (const area of ['items', 'receipts']) {
      server.on(`${area}.get`, ({ params }) => this.#existing(String(params['id'])));
    }
    server.on('commands.missing', ({ params }) => ({
      missing: (params['commandIds'] as string[]).filter((id) => this.#find(id) === undefined),
    }));
  }

  /** How many commands are booked. */
  get length(): number {
    return this.#rows.length;
  }

  newId(): string {
    this.#made++;
    return `0190a5b4-0000-7000-9000-${String(this.#made).padStart(12, '0')}`;
  }

  /** A partner that was always there. */
  newPartner(): string {
    const id = this.newId();
    this.#partners.add(id);
    return id;
  }

  /** A restore to the first commands, with the records that are saved all the same (by a salvage); the new epoch. */
  restore(length: number, origin: 'restore' | 'salvage' = 'restore', saved: readonly string[] = []): string {
    const [present] = this.#server.lineage;
    const epoch = this.newId();
    this.#rows = this.#rows.slice(0, length);
    const answers = JSON.stringify(this.#rows);
    for (const id of this.#records.keys()) {
      if (!answers.includes(id) && !saved.includes(id)) this.#records.delete(id);
    }
    const row = { epoch, parent: present?.epoch ?? null, branchSequence: length, branchHash: NO_HASH };
    this.#server.lineage = [{ ...row, origin, beganAt: 1_767_225_600_000 }, ...this.#server.lineage];
    this.#server.bootSequence++;
    for (const connection of this.#server.connections) connection.drop();
    return epoch;
  }

  #find(commandId: string): Row | undefined {
    return this.#rows.find((row) => row.commandId === commandId);
  }

  #book({ method, params }: FixtureRequest, make: (params: Fields) => unknown): unknown {
    const commandId = String(params['commandId']);
    const digest = commandDigest(method, params);
    let row = this.#find(commandId);
    if (row !== undefined && row.digest !== digest) throw new MasalaError('COMMAND_ID_REUSED');
    if (row === undefined) {
      row = { commandId, digest, answer: answerOf(() => make(params)) };
      this.#rows.push(row);
    }
    if (row.answer instanceof MasalaError) throw row.answer;
    return row.answer;
  }

  #record(): string {
    const id = this.newId();
    this.#records.set(id, { version: 1 });
    return id;
  }

  #existing(id: string): { id: string; version: number } {
    const record = this.#records.get(id);
    if (record === undefined) throw new MasalaError('NOT_FOUND', { id });
    return { id, version: record.version };
  }

  #item(): unknown {
    return { id: this.#record(), version: 1, defaultLotId: this.#record() };
  }

  #receipt(params: Fields): unknown {
    for (const { itemId } of params['lines'] as { itemId: string }[]) {
      if (!this.#records.has(itemId)) throw new MasalaError('ITEM_UNKNOWN', { itemId });
    }
    const posted = params['post'] === true;
    return {
      id: this.#record(),
      version: 1,
      status: posted ? 'posted' : 'draft',
      number: posted ? this.#number() : null,
    };
  }

  #post(params: Fields): unknown {
    const { id, version } = this.#existing(String(params['id']));
    if (version !== params['version']) throw new MasalaError('CONFLICT', { present: { id, version } });
    this.#records.set(id, { version: version + 1 });
    return { id, version: version + 1, status: 'posted', number: this.#number() };
  }

  #number(): string {
    this.#numbers++;
    return `GRN-2026-${String(this.#numbers).padStart(6, '0')}`;
  }
}

function answerOf(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (error instanceof MasalaError) return error;
    throw error;
  }
}
