// The bytes of one file, and what a power cut may leave of the changes that were not synced yet.
import type { Chance } from '../chance.ts';
import type { Operation } from './operations.ts';

type Change = Extract<Operation, { type: 'write' | 'truncate' }>;
type Write = Extract<Operation, { type: 'write' }>;

/** What disks and file systems write as a whole. */
const UNITS_BYTES = [512, 4096] as const;

/**
 * What becomes of all that is pending of a file. Two are the extremes, one keeps the order, and the last, which is the richest,
 * comes most often.
 */
const fates = ['nothing', 'everything', 'prefix', 'mixed', 'mixed', 'mixed'] as const;

export class FileContent {
  #bytes: Buffer;
  #size: number;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  copy(): FileContent {
    return new FileContent(Buffer.from(this.bytes()));
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  apply(change: Change): void {
    if (change.type === 'truncate') this.#resize(change.size);
    else this.#write(change.offset, change.data);
  }

  /** Applies what survives of the changes. Returns this. */
  afterPowerCut(changes: readonly Change[], chance: Chance): this {
    const fate = chance.pick(fates);
    const prefix = chance.integer(0, changes.length);
    for (const [index, change] of changes.entries()) {
      if (fate === 'everything' || (fate === 'prefix' && index < prefix)) this.apply(change);
      else if (fate === 'prefix' && index === prefix) this.#tear(change, chance);
      else if (fate === 'mixed') this.#mix(change, chance);
    }
    return this;
  }

  #mix(change: Change, chance: Chance): void {
    const fate = chance.pick(['dropped', 'whole', 'torn'] as const);
    if (fate === 'whole') this.apply(change);
    else if (fate === 'torn') this.#tear(change, chance);
    else if (change.type === 'write' && chance.fraction() < 0.25) this.#extend(change);
  }

  /** Some units of a write are there and some are not; where the file grew by it, the gaps are zeros. */
  #tear(change: Change, chance: Chance): void {
    if (change.type === 'truncate') return;
    const unit = chance.pick(UNITS_BYTES);
    const end = change.offset + change.data.length;
    for (let from = change.offset; from < end; ) {
      const to = Math.min(end, (Math.floor(from / unit) + 1) * unit);
      if (chance.fraction() < 0.5)
        this.#write(from, change.data.subarray(from - change.offset, to - change.offset));
      from = to;
    }
    if (chance.fraction() < 0.5) this.#extend(change);
  }

  /** The new size came to the disk, the data did not. */
  #extend({ offset, data }: Write): void {
    if (offset + data.length > this.#size) this.#resize(offset + data.length);
  }

  #write(offset: number, data: Buffer): void {
    if (offset + data.length > this.#size) this.#resize(offset + data.length);
    data.copy(this.#bytes, offset);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      // Twice as large, so that a file that grows by pages is not copied for each of them.
      const larger = Buffer.alloc(Math.max(size, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    // What lies behind the end is zeros when the file grows again.
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}
