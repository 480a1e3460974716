// What main thread and writer thread say to each other: one batch a turn each way.

import type { WireError } from '@masala/protocol';
import type { PublishedEvent } from './command.ts';
import type { WaitingCommand } from './group-commit.ts';
import type { OpenedStore } from './open.ts';

export interface WriterThreadInput {
  readonly databasePath: string;
}

export type ToWriter =
  | { readonly type: 'group'; readonly commands: readonly WaitingCommand[] }
  | { readonly type: 'ping'; readonly id: number }
  /** The pool has copied the log; the writer makes the last, short step between two groups. */
  | { readonly type: 'finish-checkpoint' }
  | {
      readonly type: 'expire-bodies';
      readonly id: number;
      readonly before: number;
      /** So many of the newest keep theirs. */
      readonly kept: number;
    }
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'opened'; readonly opened: OpenedStore }
  | {
      readonly type: 'open-failed';
      readonly foreign: boolean;
      readonly code: string | null;
      readonly reason: string;
    }
  | {
      readonly type: 'group-done';
      readonly answers: readonly ThreadAnswer[];
      readonly events: readonly PublishedEvent[];
      readonly lastSequence: number;
      readonly elapsedMs: number;
      /** The log has grown so far that a checkpoint is due. */
      readonly checkpointDue: boolean;
    }
  | { readonly type: 'pong'; readonly id: number; readonly lastSequence: number }
  | { readonly type: 'bodies-expired'; readonly id: number; readonly expired: number }
  | { readonly type: 'expiry-failed'; readonly id: number; readonly reason: string }
  | { readonly type: 'checkpoint-failed'; readonly reason: string }
  | { readonly type: 'chain-end-unwritten'; readonly reason: string }
  | { readonly type: 'commit-unknown'; readonly reason: string }
  | { readonly type: 'closed' };

/** A CommandAnswer whose cause, if any, has been made a text that can travel between threads. */
export type ThreadAnswer =
  | { readonly outcome: 'done'; readonly answer: string }
  | { readonly outcome: 'refused' | 'failed'; readonly error: WireError; readonly causeStack?: string };
