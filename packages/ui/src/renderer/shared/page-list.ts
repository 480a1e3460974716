// A list that is read a page at a time, on and on as the reader scrolls, and read anew when it has changed.

import { DoorPoll, type DoorState, type PollClock } from './door-poll.ts';

/** The contract's largest: fewer, larger pages scroll without stops. */
export const PAGE_ROWS = 200;

export interface ListPage<Row, Cursor> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null where there is none. */
  readonly next: Cursor | null;
  /** There would be more rows, but no page with them. */
  readonly isCut?: boolean;
}

/** Under load the data changes a hundred times a second; a reader follows one new picture in two. */
const REREAD_AFTER_MS = 2_000;
/** Who has scrolled far has much read anew: four fifths of the time the server is left alone. */
const REST_FOR_READING = 4;
const REREAD_AFTER_MAX_MS = 30_000;

export interface PageListParts<Row, Cursor> {
  readonly read: (after: Cursor | undefined) => Promise<ListPage<Row, Cursor>>;
  readonly clock: PollClock;
}

export class PageList<Row, Cursor> {
  readonly #parts: PageListParts<Row, Cursor>;
  readonly #poll: DoorPoll<ListPage<Row, Cursor>>;
  /** Whether what was read is to be read again from the beginning. */
  #isStale = true;
  /** Rows to read, where there are so many. */
  #wanted = 0;
  #rereadTookMs = 0;
  /** Counts up at each rest, so that a reading of many pages ends with it. */
  #rests = 0;

  constructor(parts: PageListParts<Row, Cursor>) {
    this.#parts = parts;
    this.#poll = new DoorPoll({ ask: () => this.#read(), everyMs: null, clock: parts.clock });
  }

  /** A stable function, as useSyncExternalStore needs it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#poll.subscribe(listener);

  readonly state = (): DoorState<ListPage<Row, Cursor>> => this.#poll.state();

  wake(): void {
    this.#isStale = true;
    this.#poll.wake();
  }

  /** Nothing is read any more, and an answer that is under way is dropped. */
  rest(): void {
    this.#rests++;
    this.#poll.rest();
  }

  /** Reads from the beginning, as far as was read before; the old rows stay until the new ones are there. */
  readonly reload = (): void => {
    this.#isStale = true;
    this.#poll.reload();
  };

  /** As reload, although a reading is under way. */
  renew(): void {
    this.#isStale = true;
    this.#poll.renew();
  }

  /** As reload, once for all changes that come fast. */
  readonly changed = (): void => {
    this.#isStale = true;
    const restMs = Math.min(REST_FOR_READING * this.#rereadTookMs, REREAD_AFTER_MAX_MS);
    this.#poll.changed(Math.max(REREAD_AFTER_MS, restMs));
  };

  /** Reads the next page, where there is one; what is being read at the time goes on so far. */
  readonly readMore = (): void => {
    const { data } = this.#poll.state();
    if (data === undefined || data.next === null) return;
    if (this.#wanted > data.rows.length) return;
    this.#wanted = data.rows.length + 1;
    this.#poll.reload();
  };

  async #read(): Promise<ListPage<Row, Cursor>> {
    const [{ data }, rests, startedAt, isReread] = [
      this.#poll.state(),
      this.#rests,
      this.#parts.clock.now(),
      this.#isStale,
    ];
    this.#isStale = false;
    this.#wanted = Math.max(this.#wanted, data?.rows.length ?? 0);
    let list = isReread ? undefined : data;
    try {
      while (this.#rests === rests && this.#lacks(list)) {
        const page = await this.#parts.read(list?.next ?? undefined);
        list = { ...page, rows: [...(list?.rows ?? []), ...page.rows] };
      }
    } catch (error) {
      this.#isStale ||= isReread;
      throw error;
    }
    if (isReread) this.#rereadTookMs = Math.max(0, this.#parts.clock.now() - startedAt);
    return list ?? { rows: [], next: null };
  }

  #lacks(list: ListPage<Row, Cursor> | undefined): boolean {
    return list === undefined || (list.next !== null && list.rows.length < this.#wanted);
  }
}
