// A list that is read a page at a time, on and on as the reader scrolls, and read anew when it has changed.

import type { BridgeError } from '../../bridge/bridge.ts';
import { bridgeErrorOf } from './ask.ts';

/** The contract's largest: fewer, larger pages scroll without stops. */
export const PAGE_ROWS = 200;

export interface ListPage<Row, Cursor> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null where there is none. */
  readonly next: Cursor | null;
}

export interface PageListState<Row> {
  /** Undefined before the first page. */
  readonly rows: readonly Row[] | undefined;
  readonly hasMore: boolean;
  readonly isReading: boolean;
  /** Why the newest page could not be read; what was read before stays. */
  readonly error: BridgeError | undefined;
}

/** Two pages of the contract's largest: what a reader who is further down scrolls back to is read again by scrolling. */
const REREAD_ROWS_MAX = 400;

export class PageList<Row, Cursor> {
  readonly #read: (after: Cursor | undefined) => Promise<ListPage<Row, Cursor>>;
  readonly #listeners = new Set<() => void>();
  #state: PageListState<Row> = { rows: undefined, hasMore: false, isReading: false, error: undefined };
  #next: Cursor | null = null;
  /** Counts up with every reading, so that the answer of one that nobody waits for is not taken. */
  #round = 0;

  constructor(read: (after: Cursor | undefined) => Promise<ListPage<Row, Cursor>>) {
    this.#read = read;
  }

  /** A stable function, as useSyncExternalStore needs it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): PageListState<Row> => this.#state;

  /** Reads from the beginning, as far as was read before; the old rows stay until the new ones are there. */
  readonly reload = async (): Promise<void> => {
    const wanted = Math.min(this.#state.rows?.length ?? 0, REREAD_ROWS_MAX);
    await this.#run(async () => {
      let { rows, next } = await this.#read(undefined);
      while (next !== null && rows.length < wanted) {
        const page = await this.#read(next);
        rows = [...rows, ...page.rows];
        next = page.next;
      }
      return { rows, next };
    });
  };

  /** Reads the next page; nothing happens while one is being read, or where there is none. */
  readonly readMore = async (): Promise<void> => {
    const [next, { rows = [], isReading }] = [this.#next, this.#state];
    if (next === null || isReading) return;
    await this.#run(async () => {
      const page = await this.#read(next);
      return { rows: [...rows, ...page.rows], next: page.next };
    });
  };

  /** An answer that is under way is dropped. */
  rest(): void {
    this.#round++;
    this.#state = { ...this.#state, isReading: false };
  }

  async #run(read: () => Promise<ListPage<Row, Cursor>>): Promise<void> {
    const round = ++this.#round;
    this.#tell({ ...this.#state, isReading: true });
    try {
      const { rows, next } = await read();
      if (round !== this.#round) return;
      this.#next = next;
      this.#tell({ rows, hasMore: next !== null, isReading: false, error: undefined });
    } catch (thrown) {
      if (round !== this.#round) return;
      this.#tell({ ...this.#state, isReading: false, error: bridgeErrorOf(thrown) });
    }
  }

  #tell(state: PageListState<Row>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
