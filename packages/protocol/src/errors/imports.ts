// The errors of imports.

import type { ErrorRow } from './error-row.ts';

export const importErrors = {
  IMPORT_FILE_UNREADABLE: {
    message: 'The file cannot be read.',
    retryable: false,
    hint: 'Check its name and whether you may read it; `data` says what is wrong.',
  },
  IMPORT_MAP_INVALID: {
    message: 'The map does not say how to read the file.',
    retryable: false,
    hint: '`data.problems` names each field and what it must be.',
  },
  IMPORT_FILE_TOO_LARGE: {
    message: 'The file is larger than an import takes.',
    retryable: false,
    hint: 'Split it by day or month; `data.limitBytes` names the limit.',
  },
  IMPORT_FILE_INCOMPLETE: {
    message: 'Parts of the file did not arrive.',
    retryable: true,
    hint: 'Start the import again: what was booked is not booked twice.',
  },
  IMPORT_EMPTY: {
    message: 'The file has no rows.',
    retryable: false,
    hint: 'Check that it is the right file.',
  },
  IMPORT_HEADER_INVALID: {
    message: 'The header line lacks columns that the map names.',
    retryable: false,
    hint: '`data.missing` names them, `data.found` the columns of the file.',
  },
  IMPORT_CSV_INVALID: {
    message: 'The file is not valid CSV.',
    retryable: false,
    hint: '`data.line` and `data.reason` say where; often a quote is missing.',
  },
  IMPORT_RECORD_TOO_LONG: {
    message: 'A line of the file is longer than any record can be.',
    retryable: false,
    hint: '`data.line` names it; often a quote is missing.',
  },
  IMPORT_ENCODING_INVALID: {
    message: 'The file is not in the encoding that the map names (UTF-8 when it names none).',
    retryable: false,
    hint: 'Save it as UTF-8, or set "encoding": "latin1" in the map.',
  },
  IMPORT_ROW_INVALID: {
    message: 'A row has a value that cannot be read.',
    retryable: false,
    hint: 'The row names the value and what it must be.',
  },
  IMPORT_DOCUMENT_REFUSED: {
    message: 'Another row of the same document is bad, so that none of it was booked.',
    retryable: false,
    hint: 'Mend that row and import again.',
  },
  IMPORT_DOCUMENT_CHANGED: {
    message: 'The document was booked by an earlier import with other content; it was not changed.',
    retryable: false,
    hint: 'Reverse the booked document, or enter the difference by hand.',
  },
  IMPORT_UNKNOWN: {
    message: 'There is no such import on this connection.',
    retryable: false,
    hint: 'Start it again: what was booked is not booked twice.',
  },
  IMPORTS_TOO_MANY: {
    message: 'Too many imports run at once.',
    retryable: true,
    hint: 'Wait until one of them has ended.',
  },
} as const satisfies Record<string, ErrorRow>;
