// The supervisor's log: JSON lines in logs/supervisor.log, turned over by size.

import { join } from 'node:path';
import { type LogEventName, type LogLevel, limits, logEvents } from '@masala/protocol/tables';
import { pino } from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

export type Log = (event: LogEventName, fields?: Readonly<Record<string, unknown>>) => void;

export interface LogFile {
  readonly log: Log;
  /** From now on. */
  setLevel(level: LogLevel): void;
  /** Settles when what was logged is in the file, or cannot get there. Never rejects. */
  close(): Promise<void>;
}

/** Lines that wait for a disk that hangs: beyond this they are counted instead of kept. */
const UNWRITTEN_MAX_BYTES = 1024 * 1024;
/** A disk that fails is tried again with the first line after this pause. */
const REOPEN_AFTER_MS = 5_000;
/** Closing waits this long for a disk that hangs: a log must not keep a process from ending. */
const CLOSE_MAX_MS = 2_000;

/** Opens the log. Writing to it never throws: a line that cannot be written is counted. */
export function openLog(dataDir: string, level: LogLevel, now: () => number): LogFile {
  const sink = new LogSink(join(dataDir, 'logs'), now);
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    sink,
  );
  let toldLost = 0;
  const log: Log = (event, fields = {}) => {
    if (sink.lostLines > toldLost && sink.works) {
      logger.warn(
        { event: 'log.lines.lost', lines: sink.lostLines - toldLost },
        logEvents['log.lines.lost'].message,
      );
      toldLost = sink.lostLines;
    }
    logger[logEvents[event].level]({ event, ...fields }, logEvents[event].message);
  };
  const setLevel = (to: LogLevel) => {
    logger.level = to;
  };
  return { log, setLevel, close: () => sink.close() };
}

class LogSink {
  lostLines = 0;
  readonly #folder: string;
  readonly #now: () => number;
  #stream: RotatingFileStream | undefined;
  #reopenAt = Number.NEGATIVE_INFINITY;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  get works(): boolean {
    return this.#stream !== undefined;
  }

  write(line: string): void {
    const stream = this.#stream ?? this.#open();
    if (stream === undefined || stream.writableLength > UNWRITTEN_MAX_BYTES) {
      this.lostLines += 1;
      return;
    }
    stream.write(line, (error) => {
      if (error) this.lostLines += 1;
    });
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, CLOSE_MAX_MS);
      stream.once('close', () => {
        clearTimeout(late);
        resolve();
      });
      stream.end();
    });
  }

  #open(): RotatingFileStream | undefined {
    if (this.#now() < this.#reopenAt) return undefined;
    this.#reopenAt = this.#now() + REOPEN_AFTER_MS;
    // It makes the folder where that is missing, and waits for no disk.
    const stream = createStream('supervisor.log', {
      path: this.#folder,
      size: `${limits.logFileMaxBytes}B`,
      rotate: limits.logFilesMax - 1,
      mode: 0o600,
    });
    stream.on('error', () => {
      if (this.#stream === stream) this.#stream = undefined;
    });
    stream.on('warning', () => undefined); // a turn-over that failed: it goes on in the same file
    this.#stream = stream;
    return stream;
  }
}
