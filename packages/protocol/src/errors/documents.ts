// The errors of documents, and of the stock that they move.

import type { ErrorRow } from './error-row.ts';

export const documentErrors = {
  INSUFFICIENT_STOCK: {
    message: 'There is not enough stock.',
    retryable: false,
    hint: '`data.lines` names each line with what it asks for and what there is.',
  },
  QUANTITY_TOO_LARGE: {
    message: 'The stock would grow beyond what can be counted exactly.',
    retryable: false,
    hint: 'Check the quantity and the unit of the lines in `data.lines`.',
  },
  DOCUMENT_EMPTY: {
    message: 'A document without lines cannot be posted.',
    retryable: false,
    hint: 'Add a line first.',
  },
  DOCUMENT_NOT_DRAFT: {
    message: 'The document is posted and can no longer be changed.',
    retryable: false,
    hint: 'Correct it by a reversal and a new document.',
  },
  DOCUMENT_NOT_POSTED: {
    message: 'Only a posted document can be reversed.',
    retryable: false,
    hint: 'A draft can simply be changed. `data.status` names its state.',
  },
  REVERSAL_NOT_REVERSIBLE: {
    message: 'A reversal cannot be reversed.',
    retryable: false,
    hint: 'Enter the original document again.',
  },
} as const satisfies Record<string, ErrorRow>;
