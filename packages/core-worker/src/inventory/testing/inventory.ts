// A real inventory for tests: a database file in a temporary folder, booked through the writer's group commit, with a
// clock and ids that are the same in every run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError, type Params, type Result, type WireError, type WriteName } from '@masala/protocol';
import type { CallContext, ReadHandler } from '../../rpc/handlers.ts';
import type { CommandHandlers, CommandParams, PublishedEvent } from '../../store/command.ts';
import { GroupCommit } from '../../store/group-commit.ts';
import { openStore } from '../../store/open.ts';
import type { PoolChannel } from '../../store/pool-task.ts';
import type { Database } from '../../store/sqlite.ts';
import { inventoryCommands } from '../commands.ts';
import { type InventoryReadName, inventoryReads } from '../reads.ts';
import { verifyLedger } from '../verify.ts';

/** A day in March 2026, so that numbers read GRN-2026-…. */
export const TEST_START = Date.UTC(2026, 2, 14, 8);

export class TestInventory {
  readonly folder: string;
  readonly path: string;
  readonly database: Database;
  readonly events: PublishedEvent[] = [];
  /** What the next command is booked with; each command moves it on by a millisecond. */
  now = TEST_START;
  readonly #group: GroupCommit;
  readonly #reads: ReturnType<typeof inventoryReads>;
  #ids = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'masala-inventory-'));
    this.path = join(this.folder, 'masala.db');
    this.database = openStore(this.path, TEST_START, () => 'epoch-1').database;
    // What is tested here is what is booked, not that it outlives a power cut.
    this.database.pragma('synchronous = OFF');
    // The server's own commands (devices) are none of the inventory's.
    const handlers = inventoryCommands(this.database) as CommandHandlers;
    this.#group = new GroupCommit(
      this.database,
      handlers,
      () => this.now++,
      () => testId(this.#ids++),
    );
    this.#reads = inventoryReads(this.database);
  }

  /** Books a command of its own; throws the MasalaError that refuses it, and anything unexpected as a plain Error. */
  book<Name extends WriteName>(method: Name, params: CommandParams<Name>): Result<Name> {
    const { answers, events } = this.#group.run([
      {
        commandId: testId(1_000_000 + this.#ids++),
        deviceId: 'device-1',
        bound: true,
        method,
        body: JSON.stringify(params),
        refusal: null,
      },
    ]);
    this.events.push(...events);
    const [answer] = answers;
    if (answer?.outcome === 'done') return JSON.parse(answer.answer) as Result<Name>;
    if (answer?.outcome === 'refused') throw MasalaError.fromWire(answer.error);
    throw new Error('the command failed', { cause: answer?.cause });
  }

  /** The refusal of a command, as it travels. */
  refusal<Name extends WriteName>(method: Name, params: CommandParams<Name>): WireError {
    return refusalOf(() => this.book(method, params));
  }

  read<Name extends InventoryReadName>(method: Name, params: Params<Name>): Result<Name> {
    // None of these reads looks at the call's context, or waits.
    const handler = this.#reads[method] as unknown as ReadHandler<Name>;
    return handler(params, {} as CallContext) as Result<Name>;
  }

  /** Runs ledger.verify, here; the test's channel may book between its chunks, or stop it. */
  async verify(channel: Partial<PoolChannel> = {}): Promise<Result<'ledger.verify'>> {
    const silent = { send: async () => undefined, throwIfStopped: () => undefined };
    return verifyLedger({ databasePath: this.path }, { ...silent, ...channel });
  }

  close(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** The refusal that an act throws, as it travels. */
export function refusalOf(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof MasalaError) return error.toWire();
    throw error;
  }
  throw new Error('it was not refused');
}

/** The id of a number: a UUID in the order of the numbers. */
export function testId(count: number): string {
  return `01990000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
}
