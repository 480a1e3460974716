// The control contract: what the server PC's programs ask of the core and of the supervisor over the local channel.
//
// Times are UTC milliseconds. Handlers and typed calls are derived from it, so a missing handler does not compile.

import { limits } from '../limits.ts';
import {
  backupList,
  backupNow,
  backupVerify,
  type journal,
  type lastRecovery,
  type notice,
  type recovery,
  recoveryFresh,
  recoveryRestore,
  recoverySalvage,
  type restorePoint,
  type restoreShown,
  workProgress,
} from './care.ts';
import {
  backupCheckFolder,
  backupPreview,
  clientsList,
  disksRead,
  livesList,
  metricsRead,
  settingsInForce,
  settingsList,
  settingsSet,
} from './desk.ts';
import { type device, devicesList, devicesRevoke, pair, type role } from './devices.ts';
import type { Fitting, Schema } from './schema.ts';
import { integer, integerOrNull, nothing, text, textOrNull } from './shapes.ts';
import { coreStatus, type death, flags, serverStatus, state, type stopPhase } from './status.ts';

interface MethodSchema {
  readonly params: Schema;
  readonly result: Schema;
}

/** One end of the control channel: its name is part of the proof, so that no end can pose as the other. */
export interface ControlContract {
  readonly name: 'core' | 'supervisor' | 'dashboard';
  readonly methods: Readonly<Record<string, MethodSchema>>;
  readonly events: Readonly<Record<string, Schema>>;
}

const stop = {
  type: 'object',
  properties: {
    /** Time for work in flight, and as long again until it is forced; the setting stop.graceMs when absent. */
    graceMs: integer,
  },
} as const;

/** What the core answers on its own socket. */
export const coreControl = {
  name: 'core',
  methods: {
    /** Answered through the main loop and the writer thread: a pong proves that both turn. */
    ping: {
      params: {
        type: 'object',
        required: ['sequence'],
        properties: { sequence: integer },
      },
      result: {
        type: 'object',
        required: [
          'sequence',
          'pid',
          'startedAt',
          'state',
          'flags',
          'clients',
          'queueDepth',
          'eventLoopLagMs',
          'oldestCommandMs',
          'progress',
        ],
        properties: {
          sequence: integer,
          pid: integer,
          startedAt: integer,
          state,
          flags,
          clients: integer,
          /** Commands that wait for the writer. */
          queueDepth: integer,
          eventLoopLagMs: integer,
          /** Age of the oldest command that waits; 0 when none does. */
          oldestCommandMs: integer,
          /** Counts up with every chunk of long work: what advances is not hung. */
          progress: integer,
        },
      },
    },
    status: { params: nothing, result: coreStatus },
    /** Answers at once; the ordered stop goes on behind it and ends with the process. */
    stop: {
      params: stop,
      result: {
        type: 'object',
        required: ['pending'],
        properties: { pending: integer },
      },
    },
    pair,
    'devices.list': devicesList,
    'devices.revoke': devicesRevoke,
    'clients.list': clientsList,
    'metrics.read': metricsRead,
    'disks.read': disksRead,
    'settings.inForce': settingsInForce,
    'backup.checkFolder': backupCheckFolder,
    'backup.preview': backupPreview,
    'backup.list': backupList,
    'backup.now': backupNow,
    'backup.verify': backupVerify,
    'recovery.restore': recoveryRestore,
    'recovery.salvage': recoverySalvage,
    'recovery.fresh': recoveryFresh,
    /**
     * The supervisor announces itself and holds this connection. When it closes, the core waits supervisor.absenceMs
     * and then starts a supervisor, unless run/wanted.json says stopped, supervisor.revivedByService is on, or the
     * budget of `supervisorRevivalAt` is spent.
     */
    attach: {
      params: {
        type: 'object',
        required: ['supervisorPid', 'startedAt'],
        properties: { supervisorPid: integer, startedAt: integer },
      },
      result: {
        type: 'object',
        required: ['pid', 'startedAt'],
        properties: { pid: integer, startedAt: integer },
      },
    },
  },
  events: {
    /**
     * Sent to an attached supervisor whenever one of the fields changes, so that it need not ask; also while long
     * work advances, because a pong may wait behind it and what advances is not hung.
     */
    'state.changed': {
      type: 'object',
      required: ['state', 'flags', 'progress'],
      properties: { state, flags, progress: integer },
    },
    'work.progress': workProgress,
  },
} as const satisfies ControlContract;

