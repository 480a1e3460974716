// Where the core is in its life, and how far: told to clients, the supervisor and the log.

import {
  type ServerFlag as Flag,
  type Notice,
  type NoticeData,
  type NoticeName,
  noticeOf,
  type ServerState as State,
  type StaticOf,
} from '@masala/protocol';

export type ServerState = StaticOf<typeof State>;
export type ServerFlag = StaticOf<typeof Flag>;

export interface StateSeen {
  readonly state: ServerState;
  readonly flags: readonly ServerFlag[];
  /** Counts up with every chunk of long work: what advances is not hung. */
  readonly progress: number;
  /** What the admin should see as long as its reason lasts, oldest first. */
  readonly notices: readonly Notice[];
}

export class CoreState {
  #state: ServerState = 'starting';
  readonly #flags = new Set<ServerFlag>();
  readonly #degradedBy = new Set<string>();
  readonly #notices = new Map<NoticeName, Notice>();
  #progress = 0;
  readonly #listeners = new Set<(seen: StateSeen, before: StateSeen) => void>();

  get seen(): StateSeen {
    return {
      state: this.#state,
      flags: [...this.#flags],
      progress: this.#progress,
      notices: [...this.#notices.values()],
    };
  }

  get state(): ServerState {
    return this.#state;
  }

  has(flag: ServerFlag): boolean {
    return this.#flags.has(flag);
  }

  enter(state: ServerState): void {
    if (state === this.#state) return;
    this.#change(() => {
      this.#state = state;
    });
  }

  flag(flag: ServerFlag, on: boolean): void {
    if (on === this.#flags.has(flag)) return;
    this.#change(() => (on ? this.#flags.add(flag) : this.#flags.delete(flag)));
  }

  /** Something is wrong beside the serving, or no longer: the flag `degraded` stays until the last such reason has gone. */
  degrade(reason: string, on: boolean): void {
    if (on) this.#degradedBy.add(reason);
    else this.#degradedBy.delete(reason);
    this.flag('degraded', this.#degradedBy.size > 0);
  }

  /** Shows a notice, or takes it away with null. One that stays keeps the time at which it appeared (`now`, UTC ms). */
  notice(name: NoticeName, data: NoticeData | null, now = Date.now()): void {
    const shown = this.#notices.get(name);
    if (data === null ? shown === undefined : JSON.stringify(data) === JSON.stringify(shown?.data)) return;
    this.#change(() => {
      if (data === null) this.#notices.delete(name);
      else this.#notices.set(name, noticeOf(name, data, shown?.since ?? now));
    });
  }

  /** A chunk of long work is done. */
  advance(): void {
    this.#change(() => {
      this.#progress += 1;
    });
  }

  /** Hears every change until the returned function is called. */
  onChange(listener: (seen: StateSeen, before: StateSeen) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(make: () => void): void {
    const before = this.seen;
    make();
    const seen = this.seen;
    for (const listener of this.#listeners) listener(seen, before);
  }
}
