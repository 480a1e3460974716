// Files are cut into records exactly as RFC 4180 says, and what is no CSV is told with its line.

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, MasalaError } from '@masala/protocol';
import fc from 'fast-check';
import { type CsvFormat, type CsvRecord, readRecords } from './csv.ts';

const folder = mkdtempSync(join(tmpdir(), 'masala-csv-'));
const path = join(folder, 'file.csv');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const format: CsvFormat = { encoding: 'utf8', delimiter: ',', recordMaxBytes: limits.importRecordMaxBytes };

function read(content: string | Uint8Array, more: Partial<CsvFormat> = {}): CsvRecord[] {
  writeFileSync(path, content);
  return [...readRecords(path, { ...format, ...more })].flatMap(({ records }) => records);
}

function refusal(content: string | Uint8Array, more: Partial<CsvFormat> = {}) {
  try {
    read(content, more);
  } catch (error) {
    if (error instanceof MasalaError) return { code: error.code, ...error.data };
    throw error;
  }
  throw new Error('the file was taken');
}

const cells = fc.string({
  unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '漢', ' ', '😀'),
  maxLength: 6,
});

test('whatever was written is read back, each record with the line on which it begins', () => {
  const rows = fc.array(fc.array(cells, { minLength: 1, maxLength: 4 }), { maxLength: 20 });
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.boolean(),
      (all, ending, mark, last) => {
        const records = all.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
        const text = records.join(ending) + (last && all.length > 0 ? ending : '');
        const found = read((mark ? '\u{feff}' : '') + text);
        expect(found.map((record) => record.cells)).toEqual(all);
        let line = 1;
        for (const [index, record] of records.entries()) {
          expect(found[index]?.line).toBe(line);
          line += record.split('\n').length;
        }
      },
    ),
  );
});

test('records are the same wherever the blocks of the file end', () => {
  const row = `a,"b ""quoted"", c\nsecond line",${'é'.repeat(100)}\n`;
  const found = read(row.repeat(5_000));
  expect(found).toHaveLength(5_000);
  for (const [index, { line, cells: own }] of found.entries()) {
    expect(line).toBe(index * 2 + 1);
    expect(own).toEqual(['a', 'b "quoted", c\nsecond line', 'é'.repeat(100)]);
  }
});

test('an empty file and a mark alone have no records', () => {
  expect(read('')).toEqual([]);
  expect(read(Buffer.from([0xef, 0xbb, 0xbf]))).toEqual([]);
});

test.each([
  ['never closed', 'a,b\n1,2\n"3,4\n5,6\n', 3],
  ['closed too early', 'a,b\n1,2\n"3" x,4\n', 3],
  ['closed by a later record', 'a,b\n"1,2\n3,"4"\n', 2],
  ['in the middle', 'a,b\n1,2\n3 " 4,5\n6,7\n', 3],
])('a quote %s is told with the line of its record', (_, text, line) => {
  expect(refusal(text)).toMatchObject({ code: 'IMPORT_CSV_INVALID', line, reason: expect.any(String) });
});

test('a broken quote far into a large file is found on its line', () => {
  const good = 'some,cells,here\n'.repeat(50_000);
  expect(refusal(`${good}x"y,1,2\n${good}`)).toMatchObject({ code: 'IMPORT_CSV_INVALID', line: 50_001 });
  expect(refusal(`${good}"y,1,2\n${good}`)).toMatchObject({ code: 'IMPORT_RECORD_TOO_LONG', line: 50_001 });
});

test('bytes that are no UTF-8 are told with their line; as latin1 they are read', () => {
  const bytes = Buffer.from('a,b\n1,2\nJUG \xa32,5\n', 'latin1');
  expect(refusal(bytes)).toMatchObject({ code: 'IMPORT_ENCODING_INVALID', line: 3 });
  expect(read(bytes, { encoding: 'latin1' })[2]?.cells).toEqual(['JUG £2', '5']);
  expect(refusal(Buffer.from('\u{feff}a,b\n', 'utf16le'))).toMatchObject({ code: 'IMPORT_ENCODING_INVALID' });
});

test.each([
  ['one cell', 'x'.repeat(70_000)],
  ['empty cells', ','.repeat(70_000)],
  ['a quoted cell', `"${'\n'.repeat(70_000)}"`],
])('a record too long by %s is refused, one at the limit is not', (_, record) => {
  expect(refusal(`a\n${record}\nb\n`)).toMatchObject({ code: 'IMPORT_RECORD_TOO_LONG', line: 2 });
  expect(read(`a\n${'x'.repeat(limits.importRecordMaxBytes)}\nb\n`)).toHaveLength(3);
});

test('a line of 200 MB is refused without being read', () => {
  const file = openSync(path, 'w');
  ftruncateSync(file, 200 * 1024 * 1024);
  closeSync(file);
  const before = process.memoryUsage.rss();
  const blocks = readRecords(path, format);
  expect(() => [...blocks]).toThrow(new MasalaError('IMPORT_RECORD_TOO_LONG'));
  // Far below the line's own size: what is measured besides it is the test runner.
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
});

test('no bytes make it throw anything but an error that names a line', () => {
  const pieces = fc.array(fc.constantFrom('a', '"', ',', '\n', '\r\n', '\r', '\xff', '\u0000', ' '), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(pieces, (parts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      writeFileSync(path, bytes);
      try {
        for (const { records } of readRecords(path, format)) expect(records.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(MasalaError);
        expect((error as MasalaError).data).toHaveProperty('line');
      }
    }),
    { numRuns: 500 },
  );
});
