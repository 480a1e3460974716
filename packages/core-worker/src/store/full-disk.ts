// Remembers on the writer's main side whether saves meet a full disk, so that its begin and its end are told once each.

export type FullDiskChange =
  | { readonly type: 'begun' }
  | { readonly type: 'over'; readonly failures: number; readonly elapsedMs: number };

export class FullDisk {
  #since: number | undefined;
  #failures = 0;

  /**
   * Takes in what became of a group: how many of its commands were answered DISK_FULL, and whether it booked any (a replay
   * is answered on a full disk too, and proves nothing). `now` is in ms. Gives what changed, if anything.
   */
  note(failures: number, booked: boolean, now: number): FullDiskChange | undefined {
    this.#failures += failures;
    if (failures > 0) {
      if (this.#since !== undefined) return undefined;
      this.#since = now;
      return { type: 'begun' };
    }
    if (this.#since === undefined || !booked) return undefined;
    const over = { type: 'over', failures: this.#failures, elapsedMs: now - this.#since } as const;
    this.#since = undefined;
    this.#failures = 0;
    return over;
  }
}
