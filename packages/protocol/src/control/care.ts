// What the control contract says of backups, recovery and notices: the care for the data.
//
// Times are UTC milliseconds.

import { databaseEnd, integer, integerOrNull, nothing, text, textOrNull } from './shapes.ts';

/** A row of the notice table, filled in. */
export const notice = {
  type: 'object',
  required: ['name', 'level', 'message', 'hint', 'since'],
  properties: {
    name: text,
    level: { enum: ['info', 'warn', 'error'] },
    message: text,
    hint: text,
    since: integer,
  },
} as const;
/** Sixteen is more than there are kinds of notices. */
export const noticeList = { type: 'array', maxItems: 16, items: notice } as const;

/** A backup that a restore can begin from. */
export const restorePoint = {
  type: 'object',
  required: [
    'id',
    'kind',
    'place',
    'path',
    'madeAt',
    'bytes',
    'databaseBytes',
    'documents',
    'commands',
    'epoch',
    'lastSequence',
    'lastCommandAt',
    'state',
    'problem',
  ],
  properties: {
    id: text,
    kind: { enum: ['snapshot', 'daily', 'weekly', 'manual', 'emergency'] },
    place: { enum: ['data', 'second', 'path'] },
    path: text,
    madeAt: integer,
    /** Compressed. */
    bytes: integer,
    databaseBytes: integer,
    documents: integer,
    commands: integer,
    epoch: text,
    lastSequence: integer,
    lastCommandAt: integerOrNull,
    /** verified: opened, checked and restored into a scratch file. */
    state: { enum: ['verified', 'unverified', 'damaged'] },
    /** What is wrong with a damaged one. */
    problem: textOrNull,
  },
} as const;

/** The journal on the second drive: how far it reaches, and how far it is behind the database. */
export const journal = {
  type: 'object',
  required: ['folder', 'state', 'lastSequence', 'lastAt', 'lagCommands', 'reason'],
  properties: {
    folder: text,
    state: { enum: ['current', 'behind', 'unreachable'] },
    lastSequence: integer,
    lastAt: integerOrNull,
    /** Null where there is no database to compare it with. */
    lagCommands: integerOrNull,
    reason: textOrNull,
  },
} as const;

export const backupList = {
  params: nothing,
  result: {
    type: 'object',
    required: ['points', 'unreachable', 'journal'],
    properties: {
      /** Newest first. */
      points: { type: 'array', items: restorePoint },
      /** Folders that are configured and cannot be reached now: what they have is unknown, not nothing. */
      unreachable: { type: 'array', items: text },
      journal: { anyOf: [journal, { type: 'null' }] },
      /** When the next one is due; null while they pause or nothing was ever booked; absent where no database is served. */
      nextAt: integerOrNull,
      /** The end of the database that is served, so that one can tell what a restore would undo. */
      present: databaseEnd,
    },
  },
} as const;

/** Under which the progress of long work is told; the core makes one up when absent. */
const workId = text;

export const backupNow = {
  params: {
    type: 'object',
    properties: {
      /** A folder, such as that of a USB drive; the usual folders when absent. */
      to: text,
      workId,
    },
  },
  result: { type: 'object', required: ['point'], properties: { point: restorePoint } },
} as const;

export const backupVerify = {
  params: {
    type: 'object',
    properties: {
      /** All of them when absent. */
      id: text,
      workId,
    },
  },
  result: {
    type: 'object',
    required: ['points'],
    properties: { points: { type: 'array', items: restorePoint } },
  },
} as const;

const started = {
  type: 'object',
  required: ['started'],
  properties: { started: { type: 'boolean' } },
} as const;

/** What the admin was shown before agreeing to a restore. */
export const restoreShown = {
  type: 'object',
  properties: {
    /** The backup, and its end. */
    point: {
      type: 'object',
      required: ['id', 'lastSequence'],
      properties: { id: text, lastSequence: integer },
    },
    /** The end of the database that is served, up to which would be undone; absent where none is served. */
    present: databaseEnd,
  },
} as const;

/**
 * The admin's choices. Each answers as soon as the choice is written down durably; `recovery` in the status shows how far
 * it is, `lastRecovery` how it ended.
 */
export const recoveryRestore = {
  params: {
    type: 'object',
    properties: {
      /** A backup's id; the newest good state when absent. */
      id: text,
      /** UTC ms: nothing that was booked later. The newest that is there when absent. */
      until: integer,
      /** RESTORE_CHANGED when it is no longer what is there; nothing is compared when absent. */
      shown: restoreShown,
      workId,
    },
  },
  result: started,
} as const;
export const recoverySalvage = { params: nothing, result: started } as const;
export const recoveryFresh = { params: nothing, result: started } as const;

const recoveryAction = { enum: ['restore', 'salvage', 'fresh'] } as const;

/** Why the core is in recovery, what the newest good state is, and how far a choice is; null outside of it. */
export const recovery = {
  anyOf: [
    { type: 'null' },
    {
      type: 'object',
      required: ['reason', 'question', 'message', 'since', 'newest', 'unreachable', 'working', 'failure'],
      properties: {
        reason: { enum: ['missing', 'damaged', 'lost', 'requested'] },
        /** For the dialogue, such as "No database found. Restore from latest backup (2 hours ago)?". */
        question: text,
        message: text,
        since: integer,
        newest: { anyOf: [restorePoint, { type: 'null' }] },
        unreachable: { type: 'array', items: text },
        working: {
          anyOf: [
            { type: 'null' },
            {
              type: 'object',
              required: ['action', 'phase', 'done', 'total'],
              properties: { action: recoveryAction, phase: text, done: integer, total: integer },
            },
          ],
        },
        /** Why the last choice failed. */
        failure: {
          anyOf: [
            { type: 'null' },
            {
              type: 'object',
              required: ['code', 'message', 'reason'],
              properties: { code: text, message: text, reason: text },
            },
          ],
        },
      },
    },
  ],
} as const;

export const lastRecovery = {
  anyOf: [
    { type: 'null' },
    {
      type: 'object',
      required: ['action', 'at', 'asOf', 'epoch', 'branchSequence', 'summary', 'warnings'],
      properties: {
        action: recoveryAction,
        at: integer,
        /** The time of the newest command that is back; null where there is none. */
        asOf: integerOrNull,
        epoch: text,
        branchSequence: integer,
        /** What was done, a sentence a line. */
        summary: { type: 'array', items: text },
        warnings: { type: 'array', items: text },
      },
    },
  ],
} as const;

/** How far long work is that somebody asked for; as an event sent to the connection that asked for it. */
export const workProgress = {
  type: 'object',
  required: ['id', 'work', 'phase', 'done', 'total'],
  properties: {
    id: text,
    work: { enum: ['backup', 'verify', 'restore'] },
    /** Empty until it is this one's turn. */
    phase: text,
    done: integer,
    total: integer,
  },
} as const;
/** All that is under way. Backups take turns: sixteen that wait are more than anybody asks for. */
export const workList = { type: 'array', maxItems: 16, items: workProgress } as const;
