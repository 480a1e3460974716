// The supervisor's way to its files: one piece of work after the other, none of which the main loop waits for, and whoever
// asked waits only so long. A disk that hangs holds one thread of libuv's four, and neither pings nor status nor tray.

import type { Log } from './log.ts';

/** Half of what a caller on the control channel waits: he is told why. Most disks that sleep are awake by then. */
const DISK_PATIENCE_MS = 5_000;

/** The disk did not answer in time. What was to be written is written once it answers. */
export class DiskSilentError extends Error {
  override readonly name = 'DiskSilentError';

  constructor() {
    super('the disk does not answer');
  }
}

export class DiskLane {
  readonly #log: Log;
  readonly #patienceMs: number;
  #last: Promise<unknown> = Promise.resolve();
  /** Monotonic ms since when it does not answer; null while it does. */
  #silentSince: number | null = null;
  /** By file: the newest write. What an older one would write, whose caller has gone, is of no use. */
  readonly #newest = new Map<string, object>();

  constructor(log: Log, patienceMs: number = DISK_PATIENCE_MS) {
    this.#log = log;
    this.#patienceMs = patienceMs;
  }

  /** For what is of no use later: nothing is begun for a caller who has gone. Rejects as `act` does, or DiskSilentError. */
  async run<Value>(work: string, act: () => Promise<Value>): Promise<Value> {
    if (this.#silentSince !== null) throw new DiskSilentError();
    return await this.#do(work, async (isLate) => {
      if (isLate()) throw new DiskSilentError();
      return await act();
    });
  }

  /** Writes a file; also when its caller has been told of a silent disk, unless there is something newer by then. */
  async write<Value>(file: string, write: () => Promise<Value>): Promise<Value> {
    const mine = {};
    this.#newest.set(file, mine);
    return await this.#do(file, async (isLate) => {
      if (isLate() && this.#newest.get(file) !== mine) throw new DiskSilentError();
      return await write();
    });
  }

  async #do<Value>(work: string, act: (isLate: () => boolean) => Promise<Value>): Promise<Value> {
    let isLate = false;
    const done = this.#last.then(() => act(() => isLate));
    this.#last = done.then(
      () => this.#answered(),
      () => this.#answered(),
    );
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => {
        isLate = true;
        this.#silent(work);
        late.reject(new DiskSilentError());
      },
      this.#silentSince === null ? this.#patienceMs : 0,
    );
    try {
      return await Promise.race([done, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #silent(work: string): void {
    if (this.#silentSince !== null) return;
    this.#silentSince = performance.now();
    this.#log('supervisor.disk.silent', { work });
  }

  #answered(): void {
    if (this.#silentSince === null) return;
    this.#log('supervisor.disk.answered', { silentMs: Math.round(performance.now() - this.#silentSince) });
    this.#silentSince = null;
  }
}
