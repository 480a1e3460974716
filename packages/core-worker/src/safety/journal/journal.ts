// The journal as the core sees it: a second copy of every command on another drive, moments after it is booked.
//
// Saves never wait for it. It runs in a thread of its own; what that thread does, and that it hangs, shows here.

import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogEventName, NoticeData, NoticeName } from '@masala/protocol';
import type { JournalTold } from '@masala/protocol/control';
import { pause } from '../../health/background-tasks.ts';
import type { FromJournal, JournalThreadInput, ToJournal } from './journal-messages.ts';

export interface JournalParts {
  /** `<second folder>/masala-<server>/journal`; the second folder itself has to exist. */
  readonly folder: string;
  readonly databasePath: string;
  readonly serverId: string;
  /** Of the newest command that is booked. */
  readonly lastSequence: () => number;
  readonly log: (event: LogEventName, fields: Record<string, unknown>) => void;
  readonly notice: (name: NoticeName, data: NoticeData | null) => void;
}

export interface JournalStatus {
  /** unreachable: it is not written now; behind: it is, but later than it should be. */
  readonly state: 'current' | 'behind' | 'unreachable';
  /** Of the newest command that is on the second drive for certain; 0 before it was opened. */
  readonly lastSequence: number;
  /** When that one was booked (UTC ms). */
  readonly lastAt: number | null;
  /** Null before it was opened: how far it reaches is unknown then. */
  readonly lagCommands: number | null;
  /** For how long commands have waited to be copied. */
  readonly lagMs: number;
  readonly reason: string | null;
}

/** A sleeping drive takes some seconds to wake; after ten it is told. */
const BEHIND_MS = 10_000;
/** Nothing heard from the thread for so long: it hangs in the drive. Five of its signs of life are then missing. */
const SILENT_MS = 10_000;
/** How often the status is looked at for the notice. */
const TICK_MS = 1_000;
/** The notice's count is brought up to date so often, so that desktops are not told each second. */
const NOTICE_MS = 60_000;
/** What is under way when the core stops is a batch, which takes a healthy drive milliseconds; a hung one is left alone. */
const CLOSE_MS = 5_000;

