// The log viewer's pages: the lines of the server's logs that fit a question, newest first, with a bound to each answer.

import { MasalaError } from '@masala/protocol/tables';
import {
  type LogFileName,
  type LogLevelName,
  type LogLine,
  type LogPage,
  type LogQuery,
  logFiles,
  logLevels,
} from '../bridge/logs.ts';
import { type BackwardLine, BackwardLines, type LogPlace } from './backward-lines.ts';

/** As the bridge says: some screens full. */
const PAGE_LINES_MAX = 200;

/** Of each log, a question: read and parsed in a tenth of a second; what is older is asked for again. */
const QUESTION_BYTES_MAX = 4 * 1024 * 1024;

/** So many lines in a row older than `since` end the search: a clock that was set back makes a few, never all of them. */
const OLDER_LINES_MAX = 200;

export interface LogBounds {
  readonly linesMax: number;
  readonly bytesMax: number;
}

const usualBounds: LogBounds = { linesMax: PAGE_LINES_MAX, bytesMax: QUESTION_BYTES_MAX };

/**
 * A page of the logs in `folder`. Where the bound of the answer ends it early, it may be short, or even empty, and still
 * have a `next`. Rejects with PARAMS_INVALID for a `before` that is none of ours.
 */
export async function readLogPage(
  folder: string,
  query: LogQuery,
  bounds: LogBounds = usualBounds,
): Promise<LogPage> {
  const from = query.before === undefined ? {} : readCursor(query.before);
  const logs = logFiles
    .filter((name) => query.file === undefined || query.file === name)
    .filter((name) => from[name] !== null)
    .map((name) => new FittingLines(folder, name, query, bounds.bytesMax, from[name]));
  try {
    const lines = await merge(logs, bounds.linesMax);
    // A log that ended on an earlier page stays ended.
    const places: Places = { ...from, ...placesOf(logs) };
    const next = logs.some((log) => log.place !== null) ? writeCursor(places) : null;
    return { lines, next };
  } finally {
    await Promise.all(logs.map((log) => log.close()));
  }
}

/** The newest of all logs' next lines, again and again; ends where one of them cannot say whether it has a newer one. */
async function merge(logs: readonly FittingLines[], linesMax: number): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  while (lines.length < linesMax) {
    await Promise.all(logs.map((log) => log.look()));
    if (logs.some((log) => log.line === null && log.place !== null)) break;
    const newest = logs
      .filter((log) => log.line !== null)
      .reduce<FittingLines | undefined>(
        (best, log) => (best === undefined || timeOf(log) > timeOf(best) ? log : best),
        undefined,
      );
    const line = newest?.take();
    if (line === undefined) break;
    lines.push(line);
  }
  return lines;
}

function timeOf(log: FittingLines): number {
  return log.line?.time ?? Number.NEGATIVE_INFINITY;
}

/** The lines of one log that fit the question. */
class FittingLines {
  readonly name: LogFileName;
  readonly #query: LogQuery;
  readonly #lines: BackwardLines;
  readonly #fits: (line: LogLine, text: string) => boolean;
  /** The next one, read but not taken, and from where it would be read again. */
  #line: LogLine | null = null;
  #placeBefore: LogPlace | null = null;
  #older = 0;

  constructor(folder: string, name: LogFileName, query: LogQuery, budgetBytes: number, from?: LogPlace) {
    this.name = name;
    this.#query = query;
    this.#fits = fitting(query);
    this.#lines = new BackwardLines(folder, `${name}.log`, budgetBytes, from);
  }

  get line(): LogLine | null {
    return this.#line;
  }

  /** From where to read on; null where nothing older can fit. */
  get place(): LogPlace | null {
    if (this.#line !== null) return this.#placeBefore;
    return this.#older >= OLDER_LINES_MAX ? null : this.#lines.place;
  }

  /** Reads the next line that fits, unless one waits. */
  async look(): Promise<void> {
    while (this.#line === null && this.#older < OLDER_LINES_MAX) {
      const read = await this.#lines.next();
      if (read === null) return;
      const line = parseLine(this.name, read);
      if (line === undefined) continue;
      this.#older = line.time < (this.#query.since ?? Number.NEGATIVE_INFINITY) ? this.#older + 1 : 0;
      if (!this.#fits(line, read.text)) continue;
      this.#line = line;
      this.#placeBefore = read.place;
    }
  }

  take(): LogLine | undefined {
    const line = this.#line ?? undefined;
    this.#line = null;
    return line;
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

function fitting(query: LogQuery): (line: LogLine, text: string) => boolean {
  const levels: readonly LogLevelName[] = logLevels.slice(logLevels.indexOf(query.level ?? 'trace'));
  const text = query.text?.toLowerCase() ?? '';
  const { event = '', since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = query;
  return (line, raw) =>
    levels.includes(line.level) &&
    line.time >= since &&
    line.time <= until &&
    line.event.startsWith(event) &&
    raw.toLowerCase().includes(text);
}

/** Undefined for a line that a full disk or a power cut has torn, or whose time no calendar has. */
function parseLine(file: LogFileName, { text, place }: BackwardLine): LogLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { time, level, event, msg, ...fields } = value as Record<string, unknown>;
  const isLine =
    typeof time === 'number' &&
    !Number.isNaN(new Date(time).getTime()) &&
    typeof level === 'string' &&
    (logLevels as readonly string[]).includes(level);
  if (!isLine) return undefined;
  return {
    // With the time, since a file's number is given again when an old log is removed.
    id: `${place.file}:${place.offset}:${time}`,
    file,
    time,
    level: level as LogLevelName,
    event: wordsOf(event),
    message: wordsOf(msg),
    fields,
  };
}

/** Not String(): of an object that has a `toString` of its own it throws. */
function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Null: nothing older; absent: from the newest. */
type Places = Partial<Record<LogFileName, LogPlace | null>>;

function placesOf(logs: readonly FittingLines[]): Places {
  return Object.fromEntries(logs.map((log) => [log.name, log.place]));
}

function writeCursor(places: Places): string {
  return Buffer.from(JSON.stringify(places)).toString('base64url');
}

/** What comes back from the page may be anything; at worst it names a place where there are no lines. */
function readCursor(cursor: string): Partial<Record<LogFileName, LogPlace>> & Places {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const places = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    return Object.fromEntries(
      logFiles.filter((name) => name in places).map((name) => [name, readPlace(places[name])]),
    );
  } catch (error) {
    throw new MasalaError(
      'PARAMS_INVALID',
      { problems: ['params.before is no page of the log'] },
      { cause: error },
    );
  }
}

function readPlace(value: unknown): LogPlace | null {
  if (value === null) return null;
  const { file, offset } = (value ?? {}) as Record<string, unknown>;
  if (typeof file !== 'string' || !Number.isSafeInteger(offset) || Number(offset) < 0)
    throw new TypeError('no place of a log');
  return { file, offset: Number(offset) };
}
