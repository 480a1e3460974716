// Asks through the bridge by a door's flat name, and turns whatever a request failed with into one shape.

import type {
  Bridge,
  BridgeError,
  ClientDoor,
  ControlDoor,
  DoorName,
  HostDoor,
} from '../../bridge/bridge.ts';
import type { DoorParams, DoorResult } from '../../bridge/doors.ts';
import { everywhere } from './texts/everywhere.ts';

/** Rejects with a BridgeError; also when it is aborted, where that saves anything. */
export function ask<Name extends DoorName>(
  bridge: Bridge,
  name: Name,
  params: DoorParams<Name>,
  signal?: AbortSignal,
): Promise<DoorResult<Name>> {
  const [side, method] = splitName(name);
  // The name decides which params and result belong together; the compiler cannot follow that through the split.
  const given = params as never;
  // Electron's bridge clones what it is given, and a signal cannot be cloned.
  const end = bridge.facts.kind === 'browser' ? signal : undefined;
  switch (side) {
    case 'control':
      return bridge.control(method as ControlDoor, given, end) as Promise<DoorResult<Name>>;
    case 'client':
      return bridge.client(method as ClientDoor, given, end) as Promise<DoorResult<Name>>;
    case 'host':
      return bridge.host(method as HostDoor, given, end) as Promise<DoorResult<Name>>;
  }
}

function splitName(name: DoorName): ['control' | 'client' | 'host', string] {
  const at = name.indexOf(':');
  return [name.slice(0, at) as 'control' | 'client' | 'host', name.slice(at + 1)];
}

/** A BridgeError stays what it is; anything else is a fault of the page, and says so. */
export function bridgeErrorOf(thrown: unknown): BridgeError {
  if (isBridgeError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'INTERNAL', message, hint: everywhere.failures.pageHint };
}

function isBridgeError(thrown: unknown): thrown is BridgeError {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    'message' in thrown &&
    'hint' in thrown
  );
}
