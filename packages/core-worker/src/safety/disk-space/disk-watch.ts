// A background task that looks at the free space of the drives that we write to, tells the admin, and holds backups back.

import type { NoticeData, NoticeName } from '@masala/protocol';
import { pause } from '../../health/background-tasks.ts';
import type { LogLine } from '../../log.ts';
import {
  type DiskRules,
  type DiskState,
  type Drive,
  diskState,
  megabytesOf,
  nextLookMs,
  worstOf,
} from './disk-space.ts';

/** A disk that sleeps answers within ten seconds, one that hangs never does: neither is waited for any longer. */
const ANSWER_PATIENCE_MS = 10_000;

const eventOf = { enough: 'disk.recovered', low: 'disk.low', critical: 'disk.critical' } as const;

export interface DiskWatchParts {
  readonly dataDir: string;
  /** The folder on the second drive; null where none is set. */
  readonly secondFolder: string | null;
  readonly rules: DiskRules;
  /** Free bytes on a folder's drive; rejects where that cannot be told. */
  readonly freeBytes: (folder: string) => Promise<number>;
  /** Keeps the space for the next start, as far as it can be had. */
  readonly keepReserve: () => void;
  /** Shows a notice, or takes it away where `data` is null; the same again means nothing. */
  readonly notice: (
    name: Extract<NoticeName, 'disk-low' | 'backups-paused'>,
    data: NoticeData | null,
  ) => void;
  readonly log: LogLine;
}

export class DiskWatch {
  readonly #parts: DiskWatchParts;
  /** By folder; what cannot be reached is not in it. */
  readonly #drives = new Map<string, Drive>();
  /** Looks at drives that have not answered yet: a second question would only wait beside the first. */
  readonly #underWay = new Map<string, Promise<void>>();
  #wake = new AbortController();

  constructor(parts: DiskWatchParts) {
    this.#parts = parts;
  }

  /** Whether backups have to pause: the drive of the data directory is nearly full. */
  get critical(): boolean {
    return this.isCritical(this.#parts.dataDir);
  }

  /** Whether the drive of a watched folder is nearly full. */
  isCritical(folder: string): boolean {
    return this.#drives.get(folder)?.state === 'critical';
  }

  /** The task: looks at once, and then when the rule says. Rejects when the data directory's drive tells nothing. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await this.#lookAtAll(signal);
      this.#parts.keepReserve();
      const either = AbortSignal.any([signal, this.#wake.signal]);
      await pause(nextLookMs(this.#worstState, this.#parts.rules), either);
    }
  }

  /** Looks now: after a backup, and when a save met a full disk. Never rejects: the task tells what is wrong. */
  async look(): Promise<void> {
    const before = this.#worstState;
    await this.#lookAtAll(new AbortController().signal).catch(() => undefined);
    // The task may be in the long pause of drives that had enough.
    if (this.#worstState !== before) this.#wake.abort();
  }

  get #worstState(): DiskState {
    return worstOf([...this.#drives.values()])?.state ?? 'enough';
  }

  async #lookAtAll(signal: AbortSignal): Promise<void> {
    const { dataDir, secondFolder } = this.#parts;
    // Side by side: a second drive that hangs keeps nobody from looking at the first.
    await Promise.all([
      this.#lookAt(dataDir, signal),
      // One that is gone is not low; whoever writes to it says that it is gone.
      secondFolder === null ? undefined : this.#lookAt(secondFolder, signal).catch(() => undefined),
    ]);
  }

  /** Resolves when the drive has answered; an answer that comes too late to be waited for counts all the same. */
  async #lookAt(folder: string, signal: AbortSignal): Promise<void> {
    const look = this.#underWay.get(folder) ?? this.#measure(folder);
    this.#underWay.set(folder, look);
    const answered = new AbortController();
    const patience = pause(ANSWER_PATIENCE_MS, AbortSignal.any([signal, answered.signal])).then(() => {
      throw new Error(`the drive of ${folder} does not answer`);
    });
    try {
      await Promise.race([look, patience]);
    } finally {
      answered.abort();
    }
  }

  async #measure(folder: string): Promise<void> {
    try {
      this.#learn(folder, await this.#parts.freeBytes(folder));
    } catch (error) {
      this.#drives.delete(folder);
      this.#tell();
      throw error;
    } finally {
      this.#underWay.delete(folder);
    }
  }

  #learn(folder: string, freeBytes: number): void {
    const before = this.#drives.get(folder)?.state ?? 'enough';
    const state = diskState(freeBytes, before, this.#parts.rules);
    this.#drives.set(folder, { folder, freeBytes, state });
    if (state !== before) this.#parts.log(eventOf[state], { folder, freeBytes });
    this.#tell();
  }

  #tell(): void {
    const { notice } = this.#parts;
    const worst = worstOf([...this.#drives.values()]);
    const { folder, freeBytes, state } = worst ?? { folder: '', freeBytes: 0, state: 'enough' };
    notice('disk-low', state === 'enough' ? null : { megabytes: megabytesOf(freeBytes), folder });
    notice('backups-paused', state === 'critical' ? { folder } : null);
  }
}
