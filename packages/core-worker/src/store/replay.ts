// Books journaled commands again, by what was decided and not by what was asked: the same rows, hashes and digests.

import { MasalaError } from '@masala/protocol/tables';
import { commandProblem } from '../inventory/verify/commands.ts';
import { type ChainedRow, GENESIS_HASH } from './chain.ts';
import type { CommandContext, CommandHandlers, CommandName } from './command.ts';
import { type Decided, RecordedDecisions } from './decisions.ts';
import type { Database } from './sqlite.ts';

/** A whole row of `commands`; body, decisions and answer are null once they have expired. */
export interface CommandRow extends ChainedRow {
  readonly body: string | null;
  readonly decided: string | null;
  readonly answer: string | null;
  readonly hash: string;
}

/** The newest command of a history. Sequence 0 with GENESIS_HASH: none yet. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** Every column of `commands` in the table's order, for a SELECT that gives CommandRow. */
export const COMMAND_ROW_COLUMNS = `sequence, command_id AS commandId, device_id AS deviceId, user_id AS userId,
  method, at, outcome, digest, body, decided, decided_digest AS decidedDigest, answer,
  answer_digest AS answerDigest, hash`;

export function headOf(database: Database): Head {
  const newest = database.prepare<[], Head>(
    'SELECT sequence, hash FROM commands ORDER BY sequence DESC LIMIT 1',
  );
  return newest.get() ?? { sequence: 0, hash: GENESIS_HASH };
}

/** Nothing is told to anyone: what is replayed was told when it was booked. */
const publishNothing = (): void => undefined;

export class Replay {
  readonly #handlers: CommandHandlers;
  readonly #insert;
  readonly #bookAll: (rows: Iterable<CommandRow>) => Head;
  #head: Head;

  /** `handlers`: those of the same connection, as the writer has them. */
  constructor(database: Database, handlers: CommandHandlers) {
    this.#handlers = handlers;
    this.#insert = database.prepare('INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#head = headOf(database);
    this.#bookAll = database.transaction((rows) => this.#bookInOrder(rows));
  }

  /** The newest command that is booked. */
  get head(): Head {
    return this.#head;
  }

  /**
   * Books the rows, which must follow each other and the head, in one transaction. Throws RESTORE_FAILED with
   * `{ sequence, reason }` at the first that does not fit, and then none of them is booked.
   */
  book(rows: Iterable<CommandRow>): void {
    this.#head = this.#bookAll(rows);
  }

  #bookInOrder(rows: Iterable<CommandRow>): Head {
    let head = this.#head;
    for (const row of rows) {
      try {
        this.#bookOne(row, head);
      } catch (error) {
        throw replayFailed(row.sequence, error);
      }
      head = { sequence: row.sequence, hash: row.hash };
    }
    return head;
  }

  #bookOne(row: CommandRow, head: Head): void {
    const { body, decided, answer } = row;
    if (body === null || decided === null || answer === null) {
      throw new Error('its body has expired, so it cannot be booked again');
    }
    const problem = commandProblem(head, row, 0);
    if (problem !== undefined) throw new Error(problem);
    // A refused command has changed nothing: its row is all there is of it.
    if (row.outcome === 'done') this.#runAgain(row, body, JSON.parse(decided) as Decided, answer);
    this.#insert.run(
      row.sequence,
      row.commandId,
      row.deviceId,
      row.userId,
      row.method,
      row.at,
      row.outcome,
      row.digest,
      body,
      decided,
      row.decidedDigest,
      answer,
      row.answerDigest,
      row.hash,
    );
  }

  #runAgain(row: CommandRow, body: string, decided: Decided, answer: string): void {
    if (!Object.hasOwn(this.#handlers, row.method)) throw new Error(`there is no command ${row.method}`);
    type Handler = (params: unknown, context: CommandContext) => unknown;
    const handler = this.#handlers[row.method as CommandName] as Handler;
    const decisions = new RecordedDecisions(decided);
    const context = { deviceId: row.deviceId, decisions, publish: publishNothing };
    const repeated = JSON.stringify(handler(JSON.parse(body), context));
    if (repeated !== answer) throw new Error('its answer is now another than it was');
  }
}

function replayFailed(sequence: number, cause: unknown): MasalaError {
  const reason = cause instanceof MasalaError ? `${cause.code}: ${cause.message}` : String(cause);
  return new MasalaError(
    'RESTORE_FAILED',
    { sequence, reason: `Command ${sequence} cannot be booked again: ${reason.replace(/^Error: /, '')}.` },
    { cause },
  );
}
