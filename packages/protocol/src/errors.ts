// The table of every error that a caller can meet: the wire, the clients, the CLI and docs/support.md all read it here.

export interface ErrorRow {
  /** One constant sentence: what happened. What varies travels in `data`. */
  readonly message: string;
  /** The same call may succeed later, unchanged. A retryable error never ends a client's write. */
  readonly retryable: boolean;
  /** What the person in front of the screen can do. */
  readonly hint: string;
}

export const errors = {
  // --- frames and calls ---------------------------------------------------------------------------
  FRAME_TOO_LARGE: {
    message: 'The frame is larger than allowed; the connection is closed.',
    retryable: false,
    hint: 'Send less in one call; `data.limitBytes` names the limit.',
  },
  FRAME_MALFORMED: {
    message: 'The frame is not a valid msgpack message; the connection is closed.',
    retryable: false,
    hint: 'Check the client against docs/protocol.md.',
  },
  PROTOCOL_VERSION_UNSUPPORTED: {
    message: 'Server and client have no protocol version in common.',
    retryable: false,
    hint: 'Update the older of the two; `data` names both ranges.',
  },
  HANDSHAKE_REQUIRED: {
    message: 'The first call of a connection must be session.hello.',
    retryable: false,
    hint: 'Check the client against docs/protocol.md.',
  },
  METHOD_UNKNOWN: {
    message: 'The server has no such method.',
    retryable: false,
    hint: '`data.nearest` names the most similar one. An older server may lack a new method: update it.',
  },
  PARAMS_INVALID: {
    message: 'The params do not fit the method.',
    retryable: false,
    hint: '`data.problems` names each field and what it must be.',
  },
  TOO_MANY_REQUESTS: {
    message: 'The connection has too many requests unanswered.',
    retryable: true,
    hint: 'Wait for answers before asking more.',
  },
  TOO_MANY_CONNECTIONS: {
    message: 'The server has no place for another connection.',
    retryable: true,
    hint: 'Close programs that are not in use; the limit is the setting connections.max.',
  },
  SERVER_BUSY: {
    message: 'The server has more work waiting than it takes on.',
    retryable: true,
    hint: 'The client tries again by itself.',
  },
  DEADLINE_EXCEEDED: {
    message: 'The call was not answered within its deadline.',
    retryable: true,
    hint: 'Try again; if it lasts, look at the server PC.',
  },
  INTERNAL: {
    message: 'The server met an unexpected error.',
    retryable: false,
    hint: 'Give the incident number to support: it finds the log line.',
  },
  CONNECTION_LOST: {
    message: 'The connection to the server went away.',
    retryable: true,
    hint: 'The client reconnects by itself. If it lasts, check that the server PC is switched on.',
  },
  CANCELLED: {
    message: 'The call was cancelled by its caller.',
    retryable: false,
    hint: 'A cancelled write may have been booked all the same: look before entering it again.',
  },

  // --- the server's states ------------------------------------------------------------------------
  SERVER_STARTING: {
    message: 'The server is starting.',
    retryable: true,
    hint: 'Wait a moment; the client tries again by itself.',
  },
  SERVER_STOPPING: {
    message: 'The server is stopping and takes no new work.',
    retryable: true,
    hint: 'The client tries again by itself once the server is back.',
  },
  SERVER_IN_RECOVERY: {
    message: 'The server waits for the admin to restore its database.',
    retryable: true,
    hint: 'On the server PC `masala-server recover` asks what to do. Nothing is lost; the client tries again by itself.',
  },
  SERVER_LOCKED: {
    message: "The server's licence has ended.",
    retryable: true,
    hint: 'Ask the admin to renew the licence.',
  },
  READ_ONLY: {
    message: 'The server takes no changes at the moment.',
    retryable: true,
    hint: 'It runs in safe mode: the admin finds the reason with `masala-server status`.',
  },
  DISK_FULL: {
    message: "The server's disk is full; nothing was saved.",
    retryable: true,
    hint: 'Free space on the server PC. The client tries again by itself.',
  },

  // --- backups and recovery -------------------------------------------------------------------------
  BACKUP_UNKNOWN: {
    message: 'There is no such backup.',
    retryable: false,
    hint: '`masala-server backup list` names them.',
  },
  BACKUP_DAMAGED: {
    message: 'The backup cannot be used: its content is not what was written.',
    retryable: false,
    hint: '`data.reason` says what is wrong. Take another: `masala-server backup list`.',
  },
  BACKUP_FOLDER_UNREACHABLE: {
    message: 'The folder for backups cannot be reached.',
    retryable: true,
    hint: '`data.folder` names it. Check that the drive is plugged in and may be written to.',
  },
  BACKUP_SPACE_LOW: {
    message: 'There is not enough space for the backup.',
    retryable: true,
    hint: 'Free space on the drive of `data.folder`, or name another with --to.',
  },
  BACKUP_WAL_LIMIT: {
    message: 'The backup was broken off: too much was saved while it ran.',
    retryable: true,
    hint: 'It is tried again by itself. If it lasts, the drive of the backups is too slow.',
  },
  BACKUP_FAILED: {
    message: 'The backup could not be made.',
    retryable: true,
    hint: '`data.reason` says why. It is tried again by itself.',
  },
  NO_RESTORE_POINT: {
    message: 'There is nothing to restore from.',
    retryable: false,
    hint: 'Plug in the drive that has the backups, or choose `recover salvage` or `recover fresh`.',
  },
  RESTORE_CHANGED: {
    message: 'What the restore would do has changed since it was shown; nothing was done.',
    retryable: false,
    hint: 'Look at what is shown now, and choose again.',
  },
  RESTORE_TIME_INVALID: {
    message: 'Nothing that is kept reaches back to that moment.',
    retryable: false,
    hint: '`data.earliest` is the earliest moment that can be restored.',
  },
  RESTORE_FAILED: {
    message: 'The restore did not succeed; nothing was changed.',
    retryable: false,
    hint: '`data.reason` says why. Try another backup.',
  },
  SALVAGE_IMPOSSIBLE: {
    message: 'Nothing can be read from the damaged database.',
    retryable: false,
    hint: 'Restore a backup, or begin with a new empty database: `recover fresh`.',
  },
  RECOVERY_RUNNING: {
    message: 'A restore or a salvage is already running.',
    retryable: false,
    hint: 'Wait for its end: `masala-server status` shows how far it is.',
  },
  NOT_IN_RECOVERY: {
    message: 'The server has a good database and does not wait for a recovery.',
    retryable: false,
    hint: 'To go back to an earlier state: `masala-server backup restore`.',
  },

  // --- who may ------------------------------------------------------------------------------------
  NOT_AUTHENTICATED: {
    message: 'The device has not signed in on this connection.',
    retryable: false,
    hint: 'Pair the device with `masala pair CODE`.',
  },
  DEVICE_UNKNOWN: {
    message: 'The server does not know this device.',
    retryable: false,
    hint: 'Pair the device again: the admin makes a code with `masala-server pair`.',
  },
  DEVICE_REVOKED: {
    message: 'The access of this device was revoked.',
    retryable: false,
    hint: 'Ask the admin. A new code from `masala-server pair` lets the device in again.',
  },
  FORBIDDEN: {
    message: 'The role of this device does not allow the call.',
    retryable: false,
    hint: '`data.roles` names the roles that may.',
  },
  JOIN_CODE_INVALID: {
    message: 'The join code is wrong, used or expired.',
    retryable: false,
    hint: 'Make a new one on the server PC with `masala-server pair`.',
  },
  JOIN_CODE_MISTYPED: {
    message: 'The join code does not belong to this server, or was mistyped. Nothing was sent.',
    retryable: false,
    hint: 'Compare it letter by letter; if it is right, this is not the server it was made on.',
  },
  JOIN_TRIES_EXHAUSTED: {
    message: 'Too many wrong join codes were tried.',
    retryable: false,
    hint: 'Wait five minutes, then make a new code on the server PC.',
  },
  JOIN_CODES_TOO_MANY: {
    message: 'Too many join codes are open at once.',
    retryable: false,
    hint: 'Use one of them or wait until they expire (5 minutes).',
  },
  DEVICES_TOO_MANY: {
    message: 'The server has as many devices as it takes.',
    retryable: false,
    hint: 'Revoke devices that are no longer used: `masala-server devices`.',
  },
  SERVER_IDENTITY_MISMATCH: {
    message: 'The server is not the one that this device was paired with. Nothing was sent.',
    retryable: false,
    hint: 'If the server PC was replaced, pair again; else tell the admin: somebody may pretend to be the server.',
  },

  SERVER_NOT_FOUND: {
    message: 'No server was found on the network.',
    retryable: true,
    hint: 'Check that the server PC is switched on and in the same network, or name it: --server HOST:PORT.',
  },
  PROFILE_MISSING: {
    message: 'This device is not paired with a server yet.',
    retryable: false,
    hint: 'Make a code on the server PC with `masala-server pair`, then run `masala pair CODE` here.',
  },
  PROFILE_DAMAGED: {
    message: "The device's profile cannot be read.",
    retryable: false,
    hint: '`data.path` names the file. Move it away and pair the device again with `masala pair CODE`.',
  },
  PROFILE_FROM_FUTURE: {
    message: "The device's profile was written by a newer version of Masala.",
    retryable: false,
    hint: 'Update Masala on this PC.',
  },
  PROFILE_UNUSABLE: {
    message: "The device's profile folder cannot be used: what was saved is not kept here as well.",
    retryable: false,
    hint: 'It is saved on the server all the same. Free space on this PC, and see that the folder is yours.',
  },

  // --- commands -----------------------------------------------------------------------------------
  COMMAND_ID_REUSED: {
    message: 'This command id was already used for another command.',
    retryable: false,
    hint: 'Every new act needs an id of its own; only a retry of the same act repeats one.',
  },
  COMMAND_FROM_OTHER_DEVICE: {
    message: 'This command id belongs to another device.',
    retryable: false,
    hint: 'Every new act needs an id of its own.',
  },
  COMMAND_EXPIRED: {
    message: 'This command was booked so long ago that its answer is no longer kept.',
    retryable: false,
    hint: 'It was not booked again. Look the document up.',
  },
  HISTORY_BRANCHED: {
    message: 'The server was restored again meanwhile.',
    retryable: false,
    hint: 'Run `masala resend` again: what is gone now is worked out anew, and nothing is booked twice.',
  },
  CONFLICT: {
    message: 'This record was modified by another user. Please reload and try again.',
    retryable: false,
    hint: '`data.present` has the record as it is now.',
  },
  NOT_FOUND: {
    message: 'There is no such record.',
    retryable: false,
    hint: '`data` names what was looked for.',
  },

  // --- inventory ----------------------------------------------------------------------------------
  SKU_TAKEN: {
    message: 'Another item has this SKU.',
    retryable: false,
    hint: 'Choose another SKU, or use the item that has it (`data.itemId`).',
  },
  CODE_TAKEN: {
    message: 'Another record has this code.',
    retryable: false,
    hint: 'Choose another code, or use the record that has it (`data.id`).',
  },
  UNIT_UNKNOWN: {
    message: 'There is no such unit.',
    retryable: false,
    hint: '`units.list` names the units.',
  },
  UNITS_TOO_MANY: {
    message: 'There are as many units as the server keeps.',
    retryable: false,
    hint: 'Use one of those that `units.list` names.',
  },
  ITEM_UNKNOWN: {
    message: 'A line names an item that does not exist.',
    retryable: false,
    hint: '`data.lines` names the lines.',
  },
  ITEM_INACTIVE: {
    message: 'A line names an item that is no longer active.',
    retryable: false,
    hint: '`data.lines` names the lines. Activate the item or choose another.',
  },
  ITEM_IN_USE: {
    message: 'Unit and decimals of an item cannot change while documents count in them.',
    retryable: false,
    hint: 'Make a new item instead.',
  },
  LOT_UNKNOWN: {
    message: 'A line names a lot that does not exist or belongs to another item.',
    retryable: false,
    hint: '`data.lines` names the lines.',
  },
  PARTNER_UNKNOWN: {
    message: 'There is no such partner, or it is not of the kind that the document needs.',
    retryable: false,
    hint: 'Receipts need a supplier, dispatches and returns a customer.',
  },
  PARTNER_INACTIVE: {
    message: 'The partner is no longer active.',
    retryable: false,
    hint: 'Activate the partner or choose another.',
  },
  INSUFFICIENT_STOCK: {
    message: 'There is not enough stock.',
    retryable: false,
    hint: '`data.lines` names each line with what it asks for and what there is.',
  },
  QUANTITY_TOO_LARGE: {
    message: 'The stock would grow beyond what can be counted exactly.',
    retryable: false,
    hint: 'Check the quantity and the unit of the lines in `data.lines`.',
  },
  DOCUMENT_EMPTY: {
    message: 'A document without lines cannot be posted.',
    retryable: false,
    hint: 'Add a line first.',
  },
  DOCUMENT_NOT_DRAFT: {
    message: 'The document is posted and can no longer be changed.',
    retryable: false,
    hint: 'Correct it by a reversal and a new document.',
  },
  DOCUMENT_NOT_POSTED: {
    message: 'Only a posted document can be reversed.',
    retryable: false,
    hint: 'A draft can simply be changed. `data.status` names its state.',
  },
  REVERSAL_NOT_REVERSIBLE: {
    message: 'A reversal cannot be reversed.',
    retryable: false,
    hint: 'Enter the original document again.',
  },

  // --- imports ------------------------------------------------------------------------------------
  IMPORT_FILE_UNREADABLE: {
    message: 'The file cannot be read.',
    retryable: false,
    hint: 'Check its name and whether you may read it; `data` says what is wrong.',
  },
  IMPORT_MAP_INVALID: {
    message: 'The map does not say how to read the file.',
    retryable: false,
    hint: '`data.problems` names each field and what it must be.',
  },
  IMPORT_FILE_TOO_LARGE: {
    message: 'The file is larger than an import takes.',
    retryable: false,
    hint: 'Split it by day or month; `data.limitBytes` names the limit.',
  },
  IMPORT_FILE_INCOMPLETE: {
    message: 'Parts of the file did not arrive.',
    retryable: true,
    hint: 'Start the import again: what was booked is not booked twice.',
  },
  IMPORT_EMPTY: {
    message: 'The file has no rows.',
    retryable: false,
    hint: 'Check that it is the right file.',
  },
  IMPORT_HEADER_INVALID: {
    message: 'The header line lacks columns that the map names.',
    retryable: false,
    hint: '`data.missing` names them, `data.found` the columns of the file.',
  },
  IMPORT_CSV_INVALID: {
    message: 'The file is not valid CSV.',
    retryable: false,
    hint: '`data.line` and `data.reason` say where; often a quote is missing.',
  },
  IMPORT_RECORD_TOO_LONG: {
    message: 'A line of the file is longer than any record can be.',
    retryable: false,
    hint: '`data.line` names it; often a quote is missing.',
  },
  IMPORT_ENCODING_INVALID: {
    message: 'The file is not in the encoding that the map names (UTF-8 when it names none).',
    retryable: false,
    hint: 'Save it as UTF-8, or set "encoding": "latin1" in the map.',
  },
  IMPORT_ROW_INVALID: {
    message: 'A row has a value that cannot be read.',
    retryable: false,
    hint: 'The row names the value and what it must be.',
  },
  IMPORT_DOCUMENT_REFUSED: {
    message: 'Another row of the same document is bad, so that none of it was booked.',
    retryable: false,
    hint: 'Mend that row and import again.',
  },
  IMPORT_DOCUMENT_CHANGED: {
    message: 'The document was booked by an earlier import with other content; it was not changed.',
    retryable: false,
    hint: 'Reverse the booked document, or enter the difference by hand.',
  },
  IMPORT_UNKNOWN: {
    message: 'There is no such import on this connection.',
    retryable: false,
    hint: 'Start it again: what was booked is not booked twice.',
  },
  IMPORTS_TOO_MANY: {
    message: 'Too many imports run at once.',
    retryable: true,
    hint: 'Wait until one of them has ended.',
  },

  // --- the server PC: start-up, settings, the control channel ---------------------------------------
  SETTINGS_INVALID: {
    message: 'The settings are invalid.',
    retryable: false,
    hint: 'Mend what `data.problems` names; `masala-server settings list` shows what each setting may be.',
  },
  SETTINGS_UNWRITABLE: {
    message: 'The settings could not be written into settings.json.',
    retryable: true,
    hint: 'Nothing was changed. Give this user the right to write into the data directory, and try again.',
  },
  DASHBOARD_UNAVAILABLE: {
    message: 'The dashboard could not be opened; the server runs on.',
    retryable: true,
    hint: '`data.reason` and logs/dashboard-stderr.log say why. `masala-server` can do all that the dashboard can.',
  },
  DASHBOARD_HUNG: {
    message: 'The program of the dashboard did not answer; the server runs on.',
    retryable: true,
    hint: 'Open it again: what hung was ended. If it stays so, end the processes in `data.pids`; logs/dashboard-stderr.log may say why.',
  },
  NOTIFICATIONS_UNAVAILABLE: {
    message: 'The program of the dashboard cannot show notifications.',
    retryable: false,
    hint: "Nothing: the server shows it in the desktop's own way.",
  },
  CONTROL_REFUSED: {
    message: 'The process behind the control channel could not prove that it is ours.',
    retryable: false,
    hint: 'Only the user who started the server may command it. Check the data directory and the user.',
  },
  CONTROL_UNREACHABLE: {
    message: 'No server answers on the control channel.',
    retryable: true,
    hint: 'Start it with `masala-server start`.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

/** An error as it travels: a row of the table, what varies, and the request's id in the server's log. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly incidentId?: string;
}

/** Whether a code that came from the wire is a row of this version's table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errors, code);
}

/**
 * An error that a caller is meant to meet. A broken invariant is never one: it throws a plain Error, is logged with
 * its stack, and travels as INTERNAL.
 */
export class MasalaError extends Error {
  override readonly name = 'MasalaError';
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly incidentId: string | undefined;

  constructor(
    code: ErrorCode,
    data?: Readonly<Record<string, unknown>>,
    origin: { readonly incidentId?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(errors[code].message, { cause: origin.cause });
    this.code = code;
    this.data = data;
    this.incidentId = origin.incidentId;
  }

  get retryable(): boolean {
    return errors[this.code].retryable;
  }

  get hint(): string {
    return errors[this.code].hint;
  }

  toWire(incidentId = this.incidentId): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.data === undefined ? {} : { data: this.data }),
      ...(incidentId === undefined ? {} : { incidentId }),
    };
  }

  /** A newer server may send a code that this version does not know: it is told as INTERNAL with the code in `data`. */
  static fromWire(wire: { code?: unknown; data?: unknown; incidentId?: unknown }): MasalaError {
    const incidentId = typeof wire.incidentId === 'string' ? wire.incidentId : undefined;
    const data =
      typeof wire.data === 'object' && wire.data !== null
        ? (wire.data as Record<string, unknown>)
        : undefined;
    if (isErrorCode(wire.code)) return new MasalaError(wire.code, data, { incidentId });
    return new MasalaError('INTERNAL', { ...data, code: String(wire.code) }, { incidentId });
  }
}
