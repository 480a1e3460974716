// Knows when the write-ahead log is so long that a checkpoint pays, and makes the writer's own last step of it.

import { limits } from '@masala/protocol/tables';
import type { Database } from './sqlite.ts';

/** A look at the log's length takes 70 µs; once in 256 commands it costs nothing, and the log grew by 10 MB at most. */
const COMMANDS_BETWEEN_LOOKS = 256;

export class CheckpointLook {
  readonly #look;
  readonly #passive;
  readonly #pageBytes: number;
  #commandsSinceLook = 0;
  #underWay = false;
  #diskWasFull = false;

  constructor(database: Database) {
    // NOOP tells the length of the log and does nothing (SQLite 3.51).
    this.#look = database.prepare<[], { log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)');
    this.#passive = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#pageBytes = database.pragma('page_size', { simple: true }) as number;
  }

  /**
   * Whether a checkpoint is due now; while one is under way it is not. On a full disk it could not be made, and is due with the
   * first group that finds space again, however short the log is: it begins anew in the space that it has, and needs no more.
   */
  dueAfter(commands: number, diskIsFull: boolean): boolean {
    this.#commandsSinceLook += commands;
    this.#diskWasFull ||= diskIsFull;
    if (this.#underWay || diskIsFull) return false;
    if (this.#diskWasFull) return this.#begin();
    if (this.#commandsSinceLook < COMMANDS_BETWEEN_LOOKS) return false;
    this.#commandsSinceLook = 0;
    const state = this.#look.get();
    if (state === undefined || state.log * this.#pageBytes < limits.checkpointWalBytes) return false;
    return this.#begin();
  }

  #begin(): true {
    this.#diskWasFull = false;
    this.#underWay = true;
    return true;
  }

  /**
   * The pool has copied nearly all: what is left is copied here, and the log begins anew with the next commit. Throws
   * SQLite's error (a full disk); the next look that finds the log long tries again.
   */
  finish(): void {
    this.#underWay = false;
    this.#passive.get();
  }
}
