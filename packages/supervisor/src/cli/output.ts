// What the `masala-server` command prints: results and errors, for a person or (with --json) for a script.

import { type ExitCodeName, errors, exitCodes, MasalaError } from '@masala/protocol/tables';

export interface OutputOptions {
  readonly json: boolean;
}

/** One JSON document on stdout with --json, else the lines for a person. */
export function printResult(result: unknown, lines: readonly string[], { json }: OutputOptions): void {
  console.log(json ? JSON.stringify(result) : lines.join('\n'));
}

/** What happened, what it means, what to do. */
export interface Complaint {
  readonly exitCode: ExitCodeName;
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string;
}

/** Prints a complaint, to stdout as `{ error }` with --json, else to stderr. Returns the exit code's number. */
export function complain(complaint: Complaint, { json }: OutputOptions): number {
  const { exitCode, code, message, details, hint } = complaint;
  if (json) console.log(JSON.stringify({ error: { code, message, details, hint } }));
  else console.error([`masala-server: ${message}`, ...indented(details), `  What to do: ${hint}`].join('\n'));
  return exitCodes[exitCode].code;
}

function indented(details: readonly string[]): string[] {
  return details.flatMap((detail) => detail.split('\n')).map((line) => `  ${line}`);
}

/** Complains about a command line that is well formed but cannot be meant. Returns the exit code's number. */
export function complainUsage(message: string, options: OutputOptions): number {
  const hint = '`masala-server --help`, also after a subcommand, lists what is possible.';
  return complain({ exitCode: 'USAGE', code: 'USAGE', message, details: [], hint }, options);
}

/** The complaint for an error of the table. */
export function complaintOf(error: MasalaError): Complaint {
  const { reason, folder, earliest } = error.data ?? {};
  const incident = error.incidentId === undefined ? [] : [`Incident ${error.incidentId} in the logs.`];
  return {
    exitCode: exitCodeOf(error),
    code: error.code,
    message: error.message,
    details: [
      ...[folder, reason].filter((detail) => typeof detail === 'string'),
      ...(typeof earliest === 'number' ? [`The earliest is ${new Date(earliest).toLocaleString()}.`] : []),
      ...problemsOf(error),
      ...incident,
    ],
    hint: errors[error.code].hint,
  };
}

function problemsOf(error: MasalaError): string[] {
  const problems = error.data?.problems;
  return Array.isArray(problems) ? problems.map(String) : [];
}

function exitCodeOf(error: MasalaError): ExitCodeName {
  switch (error.code) {
    case 'SETTINGS_INVALID':
      return 'SETTINGS_INVALID';
    case 'CONTROL_UNREACHABLE':
      return 'NOT_RUNNING';
    case 'DEADLINE_EXCEEDED':
      return 'TIMED_OUT';
    case 'SERVER_STARTING':
    case 'SERVER_STOPPING':
    case 'SERVER_IN_RECOVERY':
    case 'SERVER_LOCKED':
      return 'NOT_READY';
    default:
      return 'FAILED';
  }
}

/** What to do about a start that was refused; the exit code's row says what it means. */
const startHints: Partial<Record<ExitCodeName, string>> = {
  SETTINGS_INVALID:
    'Mend each line above, in settings.json, the environment or the command line, and start again.',
  PORT_TAKEN:
    'End the other program, or choose another port with --port (--port 0 picks a free one and keeps it).',
  DATA_DIRECTORY_LOCKED:
    'Another server uses this data directory: stop it first, or name another one with --data-dir.',
  DATA_DIRECTORY_NOT_WRITABLE:
    'Give this user the right to write there, or name another data directory with --data-dir.',
  DATABASE_FROM_FUTURE:
    'Install the version of Masala that wrote the database, or a newer one. Nothing was changed.',
  ADDRESS_UNAVAILABLE: 'Choose an address of this PC with --host, or leave --host away to listen on all.',
  DATABASE_READ_ONLY:
    'Give this user the right to write to the database and its folder. Nothing was changed.',
  DATA_DIRECTORY_NETWORKED:
    'Move the data directory to a drive inside this PC, and name it with --data-dir. Backups may go to the network.',
  IDENTITY_DAMAGED:
    'Bring the folder identity/ back from a backup. Without it every device has to be paired again.',
  NOT_READY: 'Look at the last death with `masala-server status`, then try `masala-server restart`.',
};

/** The complaint for a start that ended with an exit code. */
export function startComplaint(exitCode: ExitCodeName, details: readonly string[]): Complaint {
  const hint = startHints[exitCode] ?? 'Look into the folder logs/ of the data directory.';
  return { exitCode, code: exitCode, message: exitCodes[exitCode].meaning, details, hint };
}

/** The complaint for anything thrown: what is no row of the error table is a fault of ours, told with its stack. */
export function asComplaint(error: unknown): Complaint {
  if (error instanceof MasalaError) return complaintOf(error);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: 'FAILED',
    code: 'INTERNAL',
    message: errors.INTERNAL.message,
    details: [stack],
    hint: 'Give the lines above to support, with the folder logs/ of the data directory.',
  };
}
