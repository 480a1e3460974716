// The writer thread: the one connection that writes. It opens the store, runs groups as they come, and answers after the disk.

import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '@masala/protocol/tables';
import { accessCommands } from '../access/commands.ts';
import { inventoryCommands } from '../inventory/commands.ts';
import { markSuspect } from '../safety/integrity/check-record.ts';
import { expireBodies } from './body-expiry.ts';
import { type ChainEnd, ChainEndMark } from './chain-end.ts';
import { CheckpointLook } from './checkpoint-look.ts';
import { type CommandAnswer, CommitUnknownError, GroupCommit, type WaitingCommand } from './group-commit.ts';
import { ForeignDatabaseError, openStore } from './open.ts';
import { type Database, sqliteCode } from './sqlite.ts';
import { timeOrderedIds } from './time-ordered-ids.ts';
import type { FromWriter, ThreadAnswer, ToWriter, WriterThreadInput } from './writer-messages.ts';

const port = parentPort;
if (port === null) throw new Error('writer-thread.ts runs as a worker thread only');

const say = (message: FromWriter) => port.postMessage(message);
const { databasePath } = workerData as WriterThreadInput;

function begin(): void {
  try {
    const { database, opened } = openStore(databasePath, Date.now(), timeOrderedIds(Date.now), () =>
      // A kill from here on may have torn a page: the next start looks.
      markSuspect(dirname(databasePath), 'a migration was broken off'),
    );
    const newId = timeOrderedIds(Date.now, newestDocument(database));
    const handlers = { ...inventoryCommands(database), ...accessCommands(database) };
    const { epoch, lastSequence: sequence, lastHash: hash } = opened;
    const mark = new ChainEndMark(databasePath, { epoch, sequence, hash });
    serve({ database, epoch, mark, groupCommit: new GroupCommit(database, handlers, Date.now, newId) });
    say({ type: 'opened', opened });
  } catch (error) {
    say({
      type: 'open-failed',
      foreign: error instanceof ForeignDatabaseError,
      code: sqliteCode(error) ?? null,
      reason: reasonOf(error),
    });
  }
}

/** Lists are in the order of ids: a clock that was set back since must not put new documents before old ones. */
function newestDocument(database: Database): string | undefined {
  return database.prepare<[], string | null>('SELECT max(id) FROM documents').pluck().get() ?? undefined;
}

interface OpenStore {
  readonly database: Database;
  readonly epoch: string;
  readonly mark: ChainEndMark;
  readonly groupCommit: GroupCommit;
}

function serve(store: OpenStore): void {
  const { database, mark, groupCommit } = store;
  const checkpoint = new CheckpointLook(database);
  port?.on('message', (message: ToWriter) => {
    switch (message.type) {
      case 'group':
        return runGroup(store, message.commands, checkpoint);
      case 'ping':
        return say({ type: 'pong', id: message.id, lastSequence: groupCommit.head.sequence });
      case 'finish-checkpoint':
        return finishCheckpoint(checkpoint);
      case 'expire-bodies':
        return expire(database, message);
      case 'close':
        database.close();
        mark.close();
        say({ type: 'closed' });
        port.close();
    }
  });
}

function runGroup(
  { groupCommit, epoch, mark }: OpenStore,
  commands: readonly WaitingCommand[],
  checkpoint: CheckpointLook,
): void {
  const startedAt = performance.now();
  const { sequence } = groupCommit.head;
  try {
    const { answers, events, lastSequence } = groupCommit.run(commands);
    if (groupCommit.head.sequence !== sequence) markEnd(mark, { epoch, ...groupCommit.head });
    say({
      type: 'group-done',
      answers: answers.map(travelling),
      events,
      lastSequence,
      elapsedMs: performance.now() - startedAt,
      checkpointDue: checkpoint.dueAfter(commands.length, answers.some(metFullDisk)),
    });
  } catch (error) {
    if (!(error instanceof CommitUnknownError)) throw error;
    say({ type: 'commit-unknown', reason: `${error.message}: ${String(error.cause)}` });
    port?.close();
  }
}

/** The commands are on the disk already: that their mark is not must neither hold back nor change their answers. */
function markEnd(mark: ChainEndMark, end: ChainEnd): void {
  try {
    mark.write(end);
  } catch (error) {
    say({ type: 'chain-end-unwritten', reason: stackOf(error) });
  }
}

// What keeps the store tidy may fail on a full disk: it is told and tried again later, and saves go on.

function finishCheckpoint(checkpoint: CheckpointLook): void {
  try {
    checkpoint.finish();
  } catch (error) {
    say({ type: 'checkpoint-failed', reason: stackOf(error) });
  }
}

function expire(
  database: Database,
  { id, before, kept }: Extract<ToWriter, { type: 'expire-bodies' }>,
): void {
  try {
    say({ type: 'bodies-expired', id, expired: expireBodies(database, before, kept) });
  } catch (error) {
    say({ type: 'expiry-failed', id, reason: stackOf(error) });
  }
}

function metFullDisk(answer: CommandAnswer): boolean {
  return answer.outcome === 'failed' && answer.error.code === 'DISK_FULL';
}

function travelling(answer: CommandAnswer): ThreadAnswer {
  if (answer.outcome === 'done' || answer.cause === undefined) return answer;
  const { cause, ...rest } = answer;
  return { ...rest, causeStack: stackOf(cause) };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

begin();
