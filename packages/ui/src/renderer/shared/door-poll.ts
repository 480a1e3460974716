// Keeps the answer of one request fresh: asks, asks again after a while, rests while the page is hidden, and ends without a trace.

import type { BridgeError } from '../../bridge/bridge.ts';
import { bridgeErrorOf } from './ask.ts';

export interface DoorState<Data> {
  /** The newest answer; it stays while a later request fails. */
  readonly data: Data | undefined;
  /** Why the newest request failed; undefined after one that did not. */
  readonly error: BridgeError | undefined;
  /** Before the first answer or failure. */
  readonly isLoading: boolean;
}

export interface PollClock {
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface DoorPollParts<Data> {
  readonly ask: () => Promise<Data>;
  /** From an answer to the next request; null: only when asked to. */
  readonly everyMs: number | null;
  readonly clock: PollClock;
}

export class DoorPoll<Data> {
  readonly #parts: DoorPollParts<Data>;
  readonly #listeners = new Set<() => void>();
  #state: DoorState<Data> = { data: undefined, error: undefined, isLoading: true };
  #timer: unknown;
  #isAwake = false;
  /** Counts up with every request and at the end, so that an answer that nobody waits for is not taken. */
  #round = 0;

  constructor(parts: DoorPollParts<Data>) {
    this.#parts = parts;
  }

  /** A stable function, as useSyncExternalStore needs it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): DoorState<Data> => this.#state;

  /** Asks at once and goes on; does nothing while it is awake already. */
  wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.reload();
  }

  /** No timer is left, and an answer that is under way is dropped. */
  rest(): void {
    this.#isAwake = false;
    this.#round++;
    this.#clearTimer();
  }

  /** Asks now, whatever is under way. Resting, it does nothing: waking asks anyway. */
  readonly reload = (): void => {
    if (!this.#isAwake) return;
    this.#clearTimer();
    const round = ++this.#round;
    this.#parts.ask().then(
      (data) => this.#settle(round, { data, error: undefined, isLoading: false }),
      (thrown: unknown) =>
        this.#settle(round, { data: this.#state.data, error: bridgeErrorOf(thrown), isLoading: false }),
    );
  };

  #settle(round: number, state: DoorState<Data>): void {
    if (round !== this.#round) return;
    this.#state = state;
    const { everyMs, clock } = this.#parts;
    if (everyMs !== null) this.#timer = clock.setTimeout(this.reload, everyMs);
    for (const listener of this.#listeners) listener();
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
