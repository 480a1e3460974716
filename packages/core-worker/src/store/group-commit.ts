// The heart of a save: runs all commands that wait in one transaction, each booked exactly once, answered after the commit.

import { sha256Hex } from '@masala/protocol/canonical';
import { type ErrorCode, MasalaError, type WireError } from '@masala/protocol/tables';
import { bodyDigest, chainHash, GENESIS_HASH } from './chain.ts';
import type { CommandContext, CommandHandlers, CommandName, PublishedEvent } from './command.ts';
import { FreshDecisions } from './decisions.ts';
import { type Database, isStorageFault, sqliteCode } from './sqlite.ts';

/** A command as it waits for the writer. */
export interface WaitingCommand {
  readonly commandId: string;
  readonly deviceId: string;
  /** Whether a replay must come from the device that gave the command (not so for imports). */
  readonly bound: boolean;
  readonly method: CommandName;
  /** Canonical JSON of the params without `commandId`. */
  readonly body: string;
  /** What role and state say against it, if anything; it counts only when the command is not a replay. */
  readonly refusal: WireError | null;
}

/**
 * The fate of a command: `done` and `refused` are on the disk and stay so for ever; `failed` was not booked at all (a
 * transient reason, or a use of the id that is itself wrong).
 */
export type CommandAnswer =
  | { readonly outcome: 'done'; readonly answer: string }
  | { readonly outcome: 'refused' | 'failed'; readonly error: WireError; readonly cause?: unknown };

export interface GroupResult {
  /** In the order of the commands. */
  readonly answers: readonly CommandAnswer[];
  readonly events: readonly PublishedEvent[];
  readonly lastSequence: number;
}

/** Nobody knows whether the group is on the disk: the process must end without an answer to anyone. */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';
}

/** SQLite rolled back the whole transaction under a command: what was said for its neighbours is void. */
class TransactionLostError extends Error {
  override readonly name = 'TransactionLostError';
}

interface Head {
  sequence: number;
  hash: string;
}

interface StoredRow {
  readonly deviceId: string;
  readonly digest: string;
  readonly outcome: 'done' | 'refused';
  readonly answer: string | null;
}

export class GroupCommit {
  readonly #database: Database;
  readonly #handlers: CommandHandlers;
  readonly #now: () => number;
  readonly #makeId: () => string;
  readonly #statements: ReturnType<typeof prepareStatements>;
  /** The newest command on the disk. */
  #head: Head;

  constructor(database: Database, handlers: CommandHandlers, now: () => number, makeId: () => string) {
    this.#database = database;
    this.#handlers = handlers;
    this.#now = now;
    this.#makeId = makeId;
    this.#statements = prepareStatements(database);
    this.#head = this.#readHead();
  }

  /** The newest command on the disk; sequence 0 where there is none yet. */
  get head(): { readonly sequence: number; readonly hash: string } {
    return this.#head;
  }

