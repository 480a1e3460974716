// Reads log pages one at a time: the newest first, older ones below them, newer ones above.

import type { BridgeError } from '../../../bridge/bridge.ts';
import type { LogPage } from '../../../bridge/logs.ts';
import { bridgeErrorOf } from '../../shared/ask.ts';
import { type LogList, nothingRead, withNewer, withOlder } from './log-lines.ts';

/** More than a screen shows. The host looks through a few megabytes at a time, in which few lines may fit the filters. */
const ENOUGH_LINES = 50;

export interface LogLines extends LogList {
  /** Before the first page was read, or could not be. */
  readonly isLoading: boolean;
  readonly isReading: boolean;
  readonly error: BridgeError | undefined;
}

export class LogReader {
  readonly #read: (before: string | undefined) => Promise<LogPage>;
  readonly #listeners = new Set<() => void>();
  #state: LogLines = { ...nothingRead, isLoading: true, isReading: false, error: undefined };
  /** Counts up with every reading and at the end, so that an answer that nobody waits for is not taken. */
  #round = 0;

  constructor(read: (before: string | undefined) => Promise<LogPage>) {
    this.#read = read;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): LogLines => this.#state;

  /** The newest lines, whatever was read before. */
  async reload(): Promise<void> {
    await this.#run(undefined, ENOUGH_LINES, (page) => page);
  }

  /** Nothing happens while a page is being read, or where nothing older is there. */
  async readOlder(): Promise<void> {
    const { lines, next, isReading } = this.#state;
    if (next === null || isReading) return;
    await this.#run(next, lines.length + ENOUGH_LINES, (page) => withOlder(this.#state, page));
  }

  /** Nothing happens while a page is being read. */
  async readNewer(): Promise<void> {
    if (this.#state.isReading) return;
    await this.#run(undefined, 0, (page) => withNewer(this.#state, page));
  }

  /** An answer that is under way is dropped. */
  rest(): void {
    this.#round++;
    this.#state = { ...this.#state, isReading: false };
  }

  /** Reads on, further into the past, until `wanted` lines are there or nothing older is. */
  async #run(before: string | undefined, wanted: number, take: (page: LogPage) => LogList): Promise<void> {
    const round = ++this.#round;
    this.#tell({ ...this.#state, isReading: true });
    try {
      let page = await this.#read(before);
      for (let grow = take; round === this.#round; grow = (older) => withOlder(this.#state, older)) {
        const { lines, next } = grow(page);
        const isReading = next !== null && lines.length < wanted;
        this.#tell({ lines, next, isLoading: isReading && lines.length === 0, isReading, error: undefined });
        if (!isReading || round !== this.#round) return;
        page = await this.#read(next);
      }
    } catch (thrown) {
      if (round !== this.#round) return;
      this.#tell({ ...this.#state, isLoading: false, isReading: false, error: bridgeErrorOf(thrown) });
    }
  }

  #tell(state: LogLines): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
