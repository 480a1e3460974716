// Which pages a database lacks, from a log as SQLite writes it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstPageLost } from './log-pages.ts';

const PAGE_BYTES = 4_096;
const GIBIBYTE = 1024 * 1024 * 1024;
const SALTS = Buffer.from('saltsalt');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-log-pages-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A log of frames for these pages, the last of them with other salts where `stale` says so. */
function logOf(pages: readonly number[], { stale = false } = {}): string {
  const header = Buffer.alloc(32);
  header.writeUInt32BE(PAGE_BYTES, 8);
  SALTS.copy(header, 16);
  const frames = pages.map((page, index) => {
    const frame = Buffer.alloc(24 + PAGE_BYTES);
    frame.writeUInt32BE(page, 0);
    if (!stale || index < pages.length - 1) SALTS.copy(frame, 8);
    return frame;
  });
  const path = join(folder, 'masala.db-wal');
  writeFileSync(path, Buffer.concat([header, ...frames]));
  return path;
}

test('pages after the end of the file are in the log, or lost', () => {
  const log = logOf([12, 11]);
  expect(firstPageLost(log, 10 * PAGE_BYTES, PAGE_BYTES, 12)).toBeUndefined();
  expect(firstPageLost(log, 9 * PAGE_BYTES, PAGE_BYTES, 12)).toBe(10);
  expect(firstPageLost(log, 10 * PAGE_BYTES, PAGE_BYTES, 13)).toBe(13);
  expect(firstPageLost(join(folder, 'no-log'), 9 * PAGE_BYTES, PAGE_BYTES, 12)).toBe(10);
});

test('a frame of an earlier run of the log holds nothing', () => {
  expect(firstPageLost(logOf([11, 12], { stale: true }), 10 * PAGE_BYTES, PAGE_BYTES, 12)).toBe(12);
});

test('a database that just grew over 1 GiB lacks nothing: SQLite never writes the page of its locks', () => {
  const pages = GIBIBYTE / PAGE_BYTES + 3;
  const log = logOf([pages - 1, pages]);
  expect(firstPageLost(log, GIBIBYTE, PAGE_BYTES, pages)).toBeUndefined();
  expect(firstPageLost(log, GIBIBYTE - PAGE_BYTES, PAGE_BYTES, pages)).toBe(GIBIBYTE / PAGE_BYTES);
});
