// The core's log: each line is a row of logEvents with what varies, as JSON, in logs/core.log.

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LogEventName, type LogLevel, limits, logEvents } from '@masala/protocol';
import pino from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

const LOG_FILE = 'core.log';

/** Writes one line. `error` may be an Error: its name, message, code and stack are kept. Never throws. */
export type LogLine = (event: LogEventName, fields?: Readonly<Record<string, unknown>>) => void;

export interface Log {
  readonly line: LogLine;
  /** Lines that could not be written since the start. */
  readonly lostLines: number;
  /** From here on every line is written at once, without the event loop, and what still waits first: for the way out. */
  lastWords(): void;
  /** Writes what waits and closes the file. Never rejects. */
  close(): Promise<void>;
}

/**
 * Opens logs/core.log in a data directory, with at most `limits.logFilesMax` files of `limits.logFileMaxBytes`; `now` gives
 * monotonic ms. Never throws: a file that cannot be opened is tried again later.
 */
export function openLog(dataDir: string, level: LogLevel, now: () => number): Log {
  const file = new LogFile(join(dataDir, 'logs'), now, (lines) => line('log.lines.lost', { lines }));
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":${Date.now()}`,
      // A second net under the rule that no call logs them.
      redact: ['token', 'secret', 'code.secret', 'params'],
      serializers: { error: pino.stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
    },
    file,
  );
  const line: LogLine = (event, fields) => {
    const row = logEvents[event];
    logger[row.level]({ event, ...fields }, row.message);
  };
  return {
    line,
    get lostLines() {
      return file.lostLines;
    },
    lastWords: () => file.beSynchronous(),
    close: () => file.close(),
  };
}

/**
 * Where pino's lines go: a rotating file, with the lines kept that it has not written yet, so that the last words of a dying
 * process reach the disk though nothing asynchronous runs any more.
 */
class LogFile {
  lostLines = 0;
  readonly #folder: string;
  readonly #now: () => number;
  readonly #onRecovered: (lostLines: number) => void;
  #toldLines = 0;
  /** Undefined before the first line, and after a failure until the file is opened anew. */
  #stream: RotatingFileStream | undefined;
  #openAgainAt = Number.NEGATIVE_INFINITY;
  #synchronous = false;
  /** A full disk may have taken the first half of a line: the next one begins on a line of its own. */
  #isTorn = false;
  readonly #unwritten = new Set<{ readonly text: string }>();

  /** `onRecovered` is called when a line got through after others were lost. */
  constructor(folder: string, now: () => number, onRecovered: (lostLines: number) => void) {
    this.#folder = folder;
    this.#now = now;
    this.#onRecovered = onRecovered;
  }

  write(text: string): void {
    if (this.#synchronous) return this.#append(text);
    const stream = this.#stream ?? this.#open();
    if (stream === undefined || this.#unwritten.size >= LINES_WAITING_MAX) {
      this.lostLines += 1;
      return;
    }
    const line = { text };
    this.#unwritten.add(line);
    stream.write(this.#isTorn ? `\n${text}` : text, (error) => {
      this.#unwritten.delete(line);
      if (error) {
        this.lostLines += 1;
        this.#isTorn = true;
      } else this.#tellLost();
    });
    this.#isTorn = false;
  }

  #tellLost(): void {
    const lines = this.lostLines - this.#toldLines;
    if (lines === 0) return;
    this.#toldLines = this.lostLines;
    this.#onRecovered(lines);
  }

  #open(): RotatingFileStream | undefined {
    if (this.#now() < this.#openAgainAt) return undefined;
    this.#openAgainAt = this.#now() + OPEN_AGAIN_AFTER_MS;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch {
      return undefined; // the line is counted as lost
    }
    const stream = createStream(LOG_FILE, {
      path: this.#folder,
      size: `${limits.logFileMaxBytes}B`,
      rotate: limits.logFilesMax - 1,
      mode: 0o600,
    });
    // A stream that failed once takes nothing any more; its lines are counted where they were written.
    stream.on('error', () => {
      if (this.#stream === stream) this.#stream = undefined;
    });
    stream.on('warning', () => undefined); // a turn-over that failed: it goes on in the same file
    this.#stream = stream;
    return stream;
  }

  beSynchronous(): void {
    if (this.#synchronous) return;
    this.#synchronous = true;
    // A line that is on its way at this very moment may be written twice: better than not at all.
    this.#append(Array.from(this.#unwritten, (line) => line.text).join(''));
    this.#unwritten.clear();
  }

  #append(text: string): void {
    try {
      if (text !== '') appendFileSync(join(this.#folder, LOG_FILE), text, { mode: 0o600 });
    } catch {
      this.lostLines += text.split('\n').length - 1; // a full disk: there is nowhere left to say it
    }
  }

  close(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => {
        this.beSynchronous();
        resolve();
      }, CLOSE_PATIENCE_MS);
      stream.end(() => {
        clearTimeout(giveUp);
        resolve();
      });
    });
  }
}

/** A minute of a busy log; beyond it the disk has stopped taking lines, and memory must not pay for it. */
const LINES_WAITING_MAX = 10_000;
/** A disk that fails is tried again with the first line after this pause. */
const OPEN_AGAIN_AFTER_MS = 5_000;
/** The file is local: what is not written in a second will not be written by waiting. */
const CLOSE_PATIENCE_MS = 1_000;
