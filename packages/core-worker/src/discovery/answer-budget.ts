// Pure rule: how many queries are answered, so that nobody can use the server to flood somebody. Time is an argument.

import { limits } from '@masala/protocol';

const SECOND_MS = 1_000;

/** Counts within windows of one second. */
export class AnswerBudget {
  #windowBegan = Number.NEGATIVE_INFINITY;
  #inAll = 0;
  readonly #perAddress = new Map<string, number>();

  /** Whether a query from this address may be answered now (`now` in monotonic ms); it is counted if so. */
  take(address: string, now: number): boolean {
    if (now - this.#windowBegan >= SECOND_MS) {
      this.#windowBegan = now;
      this.#inAll = 0;
      this.#perAddress.clear();
    }
    const answered = this.#perAddress.get(address) ?? 0;
    if (this.#inAll >= limits.beaconAnswersPerSecond) return false;
    if (answered >= limits.beaconAnswersPerAddressPerSecond) return false;
    this.#inAll += 1;
    this.#perAddress.set(address, answered + 1);
    return true;
  }
}