export class Journal {
  readonly #parts: JournalParts;
  #thread: Worker | null = null;
  #isOpen = false;
  #lastSequence = 0;
  #lastAt: number | null = null;
  /** Since when (monotonic ms) the oldest command that is not copied has waited; null: all is copied. */
  #behindSince: number | null = null;
  #isWoken = false;
  #failure: string | null = null;
  #heardAt = 0;
  /** It was told to end and did not. */
  #isAbandoned = false;
  #noticed = { text: '', at: 0 };

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Something was booked. Costs nothing while the thread has not come back from the last time. */
  wake(): void {
    if (this.#isOpen && this.#parts.lastSequence() > this.#lastSequence)
      this.#behindSince ??= performance.now();
    if (this.#isWoken || this.#thread === null) return;
    this.#isWoken = true;
    this.#say({ type: 'wake' });
  }

  /** Lets go of what is older than a year, and booked up to the newest command of the *oldest* good backup. */
  prune(coveredSequence: number): void {
    this.#say({ type: 'prune', coveredSequence });
  }

  get status(): JournalStatus {
    const { lastSequence } = this.#parts;
    const lagCommands = this.#isOpen ? Math.max(0, lastSequence() - this.#lastSequence) : null;
    const lagMs = this.#behindSince === null ? 0 : Math.round(performance.now() - this.#behindSince);
    const reason = this.#reason();
    const state = reason !== null ? 'unreachable' : !this.#isOpen || lagMs > BEHIND_MS ? 'behind' : 'current';
    return { state, lastSequence: this.#lastSequence, lastAt: this.#lastAt, lagCommands, lagMs, reason };
  }

  /** The status as the control channel tells it. */
  get told(): JournalTold {
    const { state, lastSequence, lastAt, lagCommands, reason } = this.status;
    return { folder: this.#parts.folder, state, lastSequence, lastAt, lagCommands, reason };
  }

  /** The background task: copies until the signal is aborted. Rejects when the thread fails. */
  async run(signal: AbortSignal): Promise<void> {
    const { folder, databasePath, serverId } = this.#parts;
    const place = { folder, dataDir: dirname(databasePath), serverId };
    const workerData: JournalThreadInput = { place, databasePath };
    const thread = new Worker(new URL('./journal-thread.ts', import.meta.url), { workerData });
    this.#thread = thread;
    this.#heardAt = performance.now();
    thread.on('message', (message: FromJournal) => this.#receive(message));
    const leave = () => this.#leaveAnyway();
    process.once('exit', leave);
    const ended = new Promise<void>((resolve, reject) => {
      thread.once('error', reject);
      thread.once('exit', () => {
        process.off('exit', leave);
        resolve();
      });
    });
    const tick = setInterval(() => this.#showNotice(), TICK_MS);
    try {
      await Promise.race([ended, abortOf(signal)]);
      if (signal.aborted) await this.#close(ended);
    } finally {
      clearInterval(tick);
      this.#thread = null;
      this.#isOpen = false;
      this.#isWoken = false;
    }
  }

  async #close(ended: Promise<void>): Promise<void> {
    this.#say({ type: 'close' });
    const patience = new AbortController();
    await Promise.race([ended, pause(CLOSE_MS, patience.signal).then(() => this.#abandon(patience.signal))]);
    patience.abort();
    this.#thread?.unref();
  }

  #abandon(patience: AbortSignal): void {
    this.#isAbandoned = !patience.aborted;
  }

  /**
   * The process ends while the thread may hang in a system call: Node would wait for it for ever. Why it ends is written
   * down by now, and nobody is answered any more.
   */
  #leaveAnyway(): void {
    if (this.#isAbandoned || this.#isSilent) process.kill(process.pid, 'SIGKILL');
  }

  #receive(message: FromJournal): void {
    this.#heardAt = performance.now();
    switch (message.type) {
      case 'copied': {
        const { sequence, at } = message.end;
        this.#isOpen = true;
        this.#lastSequence = sequence;
        this.#lastAt = at ?? this.#lastAt;
        if (sequence >= this.#parts.lastSequence()) this.#behindSince = null;
        // What is not in a batch that was all there was came after it: steady saves are never long behind.
        else if (message.isAll) this.#behindSince = performance.now();
        else this.#behindSince ??= performance.now();
        break;
      }
      case 'waits':
        return this.#waits();
      case 'failed':
        return this.#failed(message.reason);
      case 'says':
        return this.#says(message.event, message.fields);
      case 'alive':
        break;
    }
  }

  #says(event: LogEventName, fields: Record<string, unknown>): void {
    const { log, notice } = this.#parts;
    log(event, fields);
    // It stays until the next start: only a person can tell whether something is missing.
    if (event !== 'journal.set-aside') return;
    notice('journal-set-aside', { reason: String(fields.reason), folder: String(fields.folder) });
  }

  #waits(): void {
    const { folder, lastSequence, log } = this.#parts;
    this.#isWoken = false;
    if (this.#failure !== null) log('journal.reached', { folder, sequence: this.#lastSequence });
    this.#failure = null;
    if (lastSequence() > this.#lastSequence) this.wake();
    this.#showNotice();
  }

  #failed(reason: string): void {
    const { folder, log } = this.#parts;
    this.#isWoken = false;
    // Once for each reason, and not with each try.
    if (reason !== this.#failure) log('journal.unreachable', { folder, reason });
    this.#failure = reason;
    this.#showNotice();
  }

  #reason(): string | null {
    if (this.#failure !== null) return this.#failure;
    return this.#thread !== null && this.#isSilent ? 'the drive does not answer' : null;
  }

  get #isSilent(): boolean {
    return performance.now() - this.#heardAt > SILENT_MS;
  }

  /** The warning stays until the drive is back and has caught up. */
  #showNotice(): void {
    const { state, lagCommands, reason } = this.status;
    const { notice } = this.#parts;
    const now = performance.now();
    if (state === 'current' && lagCommands === 0) {
      notice('journal-behind', null);
      this.#noticed = { text: '', at: 0 };
      return;
    }
    if (state === 'current' || (state === 'behind' && lagCommands === null)) return;
    const text = `${state} ${reason}`;
    if (text === this.#noticed.text && now - this.#noticed.at < NOTICE_MS) return;
    this.#noticed = { text, at: now };
    notice('journal-behind', { commands: lagCommands ?? 'some', reason: reason ?? 'it is slow' });
  }

  #say(message: ToJournal): void {
    this.#thread?.postMessage(message);
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
