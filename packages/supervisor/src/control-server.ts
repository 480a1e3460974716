// What the supervisor answers on the control channel, for the command line and the dashboard's host.

import { randomUUID } from 'node:crypto';
import {
  type ControlPeer,
  type ControlServer,
  endpointToServe,
  type ParamsOf,
  type ResultOf,
  type ServerStatus,
  type SupervisorControl,
  serveControl,
  supervisorControl,
} from '@masala/protocol/control';
import type { Log } from './log.ts';
import { LIST_TIMEOUT_MS, LONG_WORK_MAX_MS } from './long-work.ts';
import type { SettingsStore } from './settings-store.ts';
import type { CoreProcess } from './supervise/core-process.ts';

/** How long a status waits for the core's own words before it gives the last known ones. */
const STATUS_FRESH_MS = 1_000;

export interface SupervisorControlOptions {
  readonly dataDir: string;
  readonly token: Uint8Array;
  readonly core: CoreProcess;
  readonly status: () => ServerStatus;
  readonly settings: SettingsStore;
  readonly log: Log;
  /** A second start asked us to show ourselves. */
  readonly onShow: () => void;
  /** The dashboard's window was closed and hides. */
  readonly onWindowHidden: () => void;
}

export interface SupervisorEndpoint {
  readonly address: string;
  /** Whether callers still find it. */
  stands(): boolean;
  /** Sends the status to everybody who watches; call it after each change. */
  tellChanged(): void;
  close(): Promise<void>;
}

export async function serveSupervisorControl(options: SupervisorControlOptions): Promise<SupervisorEndpoint> {
  const { core, settings, log, status } = options;
  const watchers = new Set<ControlPeer<SupervisorControl>>();
  const stopGraceMs = () => settings.inForce['stop.graceMs'];
  /** As JSON; what repeats itself is not sent. */
  let lastTold = '';
  const tellChanged = () => {
    if (watchers.size === 0) return;
    const present = status();
    const told = JSON.stringify(present);
    if (told === lastTold) return;
    lastTold = told;
    for (const peer of watchers) peer.emit('status.changed', present);
  };
  const endpoint = endpointToServe(options.dataDir, supervisorControl);
  const server: ControlServer = await serveControl({
    endpoint,
    token: options.token,
    log,
    handlers: {
      status: async () => {
        await core.refresh(STATUS_FRESH_MS);
        // Its word of a new state may have overtaken that answer: a running server without a port would be told.
        if (core.facts !== null && core.facts.state !== core.lifecycle.state)
          await core.refresh(STATUS_FRESH_MS);
        return status();
      },
      watch: (_params, peer) => {
        // The dashboard asks it once a second, to see whether we turn.
        if (watchers.has(peer)) return status();
        // What follows is news for the others and for this one alike.
        tellChanged();
        watchers.add(peer);
        void peer.closed.then(() => watchers.delete(peer));
        const present = status();
        lastTold = JSON.stringify(present);
        return present;
      },
      stop: async ({ graceMs }) => {
        const askedAt = Date.now();
        core.stop(graceMs ?? stopGraceMs(), 'end');
        const { lastDeath } = await core.ended;
        return {
          forced: lastDeath !== null && lastDeath.at >= askedAt && lastDeath.cause === 'stop-timeout',
        };
      },
      restart: async ({ graceMs }) => {
        // What runs is not taken down for a typing error.
        await settings.check();
        await core.restart(graceMs ?? stopGraceMs());
        return { pid: core.lifecycle.core?.pid ?? null };
      },
      show: () => {
        log('supervisor.show.requested');
        options.onShow();
        return { pid: process.pid };
      },
      windowHidden: () => {
        options.onWindowHidden();
        return {};
      },
      'lives.list': () => ({ lives: [...core.lives] }),
      'settings.list': async () => ({ settings: await settings.list(status().port) }),
      'settings.set': async ({ changes }) => {
        const changed = await settings.set(changes);
        log('settings.changed', { changes });
        return changed;
      },
      'clients.list': (params) => core.call('clients.list', params),
      'metrics.read': (params) => core.call('metrics.read', params),
      'disks.read': (params) => core.call('disks.read', params),
      'backup.checkFolder': (params) => core.call('backup.checkFolder', params),
      'backup.preview': (params) => core.call('backup.preview', params, LIST_TIMEOUT_MS),
      pair: (params) => core.call('pair', params),
      'devices.list': (params) => core.call('devices.list', params),
      'devices.revoke': (params) => core.call('devices.revoke', params),
      'backup.list': (params) => core.call('backup.list', params, LIST_TIMEOUT_MS),
      'backup.now': (params, peer) => askLongWork(core, 'backup.now', params, peer),
      'backup.verify': (params, peer) => askLongWork(core, 'backup.verify', params, peer),
      'recovery.restore': (params, peer) => askLongWork(core, 'recovery.restore', params, peer),
      'recovery.salvage': (params) => core.call('recovery.salvage', params),
      'recovery.fresh': (params) => core.call('recovery.fresh', params),
    },
  });
  return {
    address: endpoint.address,
    stands: () => server.stands(),
    tellChanged,
    close: () => server.close(),
  };
}

/** What the core answers after long work; its progress with this work goes on to the caller, and to nobody else. */
async function askLongWork<M extends 'backup.now' | 'backup.verify' | 'recovery.restore'>(
  core: CoreProcess,
  method: M,
  params: ParamsOf<SupervisorControl, M>,
  peer: ControlPeer<SupervisorControl>,
): Promise<ResultOf<SupervisorControl, M>> {
  const workId = params.workId ?? randomUUID();
  const unsubscribe = core.onWorkProgress((progress) => {
    if (progress.id === workId) peer.emit('work.progress', progress);
  });
  try {
    return await core.call(method, { ...params, workId }, LONG_WORK_MAX_MS);
  } finally {
    unsubscribe();
  }
}
