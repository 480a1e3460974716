// The only door between the page and the server: what a page may ask, and what it is told. Both hosts (Electron's preload, the
// loopback web host) give the page a Bridge; the desk behind it (host/desk.ts) answers.

import type { CallName, CallParams, EventMessage } from '@masala/client';
import type { ErrorCode, EventName, Result } from '@masala/protocol';
// Types only: the page never loads the control channel.
import type {
  MethodName,
  ParamsOf,
  ResultOf,
  ServerStatus,
  SupervisorControl,
  WorkProgress,
} from '@masala/protocol/control';
import type { LogPage, LogQuery } from './logs.ts';

/** Of the control channel's: everything but what belongs to processes. */
export const controlDoors = [
  'status',
  'stop',
  'restart',
  'pair',
  'devices.list',
  'devices.revoke',
  'clients.list',
  'metrics.read',
  'disks.read',
  'lives.list',
  'settings.list',
  'settings.set',
  'backup.checkFolder',
  'backup.preview',
  'backup.list',
  'backup.now',
  'backup.verify',
  'recovery.restore',
  'recovery.salvage',
  'recovery.fresh',
] as const satisfies readonly MethodName<SupervisorControl>[];
export type ControlDoor = (typeof controlDoors)[number];

/** Of the client's: reads only, until the floor's screens come. */
export const clientDoors = [
  'units.list',
  'items.list',
  'items.get',
  'partners.list',
  'receipts.list',
  'receipts.get',
  'dispatches.list',
  'dispatches.get',
  'returns.list',
  'returns.get',
  'adjustments.list',
  'adjustments.get',
  'stock.onHand',
  'stock.movements',
] as const satisfies readonly CallName[];
export type ClientDoor = (typeof clientDoors)[number];

/** Live events that the page hears. */
export const clientEvents = ['stock.changed', 'document.posted'] as const satisfies readonly EventName[];
export type ClientEvent = (typeof clientEvents)[number];

/** What the host itself answers: it reads the log files, which are there also while nothing else answers. */
export interface HostDoors {
  'logs.read': { readonly params: LogQuery; readonly result: LogPage };
}
export type HostDoor = keyof HostDoors;

/** A request as it travels: one flat name, so that one table decides what is allowed. */
export type DoorName = `control:${ControlDoor}` | `client:${ClientDoor}` | `host:${HostDoor}`;

/** How the desk stands to the supervisor and to the core. */
export interface DeskLinks {
  /** Null while the supervisor does not answer. */
  readonly status: ServerStatus | null;
  /** There is proof that the server has ended on purpose; silence is none. Absent where it was never looked for. */
  readonly hasEnded?: boolean;
  /** Whether the client is signed in at the core. */
  readonly client: 'connecting' | 'ready';
  /** The device that the desk itself is at the core, which is none of the people's; absent until it is paired. */
  readonly ownDeviceId?: string;
  /** Why the host lets this page in no more, although all may be well with the server; absent while it does. */
  readonly shutOut?: 'signed-out' | 'too-many-pages';
}

export type BridgeEvent =
  /** Sent first, and whenever one of the fields changes. */
  | { readonly type: 'links'; readonly links: DeskLinks }
  | { readonly type: 'work.progress'; readonly progress: WorkProgress }
  | { readonly type: 'client'; readonly message: EventMessage<ClientEvent | 'session.lagged'> };

/** How a request failed: a row of the error table, filled in, or what the host says of itself. */
export interface BridgeError {
  readonly code: ErrorCode | 'HOST_LOST' | 'SIGN_IN_NEEDED';
  readonly message: string;
  readonly hint: string;
  readonly incidentId?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What the host tells once of itself. */
export interface HostFacts {
  readonly kind: 'electron' | 'browser';
  readonly platform: NodeJS.Platform;
  readonly version: string;
}

/**
 * The page's end. A failed request rejects with a BridgeError. An aborted one does, too, in a browser, where it holds one of the
 * few connections to the host until then; elsewhere nothing is saved by it, and Electron's bridge could not even take the signal.
 */
export interface Bridge {
  readonly facts: HostFacts;
  control<M extends ControlDoor>(
    method: M,
    params: ParamsOf<SupervisorControl, M>,
    signal?: AbortSignal,
  ): Promise<ResultOf<SupervisorControl, M>>;
  client<M extends ClientDoor>(method: M, params: CallParams<M>, signal?: AbortSignal): Promise<Result<M>>;
  host<M extends HostDoor>(
    method: M,
    params: HostDoors[M]['params'],
    signal?: AbortSignal,
  ): Promise<HostDoors[M]['result']>;
  /** Hears events until the returned function is called; the present links come at once. */
  listen(listener: (event: BridgeEvent) => void): () => void;
}
