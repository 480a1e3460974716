// What serves devices, put together: handlers, dispatch, listener. Nothing here opens or listens yet.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { MasalaError, type Settings } from '@masala/protocol';
import { v7 } from 'uuid';
import { Devices } from './access/devices.ts';
import { Enrolment } from './access/enrolment.ts';
import type { Identity } from './access/identity.ts';
import { Pairing } from './access/pairing.ts';
import type { Metrics } from './health/metrics.ts';
import type { Vitals } from './health/vitals.ts';
import { importReads } from './imports/imports.ts';
import { inventoryReads } from './inventory/reads.ts';
import type { LogLine } from './log.ts';
import { commandReads } from './rpc/command-reads.ts';
import { Dispatch } from './rpc/dispatch.ts';
import { Events } from './rpc/events.ts';
import type { ReadHandlers } from './rpc/handlers.ts';
import { ledgerReads } from './rpc/ledger-reads.ts';
import { Listener } from './rpc/listener.ts';
import { openMethods, type ServerFacts } from './rpc/open-methods.ts';
import { sessionReads } from './rpc/session-reads.ts';
import type { CoreState } from './state.ts';
import type { Pool } from './store/pool.ts';
import type { Reader } from './store/reader.ts';
import type { Writer } from './store/writer.ts';

export interface ServiceParts {
  readonly dataDir: string;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly writer: Writer;
  readonly reader: Reader;
  readonly pool: Pool;
  readonly state: CoreState;
  readonly vitals: Vitals;
  readonly metrics: Metrics;
  readonly facts: ServerFacts;
  readonly log: LogLine;
  /** A read met a damaged file or a failing disk. */
  readonly onStorageFault: (error: unknown) => void;
}

export interface Service {
  readonly serverId: string;
  readonly facts: ServerFacts;
  readonly writer: Writer;
  readonly reader: Reader;
  readonly pool: Pool;
  readonly enrolment: Enrolment;
  readonly events: Events;
  readonly listener: Listener;
  readonly isConnected: (deviceId: string) => boolean;
}

export function buildService(parts: ServiceParts): Service {
  const { identity, writer, reader, pool, vitals, facts, log } = parts;
  const devices = new Devices(reader.database, parts.dataDir);
  const events = new Events();
  const enrolment = new Enrolment({
    pairing: new Pairing(),
    devices,
    submit: (command) => writer.submit(command),
    serverId: facts.serverId,
    now: Date.now,
    randomBytes,
    newId: v7,
    log,
    disconnect: (deviceId) => listener.disconnect(deviceId, new MasalaError('DEVICE_REVOKED')),
  });
  const listener = listenerOf({
    ...parts,
    events,
    dispatch: dispatchOf(parts, devices, enrolment),
    onClients: () => vitals.clientsChanged(),
  });
  return {
    serverId: identity.serverId,
    facts,
    writer,
    reader,
    pool,
    enrolment,
    events,
    listener,
    isConnected: (deviceId) => listener.isConnected(deviceId),
  };
}

function dispatchOf(parts: ServiceParts, devices: Devices, enrolment: Enrolment): Dispatch {
  const { settings, writer, state, metrics, facts, log } = parts;
  const { opened } = writer;
  const idleTimeoutMs = settings['connections.idleTimeoutMs'];
  return new Dispatch({
    state,
    openHandlers: openMethods({ facts, opened, state, devices, enrolment, idleTimeoutMs, now: Date.now }),
    readHandlers: readHandlers(parts),
    submit: (command) => writer.submit(command),
    requestTimeoutMs: settings['connections.requestTimeoutMs'],
    now: Date.now,
    metrics,
    log,
    onStorageFault: parts.onStorageFault,
    // 24 bits beside the boot sequence are enough to tell the incidents of one server's starts apart.
    incidentPrefix: `${opened.bootSequence.toString(36)}-${randomBytes(3).toString('hex')}`,
  });
}

function readHandlers({
  dataDir,
  writer,
  reader,
  pool,
  state,
  vitals,
  facts,
  log,
}: ServiceParts): ReadHandlers {
  return {
    ...sessionReads({ facts, opened: writer.opened, state, vitals, now: Date.now }),
    ...inventoryReads(reader.database),
    ...commandReads(reader),
    ...ledgerReads({ pool, databasePath: reader.database.name, state, log }),
    ...importReads({
      writer,
      reader,
      pool,
      directory: join(dataDir, 'run', 'imports'),
      clock: { now: Date.now, delay },
      log,
    }),
  };
}

export interface ListenerParts extends Pick<ServiceParts, 'settings' | 'identity' | 'log'> {
  readonly events: Events;
  readonly dispatch: Pick<Dispatch, 'request'>;
  readonly onClients: () => void;
}

/** The TLS door for whoever answers behind it. */
export function listenerOf({
  settings,
  identity,
  log,
  events,
  dispatch,
  onClients,
}: ListenerParts): Listener {
  return new Listener({
    identity,
    timeouts: {
      handshakeMs: settings['connections.handshakeTimeoutMs'],
      frameMs: settings['connections.frameTimeoutMs'],
      writeMs: settings['connections.writeTimeoutMs'],
      idleMs: settings['connections.idleTimeoutMs'],
    },
    connectionsMax: settings['connections.max'],
    connectionsPerAddressMax: settings['connections.perAddressMax'],
    dispatch,
    events,
    onClients,
    log,
  });
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return setTimeoutPromise(milliseconds, undefined, { signal });
}
