// Pure rule: which refused requests are worth a line in the log. Every page of the browser can send us requests without end, and
// none of them may fill the server's disk by it.

/** A person who looks into the log sees who tries, and when; a day of it is a quarter of a megabyte. */
const LINE_EVERY_MS = 60_000;

export class Refusals {
  #toldAt = Number.NEGATIVE_INFINITY;
  #untold = 0;

  /** The number of refusals since the last line, where it is time for the next one; else null. */
  count(nowMs: number): number | null {
    this.#untold += 1;
    if (nowMs - this.#toldAt < LINE_EVERY_MS) return null;
    const count = this.#untold;
    this.#toldAt = nowMs;
    this.#untold = 0;
    return count;
  }
}
