// The mark of the newest command, outside the database: without it a cut end of the history would look like a shorter one.
//
// SQLite does not notice a damaged write-ahead log: it takes what comes before the damage for all there is. The mark is
// written after each commit, before its answers, so it is never ahead of what the disk has, and fsynced each second.

import { closeSync, fdatasync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Hex } from '@masala/protocol/canonical';
import { replaceFileDurably, syncFolder } from '@masala/protocol/durable-file';

/** The newest command of a history. Sequence 0 with GENESIS_HASH: none yet. */
export interface ChainEnd {
  readonly epoch: string;
  readonly sequence: number;
  readonly hash: string;
}

/** Each slot in a page of its own: a torn write of one leaves the other whole. */
const SLOT_BYTES = 4_096;
const SLOTS = 2;
/** What a power cut may leave unmarked: a second of saves, whose commits are on the disk all the same. */
const SYNC_INTERVAL_MS = 1_000;

export function chainEndPath(dataDir: string): string {
  return join(dataDir, 'chain-end');
}

/** The newer of the two slots that are whole; null where the file is missing or neither slot is. */
export function readChainEnd(dataDir: string): ChainEnd | null {
  let content: Buffer;
  try {
    content = readFileSync(chainEndPath(dataDir));
  } catch {
    return null; // missing or unreadable: the database is then believed, and the log says so
  }
  const slots: ChainEnd[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const read = parseSlot(content.toString('latin1', slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES));
    if (read !== null) slots.push(read);
  }
  return slots.sort((left, right) => right.sequence - left.sequence)[0] ?? null;
}

/** Writes the mark anew, durably: for a database that was just put in place. */
export function resetChainEnd(dataDir: string, end: ChainEnd): void {
  replaceFileDurably(chainEndPath(dataDir), slotText(end).repeat(SLOTS));
}

/** Takes the mark away, durably: while another database is put in place there is none that would fit. */
export function removeChainEnd(dataDir: string): void {
  rmSync(chainEndPath(dataDir), { force: true });
  syncFolder(dataDir);
}

/** The writer thread's hand on the mark: one small write a commit, into the slot that is not the newest. */
export class ChainEndMark {
  readonly #descriptor: number;
  #slot = 0;

  /** Begins with what the database says; throws what the file system does. */
  constructor(databasePath: string, end: ChainEnd) {
    const dataDir = dirname(databasePath);
    resetChainEnd(dataDir, end);
    this.#descriptor = openSync(chainEndPath(dataDir), 'r+');
  }

  write(end: ChainEnd): void {
    writeSync(this.#descriptor, slotText(end), this.#slot * SLOT_BYTES, 'latin1');
    this.#slot = (this.#slot + 1) % SLOTS;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Has the mark on the disk each second: a power cut leaves it a second behind, never ahead. */
export class ChainEndSync {
  readonly #descriptor: number;
  readonly #timer: NodeJS.Timeout;
  #syncedSequence = -1;
  #underWay = false;
  #closed = false;

  /** `onFailed` hears each failure; the next second tries again. */
  constructor(databasePath: string, lastSequence: () => number, onFailed: (error: Error) => void) {
    this.#descriptor = openSync(chainEndPath(dirname(databasePath)), 'r+');
    this.#timer = setInterval(() => this.#sync(lastSequence(), onFailed), SYNC_INTERVAL_MS).unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    if (!this.#underWay) closeSync(this.#descriptor);
  }

  /** One at a time: on a disk that hangs they would fill the thread pool that everything else needs. */
  #sync(sequence: number, onFailed: (error: Error) => void): void {
    if (this.#underWay || sequence === this.#syncedSequence) return;
    this.#underWay = true;
    fdatasync(this.#descriptor, (error) => {
      this.#underWay = false;
      if (error === null) this.#syncedSequence = sequence;
      else onFailed(error);
      if (this.#closed) closeSync(this.#descriptor);
    });
  }
}

function slotText({ epoch, sequence, hash }: ChainEnd): string {
  const text = `${epoch} ${sequence} ${hash}`;
  return `${text} ${sha256Hex(text)}\n`.padEnd(SLOT_BYTES, ' ');
}

function parseSlot(slot: string): ChainEnd | null {
  const fields = /^(\S+) (\d{1,16}) ([0-9a-f]{64}) ([0-9a-f]{64})\n/.exec(slot);
  if (fields === null) return null;
  const [, epoch = '', sequence = '', hash = '', checksum = ''] = fields;
  if (sha256Hex(`${epoch} ${sequence} ${hash}`) !== checksum) return null;
  return { epoch, sequence: Number(sequence), hash };
}
