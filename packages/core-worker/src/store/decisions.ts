// What was decided for a command: recorded when it is booked, and read back when it is replayed.

import type { Decisions } from './command.ts';

/** As it is stored in `commands.decided`: the time, and the ids in the order in which they were asked for. */
export interface Decided {
  readonly at: number;
  readonly ids: readonly string[];
}

/** Decides anew and keeps a record. */
export class FreshDecisions implements Decisions {
  readonly at: number;
  readonly #makeId: () => string;
  readonly #ids: string[] = [];

  constructor(at: number, makeId: () => string) {
    this.at = at;
    this.#makeId = makeId;
  }

  newId(): string {
    const id = this.#makeId();
    this.#ids.push(id);
    return id;
  }

  get decided(): Decided {
    return { at: this.at, ids: this.#ids };
  }
}

/** Gives out again what was decided; asking for more than that is a broken invariant. */
export class RecordedDecisions implements Decisions {
  readonly at: number;
  readonly #ids: readonly string[];
  #next = 0;

  constructor(decided: Decided) {
    this.at = decided.at;
    this.#ids = decided.ids;
  }

  newId(): string {
    const id = this.#ids[this.#next];
    if (id === undefined) throw new Error('the replay asks for more ids than were decided');
    this.#next += 1;
    return id;
  }
}
