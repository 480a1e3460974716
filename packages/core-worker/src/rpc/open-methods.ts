// The calls before a device has signed in: hello, pair, authenticate.

import {
  limits,
  MasalaError,
  type OpenName,
  type Params,
  PROTOCOL_VERSION,
  type Result,
} from '@masala/protocol';
import type { Devices } from '../access/devices.ts';
import type { Enrolment } from '../access/enrolment.ts';
import type { CoreState } from '../state.ts';
import type { OpenedStore } from '../store/open.ts';
import type { Session } from './session.ts';
import { servingRefusal } from './state-refusal.ts';

/** Answers an open call; it may change the session's phase, which other handlers may not. */
export type OpenHandlers = {
  readonly [Name in OpenName]: (
    params: Params<Name>,
    session: Session,
  ) => Result<Name> | Promise<Result<Name>>;
};

export interface ServerFacts {
  readonly serverId: string;
  readonly name: string;
  readonly version: string;
  readonly startedAt: number;
}

export interface OpenParts {
  readonly facts: ServerFacts;
  readonly opened: OpenedStore;
  readonly state: CoreState;
  readonly devices: Devices;
  readonly enrolment: Enrolment;
  readonly idleTimeoutMs: number;
  readonly now: () => number;
}

export function openMethods(parts: OpenParts): OpenHandlers {
  const { facts, opened, state, devices, enrolment, now } = parts;
  return {
    'session.hello': ({ protocol, client }, session) => {
      if (protocol.minimum > PROTOCOL_VERSION || protocol.maximum < PROTOCOL_VERSION) {
        const server = { minimum: PROTOCOL_VERSION, maximum: PROTOCOL_VERSION };
        throw new MasalaError('PROTOCOL_VERSION_UNSUPPORTED', { server, client: protocol });
      }
      session.greet(`${client.name} ${client.version}`);
      const { state: present, flags } = state.seen;
      return {
        protocol: PROTOCOL_VERSION,
        serverId: facts.serverId,
        name: facts.name,
        version: facts.version,
        state: present,
        flags: [...flags],
        epoch: opened.epoch,
        lineage: opened.lineage,
        bootSequence: opened.bootSequence,
        serverTime: now(),
        frameMaxBytes: limits.frameMaxBytes,
        // Three pings within the idle time-out, so that two may be lost.
        pingIntervalMs: Math.max(1, Math.floor(parts.idleTimeoutMs / 3)),
      };
    },

    'session.pair': async (params, session) => {
      refuseUnlessServing(state);
      // Safe mode takes no commands, and a pairing is one.
      if (state.has('read-only')) throw new MasalaError('READ_ONLY');
      const paired = await enrolment.pair(params, session.address);
      return { ...paired, serverId: facts.serverId };
    },

    'session.authenticate': ({ token }, session) => {
      refuseUnlessServing(state);
      const device = devices.authenticate(token, now());
      session.signIn(device);
      return { deviceId: device.deviceId, deviceName: device.name, role: device.role };
    },
  };
}

function refuseUnlessServing(state: CoreState): void {
  const refusal = servingRefusal(state);
  if (refusal !== null) throw refusal;
}
