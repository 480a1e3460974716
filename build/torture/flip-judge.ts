// One case of the flip campaign in this process: the damage is put in place, the server's checks look (or a restore is made
// from what was damaged), and an independent read says whether they had to notice something.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { type Noticed, noticedByChecks } from './flip-checks.ts';
import { type Flip, type PreparedFile, planFlip } from './flip-plan.ts';
import { type Restored, restoreNewest, restoreUpTo, type Sources } from './flip-restore.ts';
import { differences, type LedgerContent, readCommands, readLedgerContent } from './ledger-content.ts';

export interface FlipVerdict extends Omit<Flip, 'content'> {
  readonly number: number;
  /** Null where no check noticed anything. */
  readonly noticed: Noticed | null;
  /** What a check or a restore threw instead of a word about the files; null where none did. */
  readonly thrown: string | null;
  /** What of the promised content is no longer what it was; `all` where it cannot be read. */
  readonly changed: readonly string[];
  /** What of the rest is no longer what it was. */
  readonly changedBesides: readonly string[];
  /** How much of the history a restore brought back; null where none was made. */
  readonly restored: 'whole' | 'less, and said so' | null;
}

type Judgement = Pick<FlipVerdict, 'noticed' | 'changed' | 'changedBesides' | 'restored'>;

export class FlipJudge {
  readonly #files: readonly PreparedFile[];
  readonly #folder: string;
  readonly #original: LedgerContent;
  readonly #commands: readonly string[];
  /** By their last sequence. */
  readonly #references = new Map<number, LedgerContent>();
  #flipped: PreparedFile | undefined;

  /** @param folder an empty one, of this judge's alone */
  constructor(files: readonly PreparedFile[], folder: string) {
    this.#files = files;
    this.#folder = folder;
    for (const file of files) this.#write(file);
    this.#original = readLedgerContent(this.#databasePath);
    this.#commands = readCommands(this.#databasePath);
  }

  /** Throws when the undamaged files are not found sound, since then no verdict means anything. */
  async checkOriginal(): Promise<void> {
    const noticed = await noticedByChecks(this.#dataDir);
    if (noticed !== null) throw new Error(`the undamaged files are said to be damaged: ${noticed.words}`);
    for (const half of ['data/', 'second/']) {
      const { changed, restored } = await this.#judgeRestore(half, false);
      if (changed.length === 0 && restored === 'whole') continue;
      throw new Error(`the undamaged files of ${half} cannot be restored: ${changed.join(', ')}`);
    }
  }

  async judge(seed: number, number: number): Promise<FlipVerdict> {
    const { content: _, ...flip } = this.putInPlace(seed, number);
    const known = { number, ...flip };
    try {
      return { ...known, thrown: null, ...(await this.#judge(flip)) };
    } catch (error) {
      const nothing = { noticed: null, changed: [], changedBesides: [], restored: null };
      return { ...known, ...nothing, thrown: inspect(error) };
    }
  }

  /** The prepared files with the case's damage in one of them; nothing else. */
  putInPlace(seed: number, number: number): Flip {
    const flip = planFlip(this.#files, seed, number);
    rmSync(`${this.#databasePath}-shm`, { force: true });
    if (this.#flipped !== undefined) this.#write(this.#flipped);
    this.#flipped = this.#files.find(({ path }) => path === flip.path);
    this.#write(flip);
    return flip;
  }

  async #judge({ role, path }: Omit<Flip, 'content'>): Promise<Judgement> {
    if (role === 'database' || role === 'log' || role === 'mark') {
      return { noticed: await noticedByChecks(this.#dataDir), restored: null, ...this.#changes() };
    }
    return await this.#judgeRestore(path, role === 'journal');
  }

  /**
   * Restores from that half of the server in which the damaged file is, as if the other were lost: it has to reach what lies
   * in undamaged files, and to say so where it reaches less than it could have without the damage.
   */
  async #judgeRestore(path: string, isJournalHit: boolean): Promise<Judgement> {
    const hasJournal = path.startsWith('second/');
    const sources = this.#sources(
      hasJournal ? { secondFolder: this.#secondFolder } : { dataDir: this.#dataDir },
    );
    const restored = await restoreNewest(sources, this.#scratch);
    const judgement = { noticed: null, changedBesides: [], restored: null };
    if (typeof restored === 'string') return { ...judgement, changed: [`refused with ${restored}`] };
    const all = this.#commands.length;
    const best = hasJournal ? all : this.#newestBackup();
    const least = hasJournal && !isJournalHit ? all : this.#newestBackup(path);
    const { lastSequence, told } = restored;
    const changed = await this.#changesAfter(restored);
    if (lastSequence < least) changed.push(`only up to command ${lastSequence} and not ${least}`);
    if (lastSequence < best && told.length === 0) changed.push('less, and nobody says so');
    return { ...judgement, changed, restored: lastSequence === best ? 'whole' : 'less, and said so' };
  }

  async #changesAfter({ databasePath, lastSequence }: Restored): Promise<string[]> {
    const commands = readCommands(databasePath);
    const isBeginning = commands.every((row, index) => row === this.#commands[index]);
    const wrong = isBeginning && commands.length === lastSequence ? [] : ['commands'];
    const { promised } = readLedgerContent(databasePath);
    return [...wrong, ...differences((await this.#referenceAt(lastSequence)).promised, promised)];
  }

  /** What the prepared server said after a command. */
  async #referenceAt(sequence: number): Promise<LedgerContent> {
    if (sequence === this.#commands.length) return this.#original;
    const known = this.#references.get(sequence);
    if (known !== undefined) return known;
    if (this.#flipped !== undefined) this.#write(this.#flipped);
    const sources = this.#sources({ secondFolder: this.#secondFolder });
    const reference = readLedgerContent(await restoreUpTo(sources, sequence, this.#scratch));
    this.#references.set(sequence, reference);
    return reference;
  }

  /** The last command of the newest backup, of those that are not in the damaged pair of files. */
  #newestBackup(damagedPath = ''): number {
    const damaged = nameOf(damagedPath);
    const manifests = this.#files.filter(({ path, role }) => role === 'manifest' && nameOf(path) !== damaged);
    const sequences = manifests.map(({ content }) =>
      /"lastSequence":\s*(\d+)/.exec(Buffer.from(content).toString()),
    );
    return Math.max(0, ...sequences.map((found) => Number(found?.[1])));
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

  #sources(half: Partial<Pick<Sources, 'dataDir' | 'secondFolder'>>): Sources {
    // The folder in the second one is named by the beginning of the server's id.
    const home = this.#files.find(({ role }) => role === 'journal')?.path.split('/')[1] ?? '';
    return { dataDir: null, secondFolder: null, ...half, serverId: home.replace('masala-', '') };
  }

  get #dataDir(): string {
    return join(this.#folder, 'data');
  }

  get #secondFolder(): string {
    return join(this.#folder, 'second');
  }

  get #scratch(): string {
    return join(this.#folder, 'scratch');
  }

  get #databasePath(): string {
    return join(this.#dataDir, 'masala.db');
  }

  #write({ path, content }: Pick<PreparedFile, 'path' | 'content'>): void {
    const target = join(this.#folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** Of a backup: its database and its manifest have it in common, and so have the copies in both folders. */
function nameOf(path: string): string {
  return basename(path).replace(/\.(db\.zst|json)$/, '');
}
