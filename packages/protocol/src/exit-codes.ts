// What a process's exit code tells its parent and the admin's scripts: an API, so no number is ever reused.

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
  /** Whether the supervisor may start the core again after it. */
  readonly restart: boolean;
}

/** Codes from 20 on are the core's: the twenties mean "do not restart me", the thirties "start me again". */
export const exitCodes = {
  OK: { code: 0, meaning: 'Done, or stopped in order.', restart: false },
  FAILED: { code: 1, meaning: 'The call failed; the message says why.', restart: true },
  USAGE: { code: 2, meaning: 'The command line is wrong; --help lists what is possible.', restart: false },
  NOT_RUNNING: { code: 3, meaning: 'No server runs for this data directory.', restart: false },
  NOT_READY: {
    code: 4,
    meaning: 'The server runs but serves nobody: starting, in recovery, locked, or stopped after safe mode.',
    restart: false,
  },
  ALREADY_RUNNING: {
    code: 5,
    meaning: 'A server already runs; it was asked to show itself.',
    restart: false,
  },
  TIMED_OUT: { code: 6, meaning: 'No answer in time.', restart: false },

  SETTINGS_INVALID: { code: 20, meaning: 'A setting is unknown or out of range.', restart: false },
  PORT_TAKEN: { code: 21, meaning: 'Another program uses the port.', restart: false },
  DATA_DIRECTORY_LOCKED: { code: 22, meaning: 'Another core uses this data directory.', restart: false },
  DATA_DIRECTORY_NOT_WRITABLE: {
    code: 23,
    meaning: 'The data directory cannot be written to.',
    restart: false,
  },
  DATABASE_FROM_FUTURE: {
    code: 24,
    meaning: 'The database was written by a newer version of Masala.',
    restart: false,
  },
  ADDRESS_UNAVAILABLE: {
    code: 25,
    meaning: 'The address to listen on is not one of this PC.',
    restart: false,
  },
  IDENTITY_DAMAGED: { code: 26, meaning: "The server's key or certificate cannot be read.", restart: false },
  DATABASE_READ_ONLY: {
    code: 27,
    meaning: 'The database or its folder can be read but not written to.',
    restart: false,
  },
  DATA_DIRECTORY_NETWORKED: {
    code: 28,
    meaning: 'The data directory is on a network drive, where no database is safe.',
    restart: false,
  },

  FAULT: {
    code: 30,
    meaning: 'An unexpected error ended the core; its reason file has the stack.',
    restart: true,
  },
  COMMIT_UNKNOWN: {
    code: 31,
    meaning: 'A commit failed in a way that leaves open whether it is on disk; nobody was answered.',
    restart: true,
  },
  LOCK_LOST: {
    code: 32,
    meaning: 'The lock file or the control socket was deleted while in use.',
    restart: true,
  },
  STOP_FORCED: { code: 33, meaning: 'The ordered stop took too long and was forced.', restart: true },
  DATABASE_UNUSABLE: { code: 34, meaning: 'The database could not be opened or migrated.', restart: true },
  STORAGE_LOST: {
    code: 35,
    meaning: 'The database file was deleted or replaced while in use; the next start is a recovery.',
    restart: true,
  },
  DATABASE_DAMAGED: {
    code: 36,
    meaning: 'A check found damage in the database; the next start is a recovery.',
    restart: true,
  },
  RECOVERY_REQUESTED: {
    code: 37,
    meaning: 'The admin asked for a restore, which the next start makes.',
    restart: true,
  },
} as const satisfies Record<string, ExitCode>;

export type ExitCodeName = keyof typeof exitCodes;

/** The row of a number, or undefined where no row has it (a signal, or another program's code). */
export function exitCodeNamed(code: number | null): (ExitCode & { readonly name: ExitCodeName }) | undefined {
  for (const [name, row] of Object.entries(exitCodes)) {
    if (row.code === code) return { name: name as ExitCodeName, ...row };
  }
  return undefined;
}
