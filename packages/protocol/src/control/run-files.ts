// The small files in run/ by which supervisor and core find each other and tell why they ended.
//
// Each is written durably (temporary file, fsync, rename, fsync of the folder) and read with distrust: a file that is
// missing, cut or of another shape reads as null.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFileDurably, replaceFileDurablyAsync } from '../durable-file.ts';
import { type Fitting, misfit, type Schema } from './schema.ts';
import { writeWithReserve, writeWithReserveAsync } from './space-reserve.ts';

const integer = { type: 'integer' } as const;
const text = { type: 'string' } as const;
const textOrNull = { anyOf: [text, { type: 'null' }] } as const;
const integerOrNull = { anyOf: [integer, { type: 'null' }] } as const;

/** `processStart` is `processStartOf(pid)`: with the pid it names one process for ever. */
const processFile = {
  type: 'object',
  required: ['pid', 'startedAt', 'processStart', 'control'],
  properties: {
    pid: integer,
    startedAt: integer,
    processStart: textOrNull,
    /** The address of the process's control endpoint (`endpointToServe(...).address`). */
    control: text,
  },
} as const;

const exitReason = {
  type: 'object',
  required: ['pid', 'at', 'code', 'reason', 'message'],
  properties: {
    pid: integer,
    at: integer,
    /** The number that the process exits with. */
    code: integer,
    /** The name of the exit code's row, such as PORT_TAKEN. */
    reason: text,
    /** What happened, in a sentence with its particulars; several problems are lines of it. */
    message: text,
  },
} as const;

const wanted = {
  type: 'object',
  required: ['wanted', 'flags', 'deaths', 'lastDeath', 'supervisorStarts'],
  properties: {
    wanted: { enum: ['running', 'stopped'] },
    /** The flags of the start, so that a revived supervisor starts the same server. */
    flags: {
      type: 'object',
      required: ['host', 'port', 'discoveryPort', 'set'],
      properties: {
        host: textOrNull,
        port: integerOrNull,
        discoveryPort: integerOrNull,
        set: { type: 'array', items: text },
        /** False: `--no-tray`. */
        tray: { type: 'boolean' },
      },
    },
    /** Deaths of the core that are not forgiven yet, oldest first. */
    deaths: {
      type: 'array',
      items: {
        type: 'object',
        required: ['at', 'safeMode'],
        properties: { at: integer, safeMode: { type: 'boolean' } },
      },
    },
    lastDeath: {
      anyOf: [
        {
          type: 'object',
          required: ['at', 'cause', 'exitCode', 'signal', 'reason', 'stderrTail'],
          properties: {
            at: integer,
            cause: text,
            exitCode: integerOrNull,
            signal: textOrNull,
            reason: textOrNull,
            stderrTail: textOrNull,
          },
        },
        { type: 'null' },
      ],
    },
    /** Times at which supervisors started, newest last. */
    supervisorStarts: { type: 'array', items: integer },
  },
} as const;

const runFiles = {
  /** Written by the core once it holds the directory and listens on its control endpoint. */
  'core.json': processFile,
  /** Written by the supervisor once it holds the instance lock. */
  'supervisor.json': processFile,
  /** Written by the host of the dashboard's page once it listens on its control endpoint. */
  'dashboard.json': processFile,
  /** Written by the core before it ends, whatever the reason. */
  'exit-reason.json': exitReason,
  /** Written by the supervisor before every start and stop. */
  'wanted.json': wanted,
} as const satisfies Record<string, Schema>;

export type RunFileName = keyof typeof runFiles;
export type RunFile<Name extends RunFileName> = Fitting<(typeof runFiles)[Name]>;
export type StartFlags = RunFile<'wanted.json'>['flags'];

/** The folder of a data directory that holds sockets, locks and these files. */
export function runFolder(dataDir: string): string {
  return join(dataDir, 'run');
}

/** The content of a run file, or null where it is missing or not what it should be. */
export function readRunFile<Name extends RunFileName>(dataDir: string, name: Name): RunFile<Name> | null {
  let content: string;
  try {
    content = readFileSync(join(runFolder(dataDir), name), 'utf8');
  } catch {
    return null; // missing or unreadable: both mean that nothing is known
  }
  return runFileIn(name, content);
}

/** As `readRunFile`, for a main loop that must not wait for a disk. */
export async function readRunFileAsync<Name extends RunFileName>(
  dataDir: string,
  name: Name,
): Promise<RunFile<Name> | null> {
  try {
    return runFileIn(name, await readFile(join(runFolder(dataDir), name), 'utf8'));
  } catch {
    return null; // as above
  }
}

function runFileIn<Name extends RunFileName>(name: Name, content: string): RunFile<Name> | null {
  try {
    const value: unknown = JSON.parse(content);
    return misfit(runFiles[name], value) === undefined ? (value as RunFile<Name>) : null;
  } catch {
    return null; // cut short by a crash of a foreign writer
  }
}

/** Writes a run file durably, on a full disk in the reserve: when it returns, no power cut brings the old content back. */
export function writeRunFile<Name extends RunFileName>(
  dataDir: string,
  name: Name,
  value: RunFile<Name>,
): void {
  const folder = runFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeWithReserve(folder, () => replaceFileDurably(join(folder, name), `${JSON.stringify(value)}\n`));
}

/** As `writeRunFile`, for a main loop that must not wait for a disk. */
export async function writeRunFileAsync<Name extends RunFileName>(
  dataDir: string,
  name: Name,
  value: RunFile<Name>,
): Promise<void> {
  const folder = runFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const content = `${JSON.stringify(value)}\n`;
  await writeWithReserveAsync(folder, () => replaceFileDurablyAsync(join(folder, name), content));
}

/** Removes a run file; that it is already gone is no error. */
export function removeRunFile(dataDir: string, name: RunFileName): void {
  rmSync(join(runFolder(dataDir), name), { force: true });
}
