// The lines of one log, newest first: backwards through its file and the ones it was turned over into, a chunk at a time.

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@masala/protocol/control';
import { limits } from '@masala/protocol/tables';

/** Some 300 lines, parsed in about a millisecond: the host answers everything else in between. */
const CHUNK_BYTES = 64 * 1024;

/** A line is cut at some kilobytes where it is written; what is longer was torn by a full disk, and is skipped. */
const LINE_MAX_BYTES = 256 * 1024;

/** A place in a log. The file is named by its number on the disk, since turning over renames it. */
export interface LogPlace {
  readonly file: string;
  /** Only what stands before it is still to be read. */
  readonly offset: number;
}

export interface BackwardLine {
  readonly text: string;
  /** Reading from here gives this line again. */
  readonly place: LogPlace;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly id: string;
}

export class BackwardLines {
  readonly #folder: string;
  readonly #name: string;
  readonly #budgetBytes: number;
  /** Where the next chunk ends; undefined before the first one, null where there is nothing older. */
  #place: LogPlace | null | undefined;
  #file: OpenFile | undefined;
  /** Of the file that is read: 0 is the one that is written to. */
  #turn = 0;
  #readBytes = 0;
  /** A question that ended within its first line would be asked again for ever. */
  #hasAdvanced = false;
  /** Complete lines of the last chunk, oldest first. */
  #lines: BackwardLine[] = [];
  /** The end of a line whose beginning is in an earlier chunk. */
  #carry: Buffer = Buffer.alloc(0);

  /** `from`: as `place` of an earlier reading; the newest line when absent. */
  constructor(folder: string, name: string, budgetBytes: number, from?: LogPlace | null) {
    this.#folder = folder;
    this.#name = name;
    this.#budgetBytes = budgetBytes;
    this.#place = from;
  }

  get #isSpent(): boolean {
    return this.#hasAdvanced && this.#readBytes >= this.#budgetBytes;
  }

  /** From where to read on; null where there is nothing older. */
  get place(): LogPlace | null {
    const next = this.#lines.at(-1);
    if (next !== undefined) return next.place;
    if (!this.#place) return null;
    return { file: this.#place.file, offset: this.#place.offset + this.#carry.length };
  }

  /** The next older line; null where there is none, or none within the budget. Rejects when the disk cannot be read. */
  async next(): Promise<BackwardLine | null> {
    for (;;) {
      const line = this.#lines.pop();
      if (line !== undefined) return line;
      if (this.#place === null || this.#isSpent) return null;
      await this.#readChunk();
    }
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  async #readChunk(): Promise<void> {
    const file = this.#file ?? (await this.#openFirst());
    if (file === null || !this.#place) return;
    const { offset: end } = this.#place;
    const start = Math.max(0, end - CHUNK_BYTES);
    if (end === 0) return await this.#openOlder();
    const chunk = Buffer.alloc(end - start);
    const { bytesRead } = await file.handle.read(chunk, 0, chunk.length, start);
    this.#readBytes += chunk.length;
    this.#place = { file: file.id, offset: start };
    this.#split(Buffer.concat([chunk.subarray(0, bytesRead), this.#carry]), start);
  }

  #split(bytes: Buffer, start: number): void {
    const firstFrom = start === 0 ? 0 : bytes.indexOf(0x0a) + 1;
    // Without its end a line that is too long is no JSON any more, and is skipped like any that was torn.
    this.#carry = firstFrom > LINE_MAX_BYTES ? Buffer.alloc(0) : bytes.subarray(0, firstFrom);
    this.#hasAdvanced ||= firstFrom < bytes.length || this.#carry.length === 0;
    const file = this.#file?.id ?? '';
    for (let from = firstFrom; from < bytes.length; ) {
      const end = bytes.indexOf(0x0a, from);
      const to = end === -1 ? bytes.length : end + 1;
      this.#lines.push({ text: bytes.toString('utf8', from, to), place: { file, offset: start + to } });
      from = to;
    }
  }

  /** The file of the place to read from, or the newest. */
  async #openFirst(): Promise<OpenFile | null> {
    const wanted = this.#place?.file;
    for (this.#turn = 0; this.#turn < limits.logFilesMax; this.#turn += 1) {
      const file = await this.#open(this.#turn);
      if (file === null) continue;
      if (wanted === undefined || wanted === file.id) return await this.#begin(file, this.#place?.offset);
      await file.handle.close();
    }
    this.#place = null; // removed meanwhile, or there is no log
    return null;
  }

  async #openOlder(): Promise<void> {
    await this.close();
    this.#carry = Buffer.alloc(0);
    const present = this.#place?.file;
    for (this.#turn += 1; this.#turn < limits.logFilesMax; this.#turn += 1) {
      const file = await this.#open(this.#turn);
      if (file === null) continue;
      if (file.id !== present) return void (await this.#begin(file));
      await file.handle.close(); // turned over meanwhile: it is the one that was just read
    }
    this.#place = null;
  }

  async #begin(file: OpenFile, offset?: number): Promise<OpenFile> {
    this.#file = file;
    const { size } = await file.handle.stat();
    this.#place = { file: file.id, offset: Math.min(offset ?? size, size) };
    return file;
  }

  async #open(turn: number): Promise<OpenFile | null> {
    const name = turn === 0 ? this.#name : `${this.#name}.${turn}`;
    try {
      const handle = await open(join(this.#folder, name), 'r');
      const { ino } = await handle.stat({ bigint: true });
      return { handle, id: String(ino) };
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    }
  }
}