  /** Runs a group. Throws CommitUnknownError, after which this object must not be used any more. */
  run(commands: readonly WaitingCommand[]): GroupResult {
    const head: Head = { ...this.#head };
    const events: PublishedEvent[] = [];
    let answers: CommandAnswer[];
    try {
      this.#statements.begin.run();
    } catch (error) {
      // Another program holds the database: waiting that out once for each member would look like a hang.
      return this.#allFailed(commands, error);
    }
    try {
      answers = commands.map((command) => this.#runMember(command, head, events));
    } catch (error) {
      return this.#afterLostTransaction(commands, error);
    }
    const failure = this.#commit();
    if (failure !== undefined) return this.#allFailed(commands, failure);
    this.#head = head;
    return { answers, events, lastSequence: head.sequence };
  }

  #runMember(command: WaitingCommand, head: Head, events: PublishedEvent[]): CommandAnswer {
    const digest = bodyDigest(command.method, command.body);
    const stored = this.#statements.find.get(command.commandId);
    if (stored !== undefined) return replay(command, digest, stored);
    if (command.refusal !== null) return { outcome: 'failed', error: command.refusal };

    const decisions = new FreshDecisions(this.#now(), this.#makeId);
    const published: PublishedEvent[] = [];
    const context: CommandContext = {
      deviceId: command.deviceId,
      decisions,
      publish: (event, params) => published.push({ event, params }),
    };
    try {
      this.#statements.savepoint.run();
      const handler = this.#handlers[command.method] as (params: unknown, context: CommandContext) => unknown;
      const answer = JSON.stringify(handler(JSON.parse(command.body), context));
      const appended = this.#append(command, 'done', digest, decisions, answer, head);
      this.#statements.release.run();
      Object.assign(head, appended);
      events.push(...published);
      return { outcome: 'done', answer };
    } catch (error) {
      return this.#afterFailedMember(command, digest, decisions, error, head);
    }
  }

  /** A command that fails must not harm its neighbours: its own changes are taken back, theirs stay. */
  #afterFailedMember(
    command: WaitingCommand,
    digest: string,
    decisions: FreshDecisions,
    error: unknown,
    head: Head,
  ): CommandAnswer {
    // Some errors (SQLITE_FULL, SQLITE_IOERR) roll back the whole transaction and not the savepoint.
    if (!this.#database.inTransaction || isStorageFault(error)) throw lost(error);
    this.#statements.rollbackToSavepoint.run();
    this.#statements.release.run();
    if (!(error instanceof MasalaError)) return failed(errorCodeOf(error), error);
    if (error.retryable) return { outcome: 'failed', error: error.toWire() };
    try {
      const answer = JSON.stringify(error.toWire());
      Object.assign(head, this.#append(command, 'refused', digest, decisions, answer, head));
    } catch (appendError) {
      if (!this.#database.inTransaction || isStorageFault(appendError)) throw lost(appendError);
      return failed(errorCodeOf(appendError), appendError);
    }
    return { outcome: 'refused', error: error.toWire() };
  }

  #append(
    command: WaitingCommand,
    outcome: 'done' | 'refused',
    digest: string,
    decisions: FreshDecisions,
    answer: string,
    head: Head,
  ): Head {
    const decided = JSON.stringify(decisions.decided);
    const row = {
      sequence: head.sequence + 1,
      commandId: command.commandId,
      deviceId: command.deviceId,
      userId: null,
      method: command.method,
      at: decisions.at,
      outcome,
      digest,
      decidedDigest: sha256Hex(decided),
      answerDigest: sha256Hex(answer),
    };
    const hash = chainHash(head.hash, row);
    this.#statements.insert.run(
      row.sequence,
      row.commandId,
      row.deviceId,
      row.userId,
      row.method,
      row.at,
      outcome,
      digest,
      command.body,
      decided,
      row.decidedDigest,
      answer,
      row.answerDigest,
      hash,
    );
    return { sequence: row.sequence, hash };
  }

  /** The transaction is gone, and with it every answer so far: the members run again, each on its own. */
  #afterLostTransaction(commands: readonly WaitingCommand[], error: unknown): GroupResult {
    if (this.#database.inTransaction) this.#statements.rollback.run();
    const cause = error instanceof TransactionLostError ? error.cause : error;
    if (commands.length <= 1) return this.#allFailed(commands, cause);
    const answers: CommandAnswer[] = [];
    const events: PublishedEvent[] = [];
    for (const command of commands) {
      const single = this.run([command]);
      answers.push(...single.answers);
      events.push(...single.events);
    }
    return { answers, events, lastSequence: this.#head.sequence };
  }

  #allFailed(commands: readonly WaitingCommand[], cause: unknown): GroupResult {
    const code = errorCodeOf(cause);
    // Nothing was booked, but this connection is not to be trusted any longer.
    if (isStorageFault(cause))
      throw new CommitUnknownError('the transaction was lost to an I/O error', { cause });
    return {
      answers: commands.map(() => failed(code, cause)),
      events: [],
      lastSequence: this.#head.sequence,
    };
  }

  /** Commits; gives the error where it is certain that nothing was booked, and throws where that is unknown. */
  #commit(): unknown {
    try {
      this.#statements.commit.run();
      return undefined;
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_FULL')
        throw new CommitUnknownError('COMMIT failed', { cause: error });
      if (this.#database.inTransaction) this.#statements.rollback.run();
      const onDisk = this.#readHead();
      if (onDisk.sequence !== this.#head.sequence || onDisk.hash !== this.#head.hash) {
        throw new CommitUnknownError('COMMIT said that the disk is full, yet the commands are there', {
          cause: error,
        });
      }
      return error;
    }
  }

  #readHead(): Head {
    return this.#statements.head.get() ?? { sequence: 0, hash: GENESIS_HASH };
  }
}

/** The stored answer of a command that is given again, or what is wrong with giving it again. */
function replay(command: WaitingCommand, digest: string, stored: StoredRow): CommandAnswer {
  if (command.bound && stored.deviceId !== command.deviceId) return failed('COMMAND_FROM_OTHER_DEVICE');
  if (stored.digest !== digest) return failed('COMMAND_ID_REUSED');
  if (stored.answer === null) return failed('COMMAND_EXPIRED');
  if (stored.outcome === 'done') return { outcome: 'done', answer: stored.answer };
  return { outcome: 'refused', error: JSON.parse(stored.answer) as WireError };
}

function failed(code: ErrorCode, cause?: unknown): CommandAnswer {
  const error = new MasalaError(code).toWire();
  return cause === undefined ? { outcome: 'failed', error } : { outcome: 'failed', error, cause };
}

function lost(cause: unknown): TransactionLostError {
  return new TransactionLostError('the transaction is gone', { cause });
}

function errorCodeOf(error: unknown): ErrorCode {
  const code = sqliteCode(error);
  if (code === 'SQLITE_FULL') return 'DISK_FULL';
  return code?.startsWith('SQLITE_BUSY') ? 'SERVER_BUSY' : 'INTERNAL';
}

function prepareStatements(database: Database) {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    savepoint: database.prepare('SAVEPOINT command'),
    release: database.prepare('RELEASE command'),
    rollbackToSavepoint: database.prepare('ROLLBACK TO command'),
    find: database.prepare<[string], StoredRow>(
      'SELECT device_id AS deviceId, digest, outcome, answer FROM commands WHERE command_id = ?',
    ),
    insert: database.prepare('INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    head: database.prepare<[], Head>('SELECT sequence, hash FROM commands ORDER BY sequence DESC LIMIT 1'),
  };
}
