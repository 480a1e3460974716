// Reads log pages one at a time: the newest first, older ones below them on demand, and newer ones above while it follows.

import type { LogPage } from '../../../bridge/logs.ts';
import { DoorPoll, type DoorState, type PollClock } from '../../shared/door-poll.ts';
import { type LogList, listOf, withNewer, withOlder } from './log-lines.ts';

/** More than a screen shows. The host looks through a few megabytes at a time, in which few lines may fit the filters. */
const ENOUGH_LINES = 50;
/** A reader sees a line as soon as it can be read; the file's end is in memory anyway. */
export const FOLLOW_EVERY_MS = 1_500;
/** Who follows and missed more, such as with a page that was hidden for an hour, begins anew with the newest lines. */
const MISSED_PAGES_MAX = 5;

export interface LogReaderParts {
  readonly read: (before: string | undefined) => Promise<LogPage>;
  readonly clock: PollClock;
}

interface Reading extends LogList {
  /** Which wish for the newest lines it answers. */
  readonly wish: number;
  /** How many lines were read for it, downwards. */
  readonly read: number;
}

export class LogReader {
  readonly #read: LogReaderParts['read'];
  readonly #poll: DoorPoll<Reading>;
  #wish = 1;
  /** So many lines are wanted, where there are so many. */
  #wanted = ENOUGH_LINES;
  #isFollowing = false;

  constructor({ read, clock }: LogReaderParts) {
    this.#read = read;
    this.#poll = new DoorPoll({ ask: () => this.#ask(), everyMs: null, clock });
    // Page after page, each shown as soon as it is there.
    this.#poll.subscribe(() => {
      if (this.isReadingOn() && this.state().error === undefined) this.#poll.reload();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#poll.subscribe(listener);

  readonly state = (): DoorState<LogList> => this.#poll.state();

  wake(): void {
    this.#poll.wake();
  }

  /** Nothing is read any more, and an answer that is under way is dropped. */
  rest(): void {
    this.#poll.rest();
  }

  /** The newest lines, whatever was read before. */
  readonly reload = (): void => {
    this.#wish++;
    this.#wanted = ENOUGH_LINES;
    this.#poll.reload();
  };

  renew(): void {
    this.#poll.renew();
  }

  /** Some more lines below, where there are any. */
  readonly readOlder = (): void => {
    if (this.isReadingOn()) return;
    this.#wanted = (this.#reading?.read ?? 0) + ENOUGH_LINES;
    this.#poll.reload();
  };

  /** Whether it takes what is written from now on, and asks for it. */
  follow(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
    this.#poll.askEvery(isFollowing ? FOLLOW_EVERY_MS : null);
  }

  /** Whether more lines are on their way: the ones at hand may be few, or none. */
  isReadingOn(): boolean {
    const reading = this.#reading;
    return reading === undefined || (reading.next !== null && reading.read < this.#wanted);
  }

  /** Undefined before the first answer to the present wish. */
  get #reading(): Reading | undefined {
    const { data } = this.#poll.state();
    return data?.wish === this.#wish ? data : undefined;
  }

  async #ask(): Promise<Reading> {
    const [reading, wish] = [this.#reading, this.#wish];
    if (reading === undefined) {
      const page = await this.#read(undefined);
      return { ...listOf(page), wish, read: page.lines.length };
    }
    if (this.isReadingOn()) {
      const page = await this.#read(reading.next ?? undefined);
      return { ...withOlder(reading, page), wish, read: reading.read + page.lines.length };
    }
    if (!this.#isFollowing || reading.isCutAbove) return reading;
    return { ...(await this.#readAbove(reading)), wish, read: reading.read };
  }

  /** What is new, down to what is known. */
  async #readAbove(list: LogList): Promise<LogList> {
    let page = await this.#read(undefined);
    for (let pages = 1; ; pages++) {
      const grown = withNewer(list, page);
      if (grown !== undefined) return grown;
      if (page.next === null || pages === MISSED_PAGES_MAX) return listOf(page);
      const older = await this.#read(page.next);
      page = { lines: [...page.lines, ...older.lines], next: older.next };
    }
  }
}
