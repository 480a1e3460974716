// The tables that programs, scripts and documents read: numbers are unique, sentences are whole, names fit their form.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errors, isErrorCode, MasalaError } from './errors.ts';
import { type ExitCode, exitCodeNamed, exitCodes } from './exit-codes.ts';
import { limits } from './limits.ts';
import { type LogEvent, logEvents } from './log-events.ts';

const WHOLE_SENTENCE = /^[A-Z`].*\.$/s;

test('exit codes are unique, fit a byte, and stay out of what shells use', () => {
  const rows: ExitCode[] = Object.values(exitCodes);
  const numbers = rows.map((row) => row.code);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const row of rows) {
    expect(row.code).toBeLessThan(64);
    expect(row.meaning).toMatch(WHOLE_SENTENCE);
    // The twenties mean "do not restart me", the thirties "start me again".
    if (row.code >= 20) expect(row.restart).toBe(row.code >= 30);
  }
});

test('exit codes are an API: these numbers never change', () => {
  expect(Object.fromEntries(Object.entries(exitCodes).map(([name, row]) => [name, row.code]))).toMatchObject({
    OK: 0,
    FAILED: 1,
    USAGE: 2,
    NOT_RUNNING: 3,
    NOT_READY: 4,
    ALREADY_RUNNING: 5,
    TIMED_OUT: 6,
    SETTINGS_INVALID: 20,
    PORT_TAKEN: 21,
    DATA_DIRECTORY_LOCKED: 22,
    DATA_DIRECTORY_NOT_WRITABLE: 23,
    DATABASE_FROM_FUTURE: 24,
    ADDRESS_UNAVAILABLE: 25,
    IDENTITY_DAMAGED: 26,
    FAULT: 30,
    COMMIT_UNKNOWN: 31,
    LOCK_LOST: 32,
    STOP_FORCED: 33,
    DATABASE_UNUSABLE: 34,
  });
});

test('an exit code is found by its number', () => {
  expect(exitCodeNamed(21)?.name).toBe('PORT_TAKEN');
  expect(exitCodeNamed(0)?.name).toBe('OK');
  expect(exitCodeNamed(137)).toBeUndefined();
  expect(exitCodeNamed(null)).toBeUndefined();
});

test.each(Object.entries(errors))('error %s has a code, a sentence and a hint', (code, row) => {
  expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  expect(row.message).toMatch(WHOLE_SENTENCE);
  expect(row.hint).toMatch(WHOLE_SENTENCE);
});

test('an error travels and comes back', () => {
  const error = new MasalaError('SKU_TAKEN', { itemId: 'x' }, { incidentId: 'r-1' });
  expect(error.toWire()).toEqual({
    code: 'SKU_TAKEN',
    message: errors.SKU_TAKEN.message,
    data: { itemId: 'x' },
    incidentId: 'r-1',
  });
  const back = MasalaError.fromWire(error.toWire());
  expect([back.code, back.data, back.incidentId, back.retryable, back.hint]).toEqual([
    'SKU_TAKEN',
    { itemId: 'x' },
    'r-1',
    false,
    errors.SKU_TAKEN.hint,
  ]);
  expect(new MasalaError('SERVER_BUSY').toWire()).toEqual({
    code: 'SERVER_BUSY',
    message: errors.SERVER_BUSY.message,
  });
});

test('a code that this version does not know is told, and is not retried', () => {
  for (const code of ['FROM_THE_FUTURE', 'toString', '__proto__', 7, undefined]) {
    const error = MasalaError.fromWire({ code, data: { why: 'new' }, incidentId: 5 });
    expect(error.code).toBe('INTERNAL');
    expect(error.data).toEqual({ why: 'new', code: String(code) });
    expect(error.incidentId).toBeUndefined();
    expect(isErrorCode(code)).toBe(false);
  }
});

test('an error that was made of a cause keeps it, and never sends it', () => {
  const error = new MasalaError('INTERNAL', undefined, { cause: new Error('secret path') });
  expect(error.cause).toBeInstanceOf(Error);
  expect(JSON.stringify(error.toWire())).not.toContain('secret path');
});

test.each(Object.entries<LogEvent>(logEvents))('log event %s is named and explained', (name, row) => {
  expect(name).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)+$/);
  expect(row.message).toMatch(WHOLE_SENTENCE);
  expect(row.explanation).toMatch(/^\S.*\.$/s);
});

test.each([
  ['errors', errors],
  ['log-events', logEvents],
])('a row of %s stands in one area only, and each area is part of the table', async (folder, table) => {
  const names: string[] = [];
  for (const file of readdirSync(join(import.meta.dirname, folder))) {
    const areas: Readonly<Record<string, object>> = await import(`./${folder}/${file}`);
    for (const rows of Object.values(areas)) names.push(...Object.keys(rows));
  }
  expect(names.toSorted()).toEqual(Object.keys(table).toSorted());
});

test('every limit is a positive integer', () => {
  for (const limit of Object.values(limits)) expect(Number.isSafeInteger(limit) && limit > 0).toBe(true);
});

test('the limits fit one another', () => {
  // A document with the longest lines sums up exactly, and travels in one frame.
  expect(limits.documentLinesMax * limits.lineQuantityMax).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  expect(limits.importChunkBytes).toBeLessThan(limits.frameMaxBytes);
  expect(limits.connectionsPerAddressMax).toBeLessThan(limits.connectionsMax);
  expect(limits.joinTriesPerAddressMax).toBeLessThan(limits.joinTriesTotalMax);
});
