// When the web host tells that its last page was closed, and when it ends itself. Pure: it is asked once a second, with the time.

/** A page that is loaded anew is back within a second, also on a PC that is busy. */
export const HIDDEN_AFTER_MS = 5_000;

/** Without a page it is of no use; ten minutes save a start where somebody only tidied their tabs. */
export const IDLE_END_MS = 10 * 60_000;

/** A stopped server's page still shows how the stop went; after that, there is nothing left to show. */
export const STOPPED_END_MS = 10_000;

export interface Seen {
  readonly nowMs: number;
  readonly pages: number;
  /** Stopped on purpose, and gone. */
  readonly isServerStopped: boolean;
}

export type Conclusion = 'nothing' | 'hidden' | 'end';

export class Presence {
  #lastWantedAt: number;
  #stoppedSince: number | undefined;
  #hadPages = false;

  constructor(nowMs: number) {
    this.#lastWantedAt = nowMs;
  }

  /** Somebody asked for the dashboard: a page is to be expected. */
  wanted(nowMs: number): void {
    this.#lastWantedAt = nowMs;
  }

  /** What follows from how things are now. `hidden` is concluded once, when the last page has been gone for a while. */
  look({ nowMs, pages, isServerStopped }: Seen): Conclusion {
    this.#stoppedSince = isServerStopped ? (this.#stoppedSince ?? nowMs) : undefined;
    if (this.#stoppedSince !== undefined && nowMs - this.#stoppedSince >= STOPPED_END_MS) return 'end';
    if (pages > 0) {
      this.#hadPages = true;
      this.#lastWantedAt = nowMs;
      return 'nothing';
    }
    if (nowMs - this.#lastWantedAt >= IDLE_END_MS) return 'end';
    if (!this.#hadPages || nowMs - this.#lastWantedAt < HIDDEN_AFTER_MS) return 'nothing';
    this.#hadPages = false;
    return 'hidden';
  }
}
