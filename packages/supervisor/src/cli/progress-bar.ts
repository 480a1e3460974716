// One line in a terminal that fills up while something takes long; silent where stderr is no terminal.

import type { Terminal } from './live-status.ts';

const WIDTH = 30;
/** What takes less than a second is done before anybody has read the bar. */
const SHOWN_AFTER_MS = 1_000;
/** More often the eye does not see it. */
const REDRAW_MS = 100;

export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #beganAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** `now` gives monotonic ms. */
  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
    this.#beganAt = now();
  }

  /** A total of 0 is one that is not known yet. */
  show(phase: string, done: number, total: number): void {
    const now = this.#now();
    if (this.#terminal.isTTY !== true || now - this.#beganAt < SHOWN_AFTER_MS) return;
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const share = total > 0 ? Math.min(Math.max(done / total, 0), 1) : 0;
    const filled = Math.round(share * WIDTH);
    const percent = total > 0 ? `${String(Math.floor(share * 100)).padStart(3)} %` : '';
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    const line = `${bar} ${percent} ${phase}`.slice(0, Math.max(WIDTH, (this.#terminal.columns ?? 80) - 1));
    this.#terminal.write(`\r\u001b[K${line}`);
  }

  /** Takes the line away, so that what is printed next begins at the margin. */
  clear(): void {
    if (this.#drawnAt !== Number.NEGATIVE_INFINITY) this.#terminal.write('\r\u001b[K');
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }
}
