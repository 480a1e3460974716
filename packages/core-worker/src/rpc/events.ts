// Live events: each is encoded once and handed to the sessions that subscribed to it.

import { type EventParams, eventFrame, type SubscribableEvent, subscribableEvents } from '@masala/protocol';
import type { PublishedEvent } from '../store/command.ts';
import type { Session } from './session.ts';

export class Events {
  readonly #subscribers = new Map<string, Set<Session>>();

  constructor() {
    for (const event of subscribableEvents) this.#subscribers.set(event, new Set());
  }

  /** From now on a session gets these events and no others. */
  subscribe(session: Session, events: ReadonlySet<SubscribableEvent>): void {
    for (const [event, subscribers] of this.#subscribers) {
      if ((events as ReadonlySet<string>).has(event)) subscribers.add(session);
      else subscribers.delete(session);
    }
  }

  forget(session: Session): void {
    for (const subscribers of this.#subscribers.values()) subscribers.delete(session);
  }

  publish(events: readonly PublishedEvent[]): void {
    for (const { event, params } of events) {
      const subscribers = this.#subscribers.get(event);
      if (subscribers === undefined || subscribers.size === 0) continue;
      const frame = eventFrame(event, params);
      for (const session of subscribers) session.sendEventFrame(frame);
    }
  }

  notice(notice: EventParams<'server.notice'>['notice'], at: number): void {
    this.publish([{ event: 'server.notice', params: { notice, at } }]);
  }
}
