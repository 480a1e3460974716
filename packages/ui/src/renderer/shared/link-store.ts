// The page's one listener on the bridge: keeps how the desk stands to the server, and hands live events on to whoever asks.

import type { Bridge, BridgeEvent, DeskLinks } from '../../bridge/bridge.ts';
import type { ServerStatus } from '../../bridge/doors.ts';

export interface LinkState {
  /** Undefined until the host has said it for the first time. */
  readonly links: DeskLinks | undefined;
  /** What the supervisor said last, also while it does not answer now. */
  readonly lastStatus: ServerStatus | null;
  /** UTC ms since when the supervisor does not answer; null while it does. */
  readonly lostSince: number | null;
}

export class LinkStore {
  readonly #bridge: Bridge;
  readonly #now: () => number;
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<(event: BridgeEvent) => void>();
  #state: LinkState = { links: undefined, lastStatus: null, lostSince: null };

  constructor(bridge: Bridge, now: () => number) {
    this.#bridge = bridge;
    this.#now = now;
  }

  /** Listens on the bridge until the returned function is called. */
  start(): () => void {
    return this.#bridge.listen((event) => {
      if (event.type === 'links') this.#take(event.links);
      for (const listener of this.#listeners) listener(event);
    });
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly state = (): LinkState => this.#state;

  /** Hears every event until the returned function is called. */
  listen(listener: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(links: DeskLinks): void {
    const { status } = links;
    this.#state = {
      links,
      lastStatus: status ?? this.#state.lastStatus,
      lostSince: status === null ? (this.#state.lostSince ?? this.#now()) : null,
    };
    for (const watcher of this.#watchers) watcher();
  }
}
