// The errors of items, units, lots and partners.

import type { ErrorRow } from './error-row.ts';

export const masterDataErrors = {
  SKU_TAKEN: {
    message: 'Another item has this SKU.',
    retryable: false,
    hint: 'Choose another SKU, or use the item that has it (`data.itemId`).',
  },
  CODE_TAKEN: {
    message: 'Another record has this code.',
    retryable: false,
    hint: 'Choose another code, or use the record that has it (`data.id`).',
  },
  UNIT_UNKNOWN: {
    message: 'There is no such unit.',
    retryable: false,
    hint: '`units.list` names the units.',
  },
  UNITS_TOO_MANY: {
    message: 'There are as many units as the server keeps.',
    retryable: false,
    hint: 'Use one of those that `units.list` names.',
  },
  ITEM_UNKNOWN: {
    message: 'A line names an item that does not exist.',
    retryable: false,
    hint: '`data.lines` names the lines.',
  },
  ITEM_INACTIVE: {
    message: 'A line names an item that is no longer active.',
    retryable: false,
    hint: '`data.lines` names the lines. Activate the item or choose another.',
  },
  ITEM_IN_USE: {
    message: 'Unit and decimals of an item cannot change while documents count in them.',
    retryable: false,
    hint: 'Make a new item instead.',
  },
  LOT_UNKNOWN: {
    message: 'A line names a lot that does not exist or belongs to another item.',
    retryable: false,
    hint: '`data.lines` names the lines.',
  },
  PARTNER_UNKNOWN: {
    message: 'There is no such partner, or it is not of the kind that the document needs.',
    retryable: false,
    hint: 'Receipts need a supplier, dispatches and returns a customer.',
  },
  PARTNER_INACTIVE: {
    message: 'The partner is no longer active.',
    retryable: false,
    hint: 'Activate the partner or choose another.',
  },
} as const satisfies Record<string, ErrorRow>;
