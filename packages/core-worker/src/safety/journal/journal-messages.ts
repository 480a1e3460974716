// What main thread and journal thread say to each other.

import type { LogEventName } from '@masala/protocol/tables';
import type { JournalEnd } from './journal-file.ts';
import type { JournalPlace } from './journal-home.ts';

export interface JournalThreadInput {
  readonly place: JournalPlace;
  readonly databasePath: string;
}

export type ToJournal =
  /** Something was booked. */
  | { readonly type: 'wake' }
  /** Remove what is older than a year and booked before this command, which every good backup has. */
  | { readonly type: 'prune'; readonly coveredSequence: number }
  | { readonly type: 'close' };

export type FromJournal =
  | { readonly type: 'copied'; readonly end: JournalEnd; readonly isAll: boolean }
  /** Nothing is left to copy. */
  | { readonly type: 'waits' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'says'; readonly event: LogEventName; readonly fields: Record<string, unknown> }
  | { readonly type: 'alive' };
