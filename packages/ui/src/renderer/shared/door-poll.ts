// Keeps the answer of one request fresh: asks one question at a time, again after a while or a change, rests while nobody looks.

import type { BridgeError } from '../../bridge/bridge.ts';
import { bridgeErrorOf } from './ask.ts';

export interface DoorState<Data> {
  /** The newest answer; it stays while a later request fails. */
  readonly data: Data | undefined;
  /** UTC ms when the newest answer came; undefined before the first. */
  readonly answeredAt: number | undefined;
  /** Why the newest request failed; undefined after one that did not. */
  readonly error: BridgeError | undefined;
  /** Before the first answer or failure. */
  readonly isLoading: boolean;
}

export interface PollClock {
  /** UTC ms. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface DoorPollParts<Data> {
  /** The signal tells that nobody waits for the answer any more. */
  readonly ask: (signal: AbortSignal) => Promise<Data>;
  /** From an answer to the next request; null: only when asked to. It may change: see `askEvery`. */
  readonly everyMs: number | null;
  readonly clock: PollClock;
}

/** After a first failure: mostly the server is only being started again. Each further one waits twice as long. */
export const RETRY_FIRST_MS = 1_000;
/** So rarely that a fault that lasts costs nothing; who cannot wait presses the button. */
export const RETRY_MAX_MS = 30_000;

export class DoorPoll<Data> {
  readonly #parts: DoorPollParts<Data>;
  readonly #listeners = new Set<() => void>();
  #state: DoorState<Data> = { data: undefined, answeredAt: undefined, error: undefined, isLoading: true };
  #timer: unknown;
  #everyMs: number | null;
  #isAwake = false;
  /** The number of the newest question, and of the newest one that is answered or that nobody waits for any more. */
  #asked = 0;
  #settled = 0;
  /** When to ask after the answer that is under way; undefined: nothing came meanwhile. */
  #afterwardsMs: number | undefined;
  /** Whether the timer stands for a change. */
  #isGathering = false;
  #failures = 0;
  #abort = new AbortController();

  constructor(parts: DoorPollParts<Data>) {
    this.#parts = parts;
    this.#everyMs = parts.everyMs;
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
    this.#ask();
  }

  /** No timer is left, and the question that is under way is given up. */
  rest(): void {
    this.#isAwake = false;
    this.#abort.abort();
    this.#settled = this.#asked;
    this.#afterwardsMs = undefined;
    this.#clearTimer();
  }

  /** Asks now, or once more when the answer under way is there. Resting, it does nothing: waking asks anyway. */
  readonly reload = (): void => {
    if (!this.#isAwake) return;
    if (this.#isUnderWay) this.#afterwardsMs = 0;
    else this.#ask();
  };

  /**
   * Something has changed: asks once for all changes within this time, however fast they come. While requests fail the
   * next try is not made any sooner.
   */
  changed(withinMs: number): void {
    if (!this.#isAwake) return;
    if (this.#isUnderWay) this.#afterwardsMs ??= withinMs;
    else if (this.#failures === 0 && !this.#isGathering) this.#schedule(withinMs, true);
  }

  /** Asks now, and gives up the question that is under way: the other side, gone meanwhile, may owe its answer for ever. */
  renew(): void {
    if (this.#isAwake) this.#ask();
  }

  /** From now on, from an answer to the next request; null: only when asked to. */
  askEvery(everyMs: number | null): void {
    this.#everyMs = everyMs;
    if (!this.#isAwake || this.#isUnderWay || this.#failures > 0 || this.#isGathering) return;
    this.#clearTimer();
    this.#goOn(everyMs);
  }

  get #isUnderWay(): boolean {
    return this.#settled < this.#asked;
  }

  #ask(): void {
    this.#clearTimer();
    this.#afterwardsMs = undefined;
    this.#abort.abort();
    this.#abort = new AbortController();
    const question = ++this.#asked;
    this.#parts.ask(this.#abort.signal).then(
      (data) => this.#take(question, data),
      (thrown: unknown) => this.#fail(question, bridgeErrorOf(thrown)),
    );
  }

  /** An answer is shown unless a later one is shown already. */
  #take(question: number, data: Data): void {
    if (question <= this.#settled) return;
    this.#settled = question;
    this.#failures = 0;
    this.#tell({ data, answeredAt: this.#parts.clock.now(), error: undefined, isLoading: false });
    this.#goOn(this.#afterwardsMs ?? this.#everyMs);
  }

  /** A failure counts only while no later question may still be answered. */
  #fail(question: number, error: BridgeError): void {
    if (question <= this.#settled || question < this.#asked) return;
    this.#settled = question;
    const backOffMs = Math.min(RETRY_FIRST_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures++;
    this.#tell({ ...this.#state, error, isLoading: false });
    this.#goOn(this.#afterwardsMs === 0 ? 0 : Math.max(backOffMs, this.#everyMs ?? 0));
  }

  #goOn(delayMs: number | null): void {
    if (!this.#isAwake || this.#isUnderWay || delayMs === null) return;
    if (delayMs === 0) this.#ask();
    else this.#schedule(delayMs, this.#afterwardsMs !== undefined);
  }

  #schedule(delayMs: number, isGathering: boolean): void {
    this.#clearTimer();
    this.#isGathering = isGathering;
    this.#timer = this.#parts.clock.setTimeout(() => this.#ask(), delayMs);
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isGathering = false;
  }

  #tell(state: DoorState<Data>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
