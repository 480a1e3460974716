// What the control contract says of the server's state: the status that the core and the supervisor answer with.
//
// Times are UTC milliseconds.

import { lastRecovery, noticeList, recovery, workList } from './care.ts';
import { integer, integerOrNull, text, textOrNull } from './shapes.ts';

export const state = {
  enum: ['starting', 'recovery', 'running', 'draining', 'stopped'],
} as const;
export const flags = {
  type: 'array',
  maxItems: 8,
  items: { enum: ['read-only', 'degraded', 'locked'] },
} as const;

/**
 * draining: what was asked is answered · clients: they are sent away, and what they still sent is answered · work: backups
 * and checks are broken off · database: what is in its log goes into the database file, and the files are closed.
 */
export const stopPhase = { enum: ['draining', 'clients', 'work', 'database'] } as const;

export const coreStatus = {
  type: 'object',
  required: [
    'pid',
    'startedAt',
    'state',
    'flags',
    'serverId',
    'epoch',
    'dataDir',
    'port',
    'clients',
    'safeMode',
    'notices',
    'recovery',
    'lastRecovery',
    'work',
    'stopping',
  ],
  properties: {
    pid: integer,
    startedAt: integer,
    state,
    flags,
    /** Null until the identity and the database are open. */
    serverId: textOrNull,
    epoch: textOrNull,
    dataDir: text,
    /** The TCP port that it listens on; null until it does. */
    port: integerOrNull,
    clients: integer,
    safeMode: { type: 'boolean' },
    notices: noticeList,
    recovery,
    lastRecovery,
    work: workList,
    /** How far its ordered stop is; null where none is under way. */
    stopping: {
      anyOf: [
        {
          type: 'object',
          required: ['phase', 'pending'],
          properties: { phase: stopPhase, pending: integer },
        },
        { type: 'null' },
      ],
    },
  },
} as const;

/** How and why a core ended, as far as it can be known: the exit code of an adopted process cannot be read. */
export const death = {
  type: 'object',
  required: ['at', 'cause', 'exitCode', 'signal', 'reason', 'stderrTail'],
  properties: {
    at: integer,
    /** exited: by itself; killed: by a signal from outside; hung, start-timeout, stop-timeout: ended by the supervisor. */
    cause: {
      enum: ['exited', 'killed', 'hung', 'start-timeout', 'stop-timeout', 'spawn-failed', 'unknown'],
    },
    exitCode: integerOrNull,
    signal: textOrNull,
    /** What the core itself wrote durably before it ended. */
    reason: textOrNull,
    stderrTail: textOrNull,
  },
} as const;

/** Exactly the fields of `masala-server status --json`: the customer's scripts read them. */
export const serverStatus = {
  type: 'object',
  required: [
    'state',
    'flags',
    'serverId',
    'epoch',
    'dataDir',
    'port',
    'clients',
    'supervisor',
    'core',
    'notices',
    'recovery',
    'lastRecovery',
    'name',
    'stopping',
    'work',
  ],
  properties: {
    state,
    flags,
    /** The name under which clients see the server. */
    name: text,
    serverId: textOrNull,
    epoch: textOrNull,
    dataDir: text,
    port: integerOrNull,
    clients: integer,
    /** The ordered stop that is under way: since when, and when what is left is forced; null where there is none. */
    stopping: {
      anyOf: [
        {
          type: 'object',
          required: ['since', 'forcedAt', 'phase', 'pending'],
          properties: {
            since: integer,
            forcedAt: integer,
            /** What the core does for it; null while it has not heard of it. */
            phase: { anyOf: [stopPhase, { type: 'null' }] },
            /** Commands that were not answered yet when the core was last heard. */
            pending: integer,
          },
        },
        { type: 'null' },
      ],
    },
    supervisor: {
      anyOf: [
        {
          type: 'object',
          required: ['pid', 'startedAt'],
          properties: { pid: integer, startedAt: integer },
        },
        { type: 'null' },
      ],
    },
    core: {
      type: 'object',
      required: [
        'pid',
        'state',
        'startedAt',
        'restarts',
        'lastDeath',
        'mendsDeath',
        'safeMode',
        'suspectSince',
      ],
      properties: {
        pid: integerOrNull,
        state,
        startedAt: integerOrNull,
        safeMode: { type: 'boolean' },
        /** Since when it has not answered its pings; null while it does. */
        suspectSince: integerOrNull,
        /** Counted since the supervisor's start. */
        restarts: integer,
        lastDeath: { anyOf: [death, { type: 'null' }] },
        /** Whether the start that is under way, or the last one, follows a death; false where somebody asked for it. */
        mendsDeath: { type: 'boolean' },
      },
    },
    notices: noticeList,
    recovery,
    lastRecovery,
    /** Long work that somebody asked for. */
    work: workList,
  },
} as const;
