// What a signed-in device asks about itself and about the server.

import { type SubscribableEvent, subscribableEvents } from '@masala/protocol';
import type { Vitals } from '../health/vitals.ts';
import type { CoreState } from '../state.ts';
import type { OpenedStore } from '../store/open.ts';
import { Call } from './call.ts';
import type { CallContext, ReadHandlers } from './handlers.ts';
import type { ServerFacts } from './open-methods.ts';

type OwnReads = 'session.whoami' | 'session.ping' | 'session.subscribe' | 'system.status';

export interface SessionReadParts {
  readonly facts: ServerFacts;
  readonly opened: OpenedStore;
  readonly state: CoreState;
  readonly vitals: Vitals;
  readonly now: () => number;
}

export function sessionReads(parts: SessionReadParts): ReadHandlers<OwnReads> {
  const { facts, opened, state, vitals, now } = parts;
  return {
    'session.whoami': (_, { deviceId, deviceName, role }) => ({
      deviceId,
      deviceName,
      role,
      serverId: facts.serverId,
      epoch: opened.epoch,
    }),
    'session.ping': () => ({ serverTime: now() }),
    'session.subscribe': ({ events }, call) => ({ events: subscribe(events, call) }),
    'system.status': () => {
      const { state: present, flags } = state.seen;
      const { lastSequence, queueDepth, clients, port, eventLoopLagMs } = vitals.look();
      return {
        state: present,
        flags: [...flags],
        serverId: facts.serverId,
        name: facts.name,
        version: facts.version,
        epoch: opened.epoch,
        lineage: opened.lineage,
        bootSequence: opened.bootSequence,
        port: port ?? 0,
        clients,
        startedAt: facts.startedAt,
        serverTime: now(),
        lastSequence,
        queueDepth,
        eventLoopLagMs,
      };
    },
  };
}

/** Names that this version does not know are left out, and the answer says so: a newer client asks for what it can get. */
function subscribe(wanted: readonly string[], call: CallContext): SubscribableEvent[] {
  if (!(call instanceof Call)) throw new Error('a subscription needs a session');
  const events = subscribableEvents.filter((event) => wanted.includes(event));
  call.session.subscribe(new Set(events));
  return events;
}
