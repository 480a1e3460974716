// Reads log pages one at a time: the newest first, older ones below them, newer ones above.

import type { BridgeError } from '../../../bridge/bridge.ts';
import type { LogPage } from '../../../bridge/logs.ts';
import { bridgeErrorOf } from '../../shared/ask.ts';
import { type LogList, nothingRead, withNewer, withOlder } from './log-lines.ts';

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
    await this.#run(undefined, (page) => page);
  }

  /** Nothing happens while a page is being read, or where nothing older is there. */
  async readOlder(): Promise<void> {
    const { next, isReading } = this.#state;
    if (next === null || isReading) return;
    await this.#run(next, (page) => withOlder(this.#state, page));
  }

  /** Nothing happens while a page is being read. */
  async readNewer(): Promise<void> {
    if (this.#state.isReading) return;
    await this.#run(undefined, (page) => withNewer(this.#state, page));
  }

  /** An answer that is under way is dropped. */
  rest(): void {
    this.#round++;
    this.#state = { ...this.#state, isReading: false };
  }

  async #run(before: string | undefined, take: (page: LogPage) => LogList): Promise<void> {
    const round = ++this.#round;
    this.#tell({ ...this.#state, isReading: true });
    try {
      const page = await this.#read(before);
      if (round !== this.#round) return;
      const { lines, next } = take(page);
      this.#tell({ lines, next, isLoading: false, isReading: false, error: undefined });
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
