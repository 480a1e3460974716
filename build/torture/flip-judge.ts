// One case of the flip campaign in this process: the damage is put in place, the server's checks look, and an
// independent read says whether they had to notice something.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { type Noticed, noticedByChecks } from './flip-checks.ts';
import { type Flip, type FlipKind, type FlipRole, type PreparedFile, planFlip } from './flip-plan.ts';
import { differences, type LedgerContent, readLedgerContent } from './ledger-content.ts';

export interface FlipVerdict {
  readonly number: number;
  readonly path: string;
  readonly role: FlipRole;
  readonly kind: FlipKind;
  readonly at: number;
  readonly length: number;
  /** Null where no check noticed anything. */
  readonly noticed: Noticed | null;
  /** What a check threw instead of a word about the files; null where none did. */
  readonly thrown: string | null;
  /** What of the promised content is no longer what it was; `all` where it cannot be read. */
  readonly changed: readonly string[];
  /** What of the rest is no longer what it was. */
  readonly changedBesides: readonly string[];
}

export class FlipJudge {
  readonly #files: readonly PreparedFile[];
  readonly #folder: string;
  readonly #original: LedgerContent;

  /** @param folder an empty one, of this judge's alone */
  constructor(files: readonly PreparedFile[], folder: string) {
    this.#files = files;
    this.#folder = folder;
    for (const file of files) this.#write(file);
    this.#original = readLedgerContent(this.#databasePath);
  }

  /** Throws when the undamaged directory is not found sound, since then no verdict means anything. */
  async checkOriginal(): Promise<void> {
    const noticed = await noticedByChecks(join(this.#folder, 'data'));
    if (noticed !== null) throw new Error(`the undamaged files are said to be damaged: ${noticed.words}`);
  }

  async judge(seed: number, number: number): Promise<FlipVerdict> {
    const { content: _, ...flip } = this.putInPlace(seed, number);
    try {
      const noticed = await noticedByChecks(join(this.#folder, 'data'));
      return { number, ...flip, noticed, thrown: null, ...this.#changes() };
    } catch (error) {
      return { number, ...flip, noticed: null, thrown: inspect(error), ...this.#changes() };
    }
  }

  /** The prepared files with the case's damage in one of them; nothing else. */
  putInPlace(seed: number, number: number): Flip {
    const flip = planFlip(this.#files, seed, number);
    rmSync(`${this.#databasePath}-shm`, { force: true });
    // All of them: SQLite may have changed what it found.
    for (const file of this.#files) this.#write(file);
    this.#write(flip);
    return flip;
  }

  #changes(): Pick<FlipVerdict, 'changed' | 'changedBesides'> {
    try {
      const { promised, excluded } = readLedgerContent(this.#databasePath);
      return {
        changed: differences(this.#original.promised, promised),
        changedBesides: differences(this.#original.excluded, excluded),
      };
    } catch {
      return { changed: ['all'], changedBesides: [] }; // nobody can read it, and so it is not what it was
    }
  }

  get #databasePath(): string {
    return join(this.#folder, 'data', 'masala.db');
  }

  #write({ path, content }: Pick<PreparedFile, 'path' | 'content'>): void {
    const target = join(this.#folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}
