// One line in a terminal that fills up; silent where stderr is no terminal.

import type { WriteStream } from 'node:tty';

const WIDTH = 30;
/** More often the eye does not see it, and a slow terminal would hold the import up. */
const REDRAW_MS = 100;

export class ProgressBar {
  readonly #stream: WriteStream;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #visible = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  show(label: string, done: number, total: number): void {
    const nowMs = performance.now();
    if (!this.#stream.isTTY || (nowMs - this.#drawnMs < REDRAW_MS && done < total)) return;
    this.#drawnMs = nowMs;
    this.#visible = true;
    const share = total > 0 ? Math.min(done / total, 1) : 0;
    const filled = Math.round(share * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    this.#stream.write(`\r\x1b[K${label.padEnd(8)} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %`);
  }

  clear(): void {
    if (this.#visible) this.#stream.write('\r\x1b[K');
    this.#visible = false;
  }
}
