// Who listens to which events, and keeping the server told of it over every connection.

import {
  type EventName,
  type EventParams,
  events,
  type SubscribableEvent,
  subscribableEvents,
} from '@masala/protocol';
import type { Channel } from './channel.ts';

/** An event with its own params, as a union that `switch (message.event)` tells apart. */
export type EventMessage<Name extends EventName = EventName> = {
  [Each in Name]: { readonly event: Each; readonly params: EventParams<Each> };
}[Name];

interface Subscription {
  readonly names: ReadonlySet<EventName>;
  readonly listener: (message: EventMessage) => void;
}

export class Subscriptions {
  readonly #all = new Set<Subscription>();
  #channel: Channel | undefined;
  /** What the server was last told over the present connection. */
  #told = '';

  /**
   * Every listener also hears `session.lagged`: events were dropped, so whatever it shows has to be loaded again.
   * Returns the function that ends the subscription.
   */
  add<Name extends EventName>(
    names: readonly Name[],
    listener: (message: EventMessage<Name | 'session.lagged'>) => void,
  ): () => void {
    const subscription: Subscription = {
      names: new Set<EventName>([...names, 'session.lagged']),
      listener: listener as (message: EventMessage) => void,
    };
    this.#all.add(subscription);
    this.#tell();
    return () => {
      if (this.#all.delete(subscription)) this.#tell();
    };
  }

  attach(channel: Channel): void {
    this.#channel = channel;
    this.#told = '';
    this.#tell();
  }

  detach(): void {
    this.#channel = undefined;
  }

  /** An event came. Listeners run in a turn of their own: what they throw is theirs and harms no connection. */
  deliver(event: string, params: unknown): void {
    // A newer server may send what this version does not know.
    if (!Object.hasOwn(events, event)) return;
    const message = { event, params } as EventMessage;
    for (const { names, listener } of this.#all) {
      if (names.has(message.event)) queueMicrotask(() => listener(message));
    }
  }

  #tell(): void {
    const wanted = this.#wanted();
    const wantedText = wanted.join();
    if (this.#channel === undefined || wantedText === this.#told) return;
    const channel = this.#channel;
    this.#told = wantedText;
    channel.request('session.subscribe', { events: wanted }, (answer) => {
      // Refused (a busy server): a connection without its events would show old stock for ever, so it is made anew.
      if (answer.type === 'error') channel.close(answer.error);
    });
  }

  #wanted(): SubscribableEvent[] {
    return subscribableEvents.filter((name) => [...this.#all].some(({ names }) => names.has(name)));
  }
}
