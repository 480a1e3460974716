// The log viewer's question and answer: the newest lines that fit, and where to go on.

export const logFiles = ['core', 'supervisor'] as const;
export type LogFileName = (typeof logFiles)[number];

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevelName = (typeof logLevels)[number];

export interface LogQuery {
  /** Both when absent. */
  readonly file?: LogFileName;
  /** This level and above. */
  readonly level?: LogLevelName;
  /** The beginning of an event's name, such as `backup.`. */
  readonly event?: string;
  /** Anywhere in the line, upper and lower case alike. */
  readonly text?: string;
  /** UTC ms, both inclusive. */
  readonly since?: number;
  readonly until?: number;
  /** From an earlier page's `next`: older lines. */
  readonly before?: string;
}

export interface LogLine {
  /** Where it stands on the disk: two lines that read alike have different ones, and the same line keeps its own. */
  readonly id: string;
  readonly file: LogFileName;
  /** UTC ms. */
  readonly time: number;
  readonly level: LogLevelName;
  readonly event: string;
  readonly message: string;
  /** Everything else of the line. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LogPage {
  /** Newest first, at most 200. */
  readonly lines: readonly LogLine[];
  /** Null where there is nothing older. */
  readonly next: string | null;
}