/** What the supervisor answers; devices and join codes it forwards to the core. */
export const supervisorControl = {
  name: 'supervisor',
  methods: {
    status: { params: nothing, result: serverStatus },
    /** Answers when the core has ended; the supervisor ends after the answer. */
    stop: {
      params: stop,
      result: {
        type: 'object',
        required: ['forced'],
        properties: { forced: { type: 'boolean' } },
      },
    },
    /** Stops the core in order and starts it again; the restart budget is forgiven, since a person asked. */
    restart: {
      params: stop,
      result: {
        type: 'object',
        required: ['pid'],
        properties: { pid: integerOrNull },
      },
    },
    /** The window was closed and hides in the tray: says, once in a session, that the server runs on. */
    windowHidden: { params: nothing, result: nothing },
    /** A second start, or the tray, asks for the dashboard: it is opened, or brought to the front. */
    show: {
      params: nothing,
      result: {
        type: 'object',
        required: ['pid'],
        properties: { pid: integer },
      },
    },
    /** `status.changed` is sent on this connection from now on. */
    watch: { params: nothing, result: serverStatus },
    pair,
    'devices.list': devicesList,
    'devices.revoke': devicesRevoke,
    'clients.list': clientsList,
    'metrics.read': metricsRead,
    'disks.read': disksRead,
    /** Answered by the supervisor: also while no core is there. */
    'lives.list': livesList,
    'settings.list': settingsList,
    'settings.set': settingsSet,
    'backup.checkFolder': backupCheckFolder,
    'backup.preview': backupPreview,
    'backup.list': backupList,
    'backup.now': backupNow,
    'backup.verify': backupVerify,
    'recovery.restore': recoveryRestore,
    'recovery.salvage': recoverySalvage,
    'recovery.fresh': recoveryFresh,
  },
  events: {
    'status.changed': serverStatus,
    'work.progress': workProgress,
  },
} as const satisfies ControlContract;

/** What the host of the dashboard's page answers: Electron's main process, or the one that serves a browser. */
export const dashboardControl = {
  name: 'dashboard',
  methods: {
    /** Shows the dashboard: brings its window to the front, or makes a page that signs a browser in. */
    open: {
      params: {
        type: 'object',
        properties: {
          /** Which page, such as `/exit`; the first one when absent. */
          path: text,
        },
      },
      result: {
        type: 'object',
        required: ['pid', 'page'],
        properties: {
          pid: integer,
          /** The file to open in a browser, valid once and for a minute; null where the host has a window of its own. */
          page: textOrNull,
        },
      },
    },
    /**
     * Shows a notification in the host's own way; answers when it is seen. NOTIFICATIONS_UNAVAILABLE where the host has none, as
     * the one that serves a browser, or where the desktop did not show it.
     */
    notify: {
      params: {
        type: 'object',
        required: ['title', 'body', 'urgency'],
        properties: {
          title: { type: 'string', minLength: 1, maxLength: limits.notificationTitleMaxLength },
          body: { type: 'string', maxLength: limits.notificationBodyMaxLength },
          /** critical: stays until somebody takes it away. */
          urgency: { enum: ['normal', 'critical'] },
        },
      },
      result: nothing,
    },
    /** Ends the host; the server runs on. */
    close: { params: nothing, result: nothing },
  },
  events: {},
} as const satisfies ControlContract;

export type CoreControl = typeof coreControl;
export type SupervisorControl = typeof supervisorControl;
export type DashboardControl = typeof dashboardControl;

export type MethodName<C extends ControlContract> = keyof C['methods'] & string;
export type EventName<C extends ControlContract> = keyof C['events'] & string;
export type ParamsOf<C extends ControlContract, M extends MethodName<C>> = Fitting<C['methods'][M]['params']>;
export type ResultOf<C extends ControlContract, M extends MethodName<C>> = Fitting<C['methods'][M]['result']>;
export type EventOf<C extends ControlContract, E extends EventName<C>> = Fitting<C['events'][E]>;

/** The caller's end of a connection, as a handler sees it. */
export interface ControlPeer<C extends ControlContract> {
  /** Settles when the connection has closed, whoever closed it. Never rejects. */
  readonly closed: Promise<void>;
  /** Sends an event to this caller; nothing happens when the connection has closed. */
  emit<E extends EventName<C>>(event: E, params: EventOf<C, E>): void;
}

/** One handler a method: it returns the result, or throws a MasalaError that travels with its code. */
export type ControlHandlers<C extends ControlContract> = {
  readonly [M in MethodName<C>]: (
    params: ParamsOf<C, M>,
    peer: ControlPeer<C>,
  ) => ResultOf<C, M> | Promise<ResultOf<C, M>>;
};

export type ServerState = Fitting<typeof state>;
export type ServerFlag = Fitting<typeof flags>[number];
export type DeviceRole = Fitting<typeof role>;
export type DeviceInfo = Fitting<typeof device>;
export type Pong = ResultOf<CoreControl, 'ping'>;
export type CoreStatus = Fitting<typeof coreStatus>;
export type Death = Fitting<typeof death>;
export type ServerStatus = Fitting<typeof serverStatus>;
export type NoticeTold = Fitting<typeof notice>;
export type RestoreShown = Fitting<typeof restoreShown>;
export type RestorePointTold = Fitting<typeof restorePoint>;
export type JournalTold = Fitting<typeof journal>;
export type RecoveryTold = NonNullable<Fitting<typeof recovery>>;
export type LastRecovery = NonNullable<Fitting<typeof lastRecovery>>;
export type StopPhase = Fitting<typeof stopPhase>;
export type WorkProgress = Fitting<typeof workProgress>;
export type ClientTold = ResultOf<SupervisorControl, 'clients.list'>['clients'][number];
export type MetricsPoint = ResultOf<SupervisorControl, 'metrics.read'>['points'][number];
export type Life = ResultOf<SupervisorControl, 'lives.list'>['lives'][number];
export type SettingInForce = ResultOf<CoreControl, 'settings.inForce'>['settings'][number];
export type SettingTold = ResultOf<SupervisorControl, 'settings.list'>['settings'][number];
