// What the core answers on its local control socket: to the supervisor, and to masala-server where there is none.

import { MasalaError, type Settings } from '@masala/protocol';
import type {
  ControlHandlers,
  ControlPeer,
  CoreControl,
  CoreStatus,
  DeviceInfo,
  LastRecovery,
  RecoveryTold,
  RestorePointTold,
  RestoreShown,
  ResultOf,
  ServerFlag,
  SettingInForce,
  WorkProgress,
} from '@masala/protocol/control';
import { originOf, type SettingName } from '@masala/protocol/tables';
import type { EnrolledDevice, Enrolment } from './access/enrolment.ts';
import { DEFAULT_ROLE } from './access/roles.ts';
import { METRICS_STEP_MS, type Metrics } from './health/metrics.ts';
import type { SupervisorWatch } from './health/supervisor-watch.ts';
import type { Vitals } from './health/vitals.ts';
import { checkFolder } from './safety/backups/check-folder.ts';
import { readDisks } from './safety/disk-space/disks.ts';
import type { RecoveryRequest } from './safety/recovery-note.ts';
import type { SettingsInForce } from './settings-file.ts';
import type { CoreState, StateSeen } from './state.ts';
import type { Writer } from './store/writer.ts';
import type { OnProgress, Works } from './works.ts';

/** A whole factory connects again after a restart: a person sees no difference between four pictures a second and more. */
const CLIENTS_TOLD_MS = 250;

/** What the core has only once it serves. */
export interface ServingParts {
  readonly serverId: string;
  readonly writer: Writer;
  readonly enrolment: Enrolment;
  readonly isConnected: (deviceId: string) => boolean;
}

/** What goes along with a choice that was agreed to. */
export interface Agreed {
  readonly shown?: RestoreShown | undefined;
  /** A restore while everything is well begins with a backup. */
  readonly onProgress?: OnProgress;
}

/** What the admin asks about backups and recovery. */
export interface SafetyDesk {
  list(): Promise<ResultOf<CoreControl, 'backup.list'>>;
  /** Makes a backup in a folder, or in the usual ones. */
  backupNow(to: string | undefined, onProgress: OnProgress): Promise<RestorePointTold>;
  /** Opens and checks a backup, or all of them. */
  verify(id: string | undefined, onProgress: OnProgress): Promise<RestorePointTold[]>;
  /** What a restore of this backup would take away. Rejects with BACKUP_UNKNOWN or BACKUP_DAMAGED. */
  preview(id: string): Promise<ResultOf<CoreControl, 'backup.preview'>>;
  /**
   * Takes the admin's choice; when it returns, the choice is on the disk and its work has begun. Rejects with RESTORE_CHANGED
   * where it is not what was shown.
   */
  choose(request: RecoveryRequest, agreed?: Agreed): Promise<void>;
  readonly recovery: RecoveryTold | null;
  readonly lastRecovery: LastRecovery | null;
}

export interface ControlParts {
  readonly dataDir: string;
  readonly settings: Settings;
  readonly sources: SettingsInForce['sources'];
  readonly startedAt: number;
  readonly state: CoreState;
  readonly vitals: Vitals;
  readonly metrics: Metrics;
  readonly supervisorWatch: SupervisorWatch;
  readonly works: Works;
  /** Undefined while the core starts. */
  readonly serving: () => ServingParts | undefined;
  /** Undefined until it is known how the database stands. */
  readonly safety: () => SafetyDesk | undefined;
  /** Begins the ordered stop, which goes on behind the answer; gives what is pending. */
  readonly stop: (graceMs: number | undefined) => number;
  /** How far the ordered stop is; null where none is under way. */
  readonly stopping: () => CoreStatus['stopping'];
}

