// What each row of the table of log events says of an event.

/** fatal = this process ends; error = a person is needed; warn = healed by itself; info = the normal course. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LogEvent {
  readonly level: LogLevel;
  /** The constant sentence that stands in `msg`. */
  readonly message: string;
  /** For the support engineer: what it means and what to do. */
  readonly explanation: string;
}
