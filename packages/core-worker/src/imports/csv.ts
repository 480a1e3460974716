// The only file that loads csv-parse: cuts a file into records, strictly and in bounded memory, and splits them into cells.
//
// csv-parse knows no bound for a record of many empty fields and tells lines by where a record ends. So a scanner
// finds the records first: in valid CSV a line feed ends one exactly when an even number of quotes went before.

import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { MasalaError } from '@masala/protocol';
import { parse } from 'csv-parse/sync';

export interface CsvFormat {
  readonly encoding: 'utf8' | 'latin1';
  readonly delimiter: string;
  /** A record above it is refused: longer ones are broken quotes that swallow the file. */
  readonly recordMaxBytes: number;
}

export interface CsvRecord {
  /** The file's line on which the record begins; the first is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvBlock {
  readonly records: readonly CsvRecord[];
  /** Bytes of the file up to the end of this block. */
  readonly bytesRead: number;
}

/** 256 KiB: reading is as fast as with more, and a stop waits for some milliseconds of work only. */
const READ_BYTES = 256 * 1024;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted field goes on after its closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside a field that does not begin with one',
};

/**
 * The records of a file in blocks, blank lines included (as one empty cell).
 *
 * @throws MasalaError IMPORT_CSV_INVALID, IMPORT_RECORD_TOO_LONG, IMPORT_ENCODING_INVALID, each with `line`
 */
export function* readRecords(path: string, format: CsvFormat): Generator<CsvBlock, void, void> {
  const file = openSync(path, 'r');
  try {
    // Room for a record that was begun and the next bytes after it: the whole memory of the scan.
    const scanner = new RecordScanner(Buffer.allocUnsafe(format.recordMaxBytes + READ_BYTES), format);
    for (;;) {
      const count = readSync(file, scanner.free);
      const records = scanner.take(count);
      if (records.length > 0) yield { records, bytesRead: scanner.bytesRead };
      if (count === 0) return;
    }
  } finally {
    closeSync(file);
  }
}

class RecordScanner {
  bytesRead = 0;
  readonly #buffer: Buffer;
  readonly #format: CsvFormat;
  #filled = 0;
  /** The line that is being read, and the one on which the present record began. */
  #line = 1;
  #recordLine = 1;
  #quoted = false;

  constructor(buffer: Buffer, format: CsvFormat) {
    this.#buffer = buffer;
    this.#format = format;
  }

  /** Where the next bytes of the file belong. */
  get free(): Buffer {
    return this.#buffer.subarray(this.#filled, this.#filled + READ_BYTES);
  }

  /** Takes so many bytes that were put into `free` (0: the file ends) and gives the records that they complete. */
  take(count: number): CsvRecord[] {
    const end = this.bytesRead === 0 ? this.#withoutByteOrderMark(count) : this.#filled + count;
    const lines: number[] = [];
    let start = 0;
    for (let at = this.#filled; at < end; at++) {
      const byte = this.#buffer[at];
      if (byte === QUOTE) this.#quoted = !this.#quoted;
      if (byte !== LINE_FEED) continue;
      this.#line += 1;
      if (this.#quoted) continue;
      if (at - start > this.#format.recordMaxBytes) this.#refuseLength(start, at, lines);
      lines.push(this.#recordLine);
      start = at + 1;
      this.#recordLine = this.#line;
    }
    if (count === 0 && end > 0) {
      lines.push(this.#recordLine);
      start = end;
    }
    if (end - start > this.#format.recordMaxBytes) this.#refuseLength(start, end, lines);
    const records = this.#parse(this.#buffer.subarray(0, start), lines);
    this.#buffer.copyWithin(0, start, end);
    this.#filled = end - start;
    this.bytesRead += count;
    return records;
  }

  /** Drops the mark from the file's first bytes; gives how many are left. */
  #withoutByteOrderMark(count: number): number {
    const marked = this.#buffer.subarray(0, count).indexOf(BYTE_ORDER_MARK) === 0;
    if (!marked) return count;
    this.#buffer.copyWithin(0, BYTE_ORDER_MARK.length, count);
    return count - BYTE_ORDER_MARK.length;
  }

  /** What is wrong before the long record, or in its first part, is told rather than its length. */
  #refuseLength(start: number, end: number, lines: readonly number[]): never {
    this.#parse(this.#buffer.subarray(0, start), lines);
    try {
      this.#parse(this.#buffer.subarray(start, end), [this.#recordLine]);
    } catch (error) {
      const unclosed =
        error instanceof MasalaError && error.data?.['reason'] === reasons['CSV_QUOTE_NOT_CLOSED'];
      if (!unclosed) throw error;
    }
    throw new MasalaError('IMPORT_RECORD_TOO_LONG', {
      line: this.#recordLine,
      limitBytes: this.#format.recordMaxBytes,
    });
  }

  #parse(bytes: Buffer, lines: readonly number[]): CsvRecord[] {
    const firstLine = lines[0];
    if (firstLine === undefined) return [];
    const rows = this.#split(decode(bytes, firstLine, this.#format.encoding), lines, firstLine);
    if (rows.length !== lines.length) throw new Error('scanner and parser see different records');
    return rows.map((cells, index) => ({ line: lines[index] ?? firstLine, cells }));
  }

  #split(text: string, lines: readonly number[], firstLine: number): string[][] {
    try {
      return parse(text, {
        delimiter: this.#format.delimiter,
        record_delimiter: ['\r\n', '\n'],
        relax_column_count: true,
      });
    } catch (error) {
      const { code, message, records, lines: foundAt } = error as Partial<CsvParseError> & Error;
      if (code === undefined) throw error;
      const line = lines[records ?? 0] ?? firstLine;
      const foundOn = firstLine + (foundAt ?? 1) - 1;
      const reason = reasons[code] ?? message;
      throw new MasalaError('IMPORT_CSV_INVALID', { line, reason, foundOnLine: foundOn });
    }
  }
}

/** What csv-parse's errors carry: their code, how many records went well before, and the line where it stopped. */
interface CsvParseError {
  readonly code: string;
  readonly records: number;
  readonly lines: number;
}

const windows1252 = new TextDecoder('windows-1252');

function decode(bytes: Buffer, firstLine: number, encoding: CsvFormat['encoding']): string {
  if (encoding === 'latin1') return windows1252.decode(bytes);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let line = firstLine;
  // A line feed is never part of another character in UTF-8, so that each line can be looked at by itself.
  for (let start = 0; start <= bytes.length; line++) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  throw new MasalaError('IMPORT_ENCODING_INVALID', { line, encoding });
}