export function controlMethods(parts: ControlParts): ControlHandlers<CoreControl> {
  const { dataDir, settings, startedAt, state, vitals, metrics, supervisorWatch, works } = parts;
  const attached = new Set<ControlPeer<CoreControl>>();
  const tell = () => {
    for (const peer of attached) peer.emit('state.changed', toldOf(state.seen));
  };
  state.onChange(tell);
  // Whoever hears it asks for the status, which has the number.
  vitals.onClients(atMostEach(CLIENTS_TOLD_MS, tell));

  return {
    async ping({ sequence }) {
      await parts.serving()?.writer.ping();
      const { clients, queueDepth, oldestCommandMs, eventLoopLagMs } = vitals.look();
      return {
        sequence,
        pid: process.pid,
        startedAt,
        ...toldOf(state.seen),
        clients,
        queueDepth,
        eventLoopLagMs,
        oldestCommandMs,
      };
    },
    status: () => statusOf(parts),
    stop: ({ graceMs }) => ({ pending: parts.stop(graceMs) }),
    pair: ({ role }) => {
      if (state.has('read-only')) throw new MasalaError('READ_ONLY');
      return servingOf(parts).enrolment.openCode(role ?? DEFAULT_ROLE);
    },
    'devices.list': () => {
      const { enrolment, isConnected } = servingOf(parts);
      return {
        devices: enrolment.list().map((device) => deviceInfo(device, isConnected(device.deviceId))),
        openOffers: enrolment.openOffers(),
      };
    },
    'devices.revoke': ({ deviceId }) => servingOf(parts).enrolment.revoke(deviceId),
    // Before it listens nobody can be connected.
    'clients.list': () => ({ clients: vitals.listener?.clientsTold ?? [] }),
    'metrics.read': ({ since }) => ({ stepMs: METRICS_STEP_MS, points: metrics.points(since) }),
    'disks.read': () => readDisks(dataDir, settings),
    'settings.inForce': () => ({ settings: inForce(parts) }),
    'backup.checkFolder': ({ folder }) => checkFolder(dataDir, folder),
    'backup.preview': ({ id }) => safetyOf(parts).preview(id),
    'backup.list': () => safetyOf(parts).list(),
    'backup.now': async ({ to, workId }, peer) => ({
      point: await works.run('backup', workId, tellTo(peer), (onProgress) =>
        safetyOf(parts).backupNow(to, onProgress),
      ),
    }),
    'backup.verify': async ({ id, workId }, peer) => ({
      points: await works.run('verify', workId, tellTo(peer), (onProgress) =>
        safetyOf(parts).verify(id, onProgress),
      ),
    }),
    'recovery.restore': ({ id, until, shown, workId }, peer) =>
      works.run('restore', workId, tellTo(peer), (onProgress) => {
        const request = { action: 'restore', id: id ?? null, until: until ?? null } as const;
        return choose(parts, request, { shown, onProgress });
      }),
    'recovery.salvage': () => choose(parts, { action: 'salvage' }),
    'recovery.fresh': () => choose(parts, { action: 'fresh' }),
    attach({ supervisorPid }, peer) {
      attached.add(peer);
      void peer.closed.then(() => attached.delete(peer));
      supervisorWatch.attach(supervisorPid, peer.closed);
      return { pid: process.pid, startedAt };
    },
  };
}

function inForce({ settings, sources }: ControlParts): SettingInForce[] {
  return Object.entries(settings).map(([name, value]) => {
    return { name, value, source: originOf(sources[name as SettingName]) };
  });
}

/** At once where it has been quiet, else at the end of the pause: what comes in a crowd is told together. */
function atMostEach(pauseMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  const run = () => {
    again = false;
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) run();
    }, pauseMs).unref();
  };
  return () => {
    if (timer === undefined) run();
    else again = true;
  };
}

function servingOf(parts: ControlParts): ServingParts {
  const serving = parts.serving();
  if (serving === undefined) throw new MasalaError('SERVER_STARTING');
  return serving;
}

function safetyOf(parts: ControlParts): SafetyDesk {
  const safety = parts.safety();
  if (safety === undefined) throw new MasalaError('SERVER_STARTING');
  return safety;
}

async function choose(
  parts: ControlParts,
  request: RecoveryRequest,
  agreed?: Agreed,
): Promise<{ started: boolean }> {
  await safetyOf(parts).choose(request, agreed);
  return { started: true };
}

function tellTo(peer: ControlPeer<CoreControl>): (progress: WorkProgress) => void {
  return (progress) => peer.emit('work.progress', progress);
}

function toldOf(seen: StateSeen): { state: StateSeen['state']; flags: ServerFlag[]; progress: number } {
  // The channel tells safe mode in a field of its own.
  const flags = seen.flags.filter((flag) => flag !== 'safe-mode');
  return { state: seen.state, flags, progress: seen.progress };
}

function statusOf(parts: ControlParts): CoreStatus {
  const { dataDir, startedAt, state, vitals, works, serving, safety, stopping } = parts;
  const { state: present, flags } = toldOf(state.seen);
  const ready = serving();
  const desk = safety();
  return {
    pid: process.pid,
    startedAt,
    state: present,
    flags,
    serverId: ready?.serverId ?? null,
    epoch: ready?.writer.opened.epoch ?? null,
    dataDir,
    port: vitals.port,
    clients: vitals.listener?.clients ?? 0,
    safeMode: state.has('safe-mode'),
    notices: state.seen.notices.map(({ data: _, ...notice }) => notice),
    recovery: desk?.recovery ?? null,
    lastRecovery: desk?.lastRecovery ?? null,
    work: works.told,
    stopping: stopping(),
  };
}

function deviceInfo(device: EnrolledDevice, connected: boolean): DeviceInfo {
  const { deviceId, name, role, pairedAt, lastSeenAt, revokedAt, offerId } = device;
  return { deviceId, name, role, pairedAt, lastSeenAt, revokedAt, connected, offerId };
}
