// What the admin's desk asks for beside the server's state: who is connected, how fast it works, its disks, its lives, its settings.
//
// Times are UTC milliseconds.

import { databaseEnd, integer, integerOrNull, nothing, text, textOrNull } from './shapes.ts';

/** The connected and signed-in clients. */
export const clientsList = {
  params: nothing,
  result: {
    type: 'object',
    required: ['clients'],
    properties: {
      clients: {
        type: 'array',
        items: {
          type: 'object',
          required: ['deviceId', 'device', 'role', 'program', 'address', 'since', 'lastSaveAt', 'saves'],
          properties: {
            deviceId: text,
            /** The device's name. */
            device: text,
            role: text,
            /** Name and version that the client gave of itself. */
            program: text,
            address: text,
            since: integer,
            /** Null: none on this connection. */
            lastSaveAt: integerOrNull,
            /** On this connection. */
            saves: integer,
          },
        },
      },
    },
  },
} as const;

/** Speed over the last half hour, a point for each step; the newest step is still being counted and not among them. */
export const metricsRead = {
  params: {
    type: 'object',
    properties: {
      /** Only points that began later. */
      since: integer,
    },
  },
  result: {
    type: 'object',
    required: ['stepMs', 'points'],
    properties: {
      stepMs: integer,
      /** Oldest first; a step in which no core served has none. */
      points: {
        type: 'array',
        items: {
          type: 'object',
          required: ['at', 'saves', 'reads', 'saveP50Us', 'saveP99Us', 'clients'],
          properties: {
            /** The beginning of the step. */
            at: integer,
            saves: integer,
            reads: integer,
            /** From a save's frame to its answer, in microseconds; null where there was no save. */
            saveP50Us: integerOrNull,
            saveP99Us: integerOrNull,
            clients: integer,
          },
        },
      },
    },
  },
} as const;

const drive = {
  type: 'object',
  required: ['folder', 'freeBytes', 'totalBytes'],
  properties: { folder: text, freeBytes: integerOrNull, totalBytes: integerOrNull },
} as const;

/** The drives that the server writes to; null bytes where one cannot be asked. */
export const disksRead = {
  params: nothing,
  result: {
    type: 'object',
    required: ['data', 'second', 'databaseBytes', 'lowBytes', 'criticalBytes'],
    properties: {
      data: drive,
      /** Of the second backup folder; null where none is set. */
      second: { anyOf: [drive, { type: 'null' }] },
      databaseBytes: integer,
      lowBytes: integer,
      criticalBytes: integer,
    },
  },
} as const;

/** Whether a folder can hold the backups, before it is made the second one. Makes nothing but a file that it removes. */
export const backupCheckFolder = {
  params: {
    type: 'object',
    required: ['folder'],
    properties: { folder: { ...text, minLength: 1 } },
  },
  result: {
    type: 'object',
    required: ['folder', 'problem', 'sameDisk', 'freeBytes'],
    properties: {
      /** The absolute path that was looked at. */
      folder: text,
      /** Why it cannot be used: it is missing, is no folder, or cannot be written to; null where it can. */
      problem: textOrNull,
      /** On the disk of the data: one broken disk would take both. */
      sameDisk: { type: 'boolean' },
      freeBytes: integerOrNull,
    },
  },
} as const;

/** What a restore would take away, for the admin who is about to choose it. */
export const backupPreview = {
  params: {
    type: 'object',
    required: ['id'],
    properties: {
      /** Of a backup. */
      id: text,
    },
  },
  result: {
    type: 'object',
    required: ['comparable', 'undoneCommands', 'undoneDocuments', 'documents'],
    properties: {
      /** False where the present database is gone, unreadable, or of a history to which the backup does not belong. */
      comparable: { type: 'boolean' },
      /** Booked after the end of the backup. 0 where it is not comparable. */
      undoneCommands: integer,
      undoneDocuments: integer,
      /** The end of the present database as it was compared; absent where none is served. */
      present: databaseEnd,
      /** The newest of them, newest first. */
      documents: {
        type: 'array',
        maxItems: 50,
        items: {
          type: 'object',
          required: ['number', 'kind', 'at', 'partner'],
          properties: { number: textOrNull, kind: text, at: integer, partner: textOrNull },
        },
      },
    },
  },
} as const;

/** A life of the core, from its start to its end. */
const life = {
  type: 'object',
  required: ['pid', 'startedAt', 'servedAt', 'endedAt', 'cause', 'exitCode', 'signal', 'reason'],
  properties: {
    pid: integer,
    startedAt: integer,
    /** When it first served; null where it never did. */
    servedAt: integerOrNull,
    /** Null while it lives. */
    endedAt: integerOrNull,
    /** As that of a death; stopped: in order, because somebody asked; null while it lives. */
    cause: {
      enum: [
        'exited',
        'killed',
        'hung',
        'start-timeout',
        'stop-timeout',
        'spawn-failed',
        'unknown',
        'stopped',
        null,
      ],
    },
    exitCode: integerOrNull,
    signal: textOrNull,
    reason: textOrNull,
  },
} as const;

/** The last lives of the core, over restarts of the supervisor and of the PC, too. */
export const livesList = {
  params: nothing,
  result: {
    type: 'object',
    required: ['lives'],
    /** Newest first. */
    properties: { lives: { type: 'array', maxItems: 200, items: life } },
  },
} as const;

const settingSource = { enum: ['default', 'file', 'environment', 'flag'] } as const;
const settingValue = { anyOf: [text, integer, { type: 'boolean' }] } as const;

/** What the core was started with, which settings.json may no longer say. */
export const settingsInForce = {
  params: nothing,
  result: {
    type: 'object',
    required: ['settings'],
    properties: {
      settings: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'value', 'source'],
          properties: { name: text, value: settingValue, source: settingSource },
        },
      },
    },
  },
} as const;

/** Every setting: its row of the table, its value in force, and where that comes from. */
export const settingsList = {
  params: nothing,
  result: {
    type: 'object',
    required: ['settings'],
    properties: {
      settings: {
        type: 'array',
        items: {
          type: 'object',
          required: [
            'name',
            'type',
            'meaning',
            'default',
            'value',
            'source',
            'stored',
            'unit',
            'minimum',
            'maximum',
            'maxLength',
            'needsRestart',
          ],
          properties: {
            name: text,
            type: { enum: ['integer', 'text', 'switch'] },
            meaning: text,
            default: settingValue,
            /** What the server runs with. */
            value: settingValue,
            /** What `value` comes from; flag and environment win over the file. */
            source: settingSource,
            /** What settings.json says now; null where it does not name it. Differs from `value` until the next start. */
            stored: { anyOf: [settingValue, { type: 'null' }] },
            unit: { enum: ['ms', 'bytes', 'count', 'port', null] },
            minimum: integerOrNull,
            maximum: integerOrNull,
            maxLength: integerOrNull,
            needsRestart: { type: 'boolean' },
          },
        },
      },
    },
  },
} as const;

/** Writes settings into settings.json, all or none. Throws SETTINGS_INVALID with every problem. */
export const settingsSet = {
  params: {
    type: 'object',
    required: ['changes'],
    properties: {
      changes: {
        type: 'array',
        maxItems: 100,
        items: {
          type: 'object',
          required: ['name', 'value'],
          properties: {
            name: text,
            /** Null takes it out of the file: the default is in force again. */
            value: { anyOf: [settingValue, { type: 'null' }] },
          },
        },
      },
    },
  },
  result: {
    type: 'object',
    required: ['needsRestart'],
    /** Whether one of them is in force only after a restart. */
    properties: { needsRestart: { type: 'boolean' } },
  },
} as const;
