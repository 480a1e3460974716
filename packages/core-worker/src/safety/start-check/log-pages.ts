// Which pages the write-ahead log holds: what the database file lacks at its end must be there, or it was cut.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** SQLite takes its locks on the bytes at 1 GiB and never writes the page around them, to file or log (sqlite.org/fileformat.html, 1.3). */
const LOCK_BYTE = 0x4000_0000;

/**
 * The first page after the end of a file that the log does not hold either, or undefined where it holds them all.
 *
 * @param logPath the -wal file; it may be missing
 * @param fileBytes size of the database file
 * @param pages of the database, as SQLite says with the log
 */
export function firstPageLost(
  logPath: string,
  fileBytes: number,
  pageBytes: number,
  pages: number,
): number | undefined {
  const filePages = Math.floor(fileBytes / pageBytes);
  if (filePages >= pages) return undefined;
  const held = pagesInLog(logPath);
  held.add(Math.floor(LOCK_BYTE / pageBytes) + 1);
  for (let page = filePages + 1; page <= pages; page++) if (!held.has(page)) return page;
  return undefined;
}

/** The numbers of the pages in the present run of the log: frames with other salts are left over from the run before. */
function pagesInLog(logPath: string): Set<number> {
  const pages = new Set<number>();
  let file: number;
  try {
    file = openSync(logPath, 'r');
  } catch {
    return pages; // no log
  }
  try {
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    if (readSync(file, header, 0, LOG_HEADER_BYTES, 0) < LOG_HEADER_BYTES) return pages;
    const salts = header.subarray(16, 24);
    const stride = FRAME_HEADER_BYTES + header.readUInt32BE(8);
    const frame = Buffer.alloc(FRAME_HEADER_BYTES);
    const { size } = fstatSync(file);
    for (let at = LOG_HEADER_BYTES; at + stride <= size; at += stride) {
      readSync(file, frame, 0, FRAME_HEADER_BYTES, at);
      if (!frame.subarray(8, 16).equals(salts)) break;
      pages.add(frame.readUInt32BE(0));
    }
    return pages;
  } finally {
    closeSync(file);
  }
}
